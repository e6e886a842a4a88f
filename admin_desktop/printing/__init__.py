"""Printing of small things with a code on them, cards and stickers: one a page, or many on a sheet of A4."""
