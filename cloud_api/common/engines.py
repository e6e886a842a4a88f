"""Connections to the one database: how many, in which mode, and how long anybody waits.

On a server nothing lasts for ever. Whom we cannot hear any more is given up after :data:`ANSWER_S`; what it was doing for
us ends by itself: a wait for a lock after 5 seconds, a reading statement after a minute, a transaction whose client has
gone silent after :data:`LET_GO_S`.
"""

from typing import Any, Literal

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext

READERS = 10
"""Connections for reading; the server runs as many worker threads."""
BUSY_TIMEOUT_MS = 10_000
ANSWER_S = 20
"""Seconds that a server may be silent. It waits 5 for a lock; no statement of a request works for so long as the rest."""
PROBE_S = 3
"""The same where only whether it answers is asked."""
LONGEST_CONCAT = 2**20
"""Bytes of a GROUP_CONCAT on a database server, whose own limit is 1,024 and cuts off without an error."""
RECYCLE_S = 240
"""Connections to a server are made anew after four minutes, before proxies and the server itself drop them."""
LET_GO_S = 300
"""Seconds of a client's silence after which the server ends its transaction, with its locks: the network may have
swallowed the client. Longer than a connection lives in the pool."""
LOCK_WAIT_S = 5
LONGEST_READ_S = 60

READ_ONLY = frozenset({1290, 1792, 1836})
"""MySQL lets nobody write here: after a failover, another server is the one."""

_Isolation = Literal["READ COMMITTED", "REPEATABLE READ"]
_STRICT = "STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ZERO_DATE,NO_ZERO_IN_DATE,ONLY_FULL_GROUP_BY"
_WORDS = (
    f"time_zone = '+00:00', sql_mode = '{_STRICT}', innodb_lock_wait_timeout = {LOCK_WAIT_S}, "
    f"group_concat_max_len = {LONGEST_CONCAT}"
)
_LIMITS = f"lock_wait_timeout = {2 * LOCK_WAIT_S}, wait_timeout = {LET_GO_S}, "


def writing_engine(url: str, *, answer_s: int, **pool: Any) -> Engine:
    """A pool of a server's connections, without overflow: more than these only queue elsewhere."""
    engine = _engine(url, "READ COMMITTED", _LIMITS, answer_s=answer_s, pool_recycle=RECYCLE_S, **pool)
    event.listen(engine, "handle_error", _leave_a_read_only_server)
    return engine


def reading_engine(url: str, *, answer_s: int, **pool: Any) -> Engine:
    """The same for reading: each transaction sees one moment, and cannot write."""
    engine = _engine(url, "REPEATABLE READ", _LIMITS, answer_s=answer_s, pool_recycle=RECYCLE_S, **pool)
    event.listen(engine, "connect", _only_read)
    return engine


def unhurried_engine(url: str) -> Engine:
    """One connection to a server that may take as long as it likes: for changes of the schema, and for copying."""
    return _engine(url, "READ COMMITTED", "", answer_s=None, pool_size=1)


def _engine(url: str, isolation: _Isolation, limits: str, *, answer_s: int | None, **pool: Any) -> Engine:
    return create_engine(
        url,
        isolation_level=isolation,
        max_overflow=0,
        pool_timeout=10,
        hide_parameters=True,
        connect_args={
            "charset": "utf8mb4",
            "connect_timeout": 5,
            "read_timeout": answer_s,
            "write_timeout": answer_s,
            "init_command": f"SET {limits}{_WORDS}",
        },
        **pool,
    )


def _only_read(connection: Any, _record: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET {_longest_read(connection)}")
        cursor.execute("SET SESSION TRANSACTION READ ONLY")


def _longest_read(connection: Any) -> str:
    """The limit of a SELECT, as the server at the other end calls it."""
    if "MariaDB" in connection.get_server_info():
        return f"max_statement_time = {LONGEST_READ_S}"
    return f"max_execution_time = {LONGEST_READ_S * 1000}"


def _leave_a_read_only_server(context: ExceptionContext) -> None:
    """Have the pool forget its connections, so that the next try is led to whoever lets write now."""
    if error_code(context.original_exception) in READ_ONLY:
        context.is_disconnect = True


def error_code(error: BaseException | None) -> int | None:
    """MySQL's number of an error; None when it has none."""
    arguments = getattr(error, "args", ())
    return arguments[0] if arguments and isinstance(arguments[0], int) else None


def sqlite_engine(url: str, *, begin: str, read_only: bool = False, **options: Any) -> Engine:
    """An engine that begins its transactions with ``begin`` itself: the driver would do so late, or not at all."""
    engine = create_engine(url, connect_args={"check_same_thread": False}, hide_parameters=True, **options)

    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
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
