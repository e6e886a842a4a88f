"""The one database: a write transaction, a consistent read, nothing else.

SQL is written in the common subset of SQLite, MySQL 8 and MariaDB.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Engine, Insert, Row, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import StaticPool
from sqlmodel import Session

from cloud_api.common import audit, roster
from cloud_api.common.columns import UtcDateTime, Uuid16
from cloud_api.common.session import transaction_time
from shared.clock import SystemClock
from shared.domain.time import Clock
from shared.errors import Unavailable

__all__ = ["Conflict", "Database", "Session", "UtcDateTime", "Uuid16", "ignoring", "transaction_time"]

BUSY_TIMEOUT_MS = 10_000
READERS = 10
"""Connections for reading; the server runs as many worker threads."""
LONGEST_CONCAT = 2**20
"""Bytes of a GROUP_CONCAT on a database server, whose own limit is 1,024 and cuts off without an error."""
RECYCLE_S = 1800
"""Connections to a server are made anew after half an hour, before proxies and the server itself drop them."""


class Conflict(Unavailable):
    """The database undid a transaction to let others through, or was lost before the commit: nothing of it is left.

    Doing the same again from its start is right. The request's shell does so, and the workers.
    """


class Database:
    """Engines for one URL: ``sqlite:////path/fit.db``, ``sqlite://`` (in memory, for tests) or ``mysql+...``.

    Thread-safe. In SQLite writers of this process queue on a lock, which is fair, and those of other processes on
    the busy time-out, which is not. ``clock`` gives the one time that a transaction has; ``writers`` is the number of
    writing connections to a database server.
    """

    def __init__(self, url: str, *, clock: Clock | None = None, writers: int = 4) -> None:
        self.url = url
        self.file = _sqlite_file(url)
        self._clock = clock or SystemClock()
        self._listeners: list[Callable[[], None]] = []
        self._touch_listeners: list[tuple[str, Callable[[UUID], None]]] = []
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
            self.writer = _server_engine(url, "READ COMMITTED", pool_size=writers)
            self.reader = _server_engine(url, "REPEATABLE READ", read_only=True, pool_size=READERS)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One write transaction: commits at the end of the block, rolls back when it raises.

        Audit rows and roster changes queued meanwhile are written last, so that a site's version is stamped under its
        row lock as short as can be. Not to be nested.

        Raises:
            Conflict: the database undid it, or was lost before the commit: it may be done again from its start.
            Unavailable: the database is locked for too long, full, or cannot be reached; or it was lost while it
                committed, and may have done so or not.
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
"""SQLite's errors that are the machine's and may pass. Any other database error is a bug of ours."""

_UNDONE = frozenset({1205, 1213})
"""MySQL undid the transaction: it waited too long for a lock, or was chosen to end a deadlock."""

_AWAY = frozenset(
    {1021, 1040, 1041, 1053, 1114, 1203, 1290, 1792, 1836, 1927, 2002, 2003, 2006, 2013, 2055, 3100, 3168}
)
"""MySQL is not there, is full, is shutting down or lets nobody write (a failover). A name in its error list each."""

_STRICT = "STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ZERO_DATE,NO_ZERO_IN_DATE,ONLY_FULL_GROUP_BY"


@contextmanager
def _retriable() -> Iterator[None]:
    """Around what comes before a commit: whatever the database undid or lost here is as if it had never been."""
    try:
        yield
    except DBAPIError as error:
        if error.connection_invalidated or _mysql_code(error) in _UNDONE:
            raise Conflict("The server is very busy.") from error
        raise


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except PoolTimeout as error:
        raise Unavailable("The server is very busy.") from error
    except DBAPIError as error:
        if error.connection_invalidated or _mysql_code(error) in _AWAY or _is_passing(error):
            raise Unavailable("The database cannot be used right now.") from error
        raise


def _is_passing(error: DBAPIError) -> bool:
    return any(getattr(error.orig, "sqlite_errorname", "").startswith(passing) for passing in _PASSING)


def _mysql_code(error: DBAPIError) -> int | None:
    arguments = getattr(error.orig, "args", ())
    return arguments[0] if arguments and isinstance(arguments[0], int) else None


def _server_engine(
    url: str,
    isolation: Literal["READ COMMITTED", "REPEATABLE READ"],
    *,
    pool_size: int,
    read_only: bool = False,
) -> Engine:
    """A pool without overflow: more connections than these only queue elsewhere."""
    engine = create_engine(
        url,
        isolation_level=isolation,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        pool_recycle=RECYCLE_S,
        hide_parameters=True,
        connect_args={"charset": "utf8mb4", "connect_timeout": 5},
    )

    def prepare(connection: Any, _record: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SET time_zone = '+00:00', sql_mode = '{_STRICT}', innodb_lock_wait_timeout = 5, "
                f"group_concat_max_len = {LONGEST_CONCAT}"
            )
            if read_only:
                cursor.execute("SET SESSION TRANSACTION READ ONLY")

    event.listen(engine, "connect", prepare)
    return engine


def _sqlite_file(url: str) -> Path | None:
    name = make_url(url).database if url.startswith("sqlite") else None
    return Path(name) if name and name != ":memory:" else None


def _sqlite_engine(url: str, *, begin: str, read_only: bool = False, **options: Any) -> Engine:
    engine = create_engine(url, connect_args={"check_same_thread": False}, hide_parameters=True, **options)

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
