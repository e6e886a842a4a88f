"""Everything that a database holds, for tests that look for what must not be there."""

from typing import Any

from sqlalchemy import MetaData, text

from cloud_api.common.database import Database


def stored_values(database: Database) -> list[Any]:
    """The raw value of every column of every row of every table."""
    with database.reading() as session:
        tables = MetaData()
        tables.reflect(session.connection())
        quote = session.connection().dialect.identifier_preparer.quote
        return [
            value
            for name in tables.tables
            for row in session.execute(text(f"SELECT * FROM {quote(name)}"))
            for value in row
        ]


def stored_bytes(database: Database) -> bytes:
    """The same in one piece, text as UTF-8."""
    values = stored_values(database)
    return b"\n".join(value if isinstance(value, bytes) else str(value).encode() for value in values)
