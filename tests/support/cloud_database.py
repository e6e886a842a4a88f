"""A real SQLite file with every table of the cloud, made once in a process and copied for each test."""

import functools
import tempfile
from pathlib import Path

from sqlmodel import SQLModel

from cloud_api.common.database import Database
from cloud_api.migrations import import_tables
from shared.domain.time import Clock


@functools.cache
def _template() -> bytes:
    import_tables()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fit.db"
        database = Database(f"sqlite:///{path}")
        SQLModel.metadata.create_all(database.writer)
        database.close()
        return path.read_bytes()


def a_database(folder: Path, *, clock: Clock) -> Database:
    """An empty database in ``folder``; close it."""
    path = folder / "fit.db"
    path.write_bytes(_template())
    return Database(f"sqlite:///{path}", clock=clock)
