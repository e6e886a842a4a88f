"""The Qt both desktop programs use: tokens, type, icons, the plate, one door off the GUI thread, translations."""
