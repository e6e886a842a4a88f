"""Between the kiosk and the cloud: push and pull, two loops that do not know of each other, and the wipe."""
