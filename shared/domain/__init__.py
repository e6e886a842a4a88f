"""The rules of a gym in plain Python: no I/O, no clock, standard library only."""
