"""The one database: a write transaction, a consistent read, nothing else.

SQL is written in the common subset of SQLite, MySQL 8 and MariaDB.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Insert, Row, create_engine, event, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import StaticPool
from sqlmodel import Session

from cloud_api.common import audit, roster
from cloud_api.common.columns import UtcDateTime, Uuid16
from cloud_api.common.session import transaction_time
from shared.clock import SystemClock
from shared.domain.time import Clock
from shared.errors import Unavailable

__all__ = ["Database", "Session", "UtcDateTime", "Uuid16", "ignoring", "transaction_time"]

BUSY_TIMEOUT_MS = 10_000
READERS = 10
"""Connections for reading; the server runs as many worker threads."""


class Database:
    """Engines for one URL: ``sqlite:////path/fit.db``, ``sqlite://`` (in memory, for tests) or ``mysql+...``.

    Thread-safe. In SQLite writers of this process queue on a lock, which is fair, and those of other processes on
    the busy time-out, which is not. ``clock`` gives the one time that a transaction has.
    """

    def __init__(self, url: str, *, clock: Clock | None = None) -> None:
        self.url = url
        self.file = _sqlite_file(url)
        self._clock = clock or SystemClock()
        self._listeners: list[Callable[[], None]] = []
        self._write_gate: AbstractContextManager[Any] = nullcontext()
        self._read_gate: AbstractContextManager[Any] = nullcontext()
        if url.startswith("sqlite") and self.file is None:
            self.writer = self.reader = _sqlite_engine(url, begin="BEGIN IMMEDIATE", poolclass=StaticPool)
            self._write_gate = self._read_gate = threading.RLock()
        elif url.startswith("sqlite"):
            self.writer = _sqlite_engine(url, begin="BEGIN IMMEDIATE", pool_size=1, max_overflow=4)
            self.reader = _sqlite_engine(url, begin="BEGIN", read_only=True, pool_size=READERS, max_overflow=5)
            self._write_gate = threading.Lock()
        else:
            self.writer = create_engine(url, isolation_level="READ COMMITTED", pool_size=4, max_overflow=0)
            self.reader = create_engine(url, isolation_level="REPEATABLE READ", pool_size=READERS, max_overflow=5)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One write transaction: commits at the end of the block, rolls back when it raises.

        Audit rows and roster changes queued meanwhile are written last, so that a site's version is stamped under its
        row lock as short as can be. Not to be nested.

        Raises:
            Unavailable: the database is locked for too long, full, or cannot be reached.
        """
        with self._write_gate, _translated(), Session(self.writer, expire_on_commit=False) as session:
            session.info["clock"] = self._clock
            yield session
            session.flush()
            audit.write_queued(session)
            roster.write_queued(session)
            session.commit()
            published = session.info.get("published", False)
        if published:
            for listener in self._listeners:
                listener()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One consistent snapshot for reading. Writing raises an error of the database."""
        with self._read_gate, _translated(), Session(self.reader, expire_on_commit=False, autoflush=False) as session:
            session.info["clock"] = self._clock
            yield session

    def on_publish(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` after each commit that published events, in the thread that committed."""
        self._listeners.append(listener)

    def close(self) -> None:
        self.writer.dispose()
        self.reader.dispose()


def ignoring(session: Session, statement: Insert) -> Insert:
    """An insert that passes over rows whose primary key is there already. The values must have been checked before."""
    return statement.prefix_with(ignore_word(session))


def ignore_word(session: Session) -> str:
    """What stands between INSERT and INTO for an insert that passes over known keys."""
    return "OR IGNORE" if session.get_bind().dialect.name == "sqlite" else "IGNORE"


def select_in(session: Session, sql: str, *, given: Sequence[Any], keys: Sequence[Any]) -> Sequence[Row[Any]]:
    """Run a SELECT with a long IN list, without SQLAlchemy's work on every value.

    ``?`` stands for each given value and ``{keys}`` for the list; values are as the columns keep them (``UUID.bytes``).
    Names that a database reserves go in backticks, which SQLite takes too. No keys, no rows, no query.
    """
    if not keys:
        return []
    sql = sql.replace("{keys}", ", ".join("?" * len(keys)))
    return session.connection().exec_driver_sql(_marked(session, sql), (*given, *keys)).all()


def execute_many(session: Session, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Run a statement once for each row of values, as the columns keep them, without work on every value."""
    session.connection().exec_driver_sql(_marked(session, sql), list(rows))


def _marked(session: Session, sql: str) -> str:
    return sql if session.get_bind().dialect.paramstyle == "qmark" else sql.replace("?", "%s")


_PASSING = frozenset({"SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CANTOPEN"})
"""SQLite's errors that are the machine's and may pass. Any other operational error is a bug of ours."""


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except PoolTimeout as error:
        raise Unavailable("The server is very busy.") from error
    except OperationalError as error:
        name = getattr(error.orig, "sqlite_errorname", "")
        if name and not any(name.startswith(passing) for passing in _PASSING):
            raise
        raise Unavailable("The database cannot be used right now.") from error


def _sqlite_file(url: str) -> Path | None:
    name = make_url(url).database if url.startswith("sqlite") else None
    return Path(name) if name and name != ":memory:" else None


def _sqlite_engine(url: str, *, begin: str, read_only: bool = False, **options: Any) -> Engine:
    engine = create_engine(url, connect_args={"check_same_thread": False}, **options)

    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # this module begins transactions, not the driver
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            *(["query_only=ON"] if read_only else []),
        ):
            connection.execute(f"PRAGMA {pragma}")

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine
