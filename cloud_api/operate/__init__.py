"""What an operator does at a terminal: set up, serve, look after, back up, restore, pair a kiosk."""
