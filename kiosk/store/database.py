"""One SQLite file used by several threads of one process: a connection for each thread, one writer at a time."""

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kiosk.store import schema
from shared.disk import sync_folder
from shared.errors import InvalidInput, Unavailable

Step = tuple[str, dict[str, Any]]
"""A statement of ``schema`` with its parameters."""

_SPACE = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR})


class StoreFailed(Unavailable):
    """SQLite could not read or write. ``for_space``: room on the disk may help.

    A full disk is SQLITE_FULL; a quota or a file size limit comes as a plain I/O error.
    """

    def __init__(self, message: str, *, for_space: bool = False) -> None:
        super().__init__(message)
        self.for_space = for_space


class Database:
    """A migrated SQLite file.

    Writers of this process queue at a lock, because SQLite's own busy handler sleeps and polls; readers never wait.

    Raises, also from all its methods:
        StoreFailed: SQLite failed.
        InvalidInput: the file was written by a newer program.
    """

    def __init__(self, path: Path, migrations: Sequence[Sequence[str]]) -> None:
        self.path = path
        self._writing = threading.Lock()
        self._mine = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._closed = False
        with _translated(path):
            _migrate(self._connection(), path, migrations)
        sync_folder(path.parent)

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction, committed and on the disk when the block is left, rolled back when it raises."""
        with _translated(self.path), self._writing:
            connection = self._connection()
            with _transaction(connection):
                yield connection

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Several questions to one consistent state."""
        with _translated(self.path):
            connection = self._connection()
            connection.execute(schema.BEGIN_READ)
            try:
                yield connection
            finally:
                connection.execute(schema.ROLLBACK)

    def run(self, statement: str) -> None:
        """One statement outside a transaction."""
        with _translated(self.path), self._writing:
            self._connection().execute(statement).fetchall()

    def close(self) -> None:
        """Close every thread's connection, for good; no thread may be inside a transaction."""
        self._closed = True
        while self._connections:
            self._connections.pop().close()
        self._mine = threading.local()

    def _connection(self) -> sqlite3.Connection:
        if self._closed:
            raise StoreFailed(f"{self.path.name} was closed.")
        connection: sqlite3.Connection | None = getattr(self._mine, "connection", None)
        if connection is None:
            connection = connect(self.path)
            self._mine.connection = connection
            self._connections.append(connection)
        return connection


def connect(path: Path) -> sqlite3.Connection:
    """A connection with the PRAGMAs set and no transactions of Python's own making."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    for pragma in schema.PRAGMAS:
        connection.execute(pragma).fetchall()
    return connection


def delete_file(path: Path) -> None:
    """A database and what SQLite keeps beside it. Absent is fine."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def sync_file(path: Path) -> None:
    """Put a file that was closed on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _migrate(connection: sqlite3.Connection, path: Path, migrations: Sequence[Sequence[str]]) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(migrations):
        raise InvalidInput(f"{path} was written by a newer version of this program (schema {version}).")
    for number, statements in enumerate(migrations[version:], start=version + 1):
        with _transaction(connection):
            for statement in (*statements, f"PRAGMA user_version = {number}"):
                connection.execute(statement)


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute(schema.BEGIN_WRITE)
    try:
        yield
        connection.execute(schema.COMMIT)
    finally:
        if connection.in_transaction:
            connection.execute(schema.ROLLBACK)


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        raise StoreFailed(f"{path.name}: {error}", for_space=code in _SPACE) from error
