"""The one database: a write transaction, a consistent read, nothing else.

SQL is written in the common subset of SQLite, MySQL 8 and MariaDB.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, Insert, Row, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import StaticPool
from sqlmodel import Session

from cloud_api.common import audit, roster
from cloud_api.common.columns import UtcDateTime, Uuid16
from cloud_api.common.conflict import Conflict
from cloud_api.common.engines import (
    ANSWER_S,
    PROBE_S,
    READ_ONLY,
    READERS,
    error_code,
    reading_engine,
    sqlite_engine,
    unhurried_engine,
    writing_engine,
)
from cloud_api.common.session import transaction_time
from shared.clock import SystemClock
from shared.domain.time import Clock
from shared.errors import Unavailable

__all__ = ["READERS", "Conflict", "Database", "Session", "UtcDateTime", "Uuid16", "ignoring", "transaction_time"]


class Database:
    """Engines for one URL: ``sqlite:////path/fit.db``, ``sqlite://`` (in memory, for tests) or ``mysql+...``.

    Thread-safe. In SQLite writers of this process queue on a lock, which is fair, and those of other processes on
    the busy time-out, which is not. ``clock`` gives the one time that a transaction has; ``writers`` is the number of
    writing connections to a database server, ``answer_s`` how long it may be silent.
    """

    def __init__(self, url: str, *, clock: Clock | None = None, writers: int = 4, answer_s: int = ANSWER_S) -> None:
        self.url = url
        self.file = _sqlite_file(url)
        self._clock = clock or SystemClock()
        self._prober: Engine | None = None
        self._listeners: list[Callable[[], None]] = []
        self._touch_listeners: list[tuple[str, Callable[[UUID], None]]] = []
        self._write_gate: AbstractContextManager[Any] = nullcontext()
        self._read_gate: AbstractContextManager[Any] = nullcontext()
        if url.startswith("sqlite") and self.file is None:
            self.writer = self.reader = sqlite_engine(url, begin="BEGIN IMMEDIATE", poolclass=StaticPool)
            self._write_gate = self._read_gate = threading.RLock()
        elif url.startswith("sqlite"):
            self.writer = sqlite_engine(url, begin="BEGIN IMMEDIATE", pool_size=1, max_overflow=4)
            self.reader = sqlite_engine(url, begin="BEGIN", read_only=True, pool_size=READERS, max_overflow=5)
            self._write_gate = threading.Lock()
        else:
            self.writer = writing_engine(url, answer_s=answer_s, pool_size=writers)
            self.reader = reading_engine(url, answer_s=answer_s, pool_size=READERS)
            self._prober = reading_engine(url, answer_s=PROBE_S, pool_size=1, pool_pre_ping=True)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One write transaction: commits at the end of the block, rolls back when it raises.

        Audit rows and roster changes queued meanwhile are written last, so that a site's version is stamped under its
        row lock as short as can be. Not to be nested.

        Raises:
            Conflict: the database undid it, or was lost before the commit: it may be done again from its start.
            Unavailable: the database is locked for too long, full, silent, or cannot be reached; or it was lost while
                it committed, and may have done so or not.
        """
        with self._write_gate, _translated(), Session(self.writer, expire_on_commit=False) as session:
            session.info["clock"] = self._clock
            with _retriable():
                yield session
                session.flush()
                audit.write_queued(session)
                roster.write_queued(session)
            session.commit()
            published = session.info.get("published", False)
            touched = session.info.get("touched", ())
        for what, key in touched:
            for _, tell in [item for item in self._touch_listeners if item[0] == what]:
                tell(key)
        if published:
            for listener in self._listeners:
                listener()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One consistent snapshot for reading. Writing raises an error of the database."""
        with (
            self._read_gate,
            _translated(),
            Session(self.reader, expire_on_commit=False, autoflush=False) as session,
            _retriable(),
        ):
            session.info["clock"] = self._clock
            yield session

    @property
    def prober(self) -> Engine:
        """For asking whether the database answers: on a server a connection of its own, which is soon given up."""
        return self._prober or self.reader

    @contextmanager
    def unhurried(self) -> Iterator[Engine]:
        """An engine for what may take long, such as a change of the schema: nobody's silence ends it."""
        if self.url.startswith("sqlite"):
            yield self.writer
            return
        engine = unhurried_engine(self.url)
        try:
            yield engine
        finally:
            engine.dispose()

    def on_publish(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` after each commit that published events, in the thread that committed."""
        self._listeners.append(listener)

    def on_touch(self, what: str, listener: Callable[[UUID], None]) -> None:
        """Call ``listener`` with each key that a transaction touched (``session.touch``), after its commit.

        In the thread that committed; it must not raise. What dies between commit and call never hears of it.
        """
        self._touch_listeners.append((what, listener))

    def close(self) -> None:
        self.writer.dispose()
        self.reader.dispose()
        if self._prober is not None:
            self._prober.dispose()


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


def execute_many(session: Session, sql: str, rows: Sequence[tuple[Any, ...]]) -> int:
    """Run a statement once for each row of values, as the columns keep them, without work on every value.

    Returns how many rows of the table that changed.
    """
    return session.connection().exec_driver_sql(_marked(session, sql), list(rows)).rowcount


def _marked(session: Session, sql: str) -> str:
    return sql if session.get_bind().dialect.paramstyle == "qmark" else sql.replace("?", "%s")


_PASSING = frozenset({"SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CANTOPEN"})
"""SQLite's errors that are the machine's and may pass. Any other database error is a bug of ours."""

_UNDONE = frozenset({1205, 1213})
"""MySQL undid the transaction: it waited too long for a lock, or was chosen to end a deadlock."""

_AWAY = frozenset(
    {1021, 1040, 1041, 1053, 1114, 1203, 1927, 1969, 2002, 2003, 2006, 2013, 2055, 3024, 3100, 3168, *READ_ONLY}
)
"""MySQL is not there, is full, too slow, shutting down or lets nobody write. A name in its error list each."""


@contextmanager
def _retriable() -> Iterator[None]:
    """Around what comes before a commit: whatever the database undid or lost here is as if it had never been.

    So it is where the database fell silent; but then doing it again would only wait as long again.
    """
    try:
        yield
    except DBAPIError as error:
        if (error.connection_invalidated and not _is_silent(error)) or error_code(error.orig) in _UNDONE:
            raise Conflict("The server is very busy.") from error
        raise


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except PoolTimeout as error:
        raise Unavailable("The server is very busy.") from error
    except DBAPIError as error:
        if error.connection_invalidated or error_code(error.orig) in _AWAY or _is_passing(error):
            raise Unavailable("The database cannot be used right now.") from error
        raise


def _is_passing(error: DBAPIError) -> bool:
    return any(getattr(error.orig, "sqlite_errorname", "").startswith(passing) for passing in _PASSING)


def _is_silent(error: DBAPIError) -> bool:
    """Whether the server was given up because it said nothing for too long."""
    return error.orig is not None and isinstance(error.orig.__context__, TimeoutError)


def _sqlite_file(url: str) -> Path | None:
    name = make_url(url).database if url.startswith("sqlite") else None
    return Path(name) if name and name != ":memory:" else None
