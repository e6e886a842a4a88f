"""The audit's room: who changed what, when, from where, before and after; and whether somebody meddled with the log."""
