"""What rooms are built of: one widget a module. They know the look and no noun of the gym."""
