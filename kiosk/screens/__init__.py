"""What the kiosk shows: states in, one painted stage out. Imports neither OpenCV, numpy nor the network."""
