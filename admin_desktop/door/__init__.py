"""The door's room: entries as they happen, who is inside, and what staff do about it by hand."""
