"""Members: the list, the card, and what is done with one."""
