"""What a kiosk keeps: ``events.db`` (never replaced) and ``roster-N.db`` (built aside, swapped by rename).

Plain sqlite3, WAL, ``synchronous=FULL``. Schema, PRAGMAs and statements are data in ``schema.py``.
"""
