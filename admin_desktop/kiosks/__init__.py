"""Kiosks: how each one is, pairing a new one, pairing again, locking."""
