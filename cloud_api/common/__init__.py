"""What the cloud's services share: database, roster, outbox, principals, problems, audit, keys, journal.

Imports no service. A service imports nothing but this and ``shared``.
"""
