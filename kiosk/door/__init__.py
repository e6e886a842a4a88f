"""Opening the door: by a program of the gym's own, when somebody was let in or the desk says so."""
