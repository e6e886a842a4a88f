"""Whether the database is the one it was: a copy or a restored file must not go on under the old epoch (feed answers)."""

from sqlalchemy import text
from sqlmodel import Session

from cloud_api.common import roster
from cloud_api.common.database import Database
from cloud_api.common.tables import DatabaseIdentity

COPY = "copy"
"""What a backup says it is, so that whatever is started from it begins a new epoch."""


def check_provenance(database: Database) -> bool:
    """Compare the database's own identity with the one written in it; begin a new epoch where they differ.

    SQLite: device and inode of the file. MySQL: the server's UUID, or its host and port where it has none. To be
    called once, before a server answers its first request. Returns whether a new epoch began.
    """
    with database.transaction() as session:
        current = _identity(database, session)
        known = session.get(DatabaseIdentity, 1)
        if known is not None and known.value == current:
            return False
        session.merge(DatabaseIdentity(id=1, value=current))
        roster.new_epoch(session)
        return known is not None


def mark_as_copy(session: Session) -> None:
    session.merge(DatabaseIdentity(id=1, value=COPY))


def _identity(database: Database, session: Session) -> str:
    if database.file is not None:
        found = database.file.stat()
        return f"{found.st_dev}:{found.st_ino}"
    if database.url.startswith("sqlite"):
        return "memory"
    row = session.execute(text("SHOW VARIABLES LIKE 'server_uuid'")).first()
    return str(row[1] if row else session.scalar(text("SELECT CONCAT(@@hostname, ':', @@port)")))
