"""Charts of our own: pictures that are painted the same on the screen and on paper, and the widget that shows one."""
