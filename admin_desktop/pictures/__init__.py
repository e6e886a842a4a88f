"""Pictures on their way in: read from a file, a drop or the clipboard, cut out, and sent with a bar to look at."""
