"""Plans: what the gym sells, for how long, for how much, at which hours and where."""
