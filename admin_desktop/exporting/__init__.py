"""Every list of the desk as a file for a spreadsheet: what is in it, how it is written, and the sheet that asks where to."""
