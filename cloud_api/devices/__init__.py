"""Kiosks: enrolment, tokens, roster feed, event upload, heartbeat, revocation. Only reads the roster."""
