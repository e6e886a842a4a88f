"""Imports: members of another system move in from a file, and all members go out into one."""
