"""Moving an embedded gym to a database server: every row, then proof that both hold the same."""

import hashlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select
from sqlmodel import SQLModel

from cloud_api import migrations
from cloud_api.common.database import Database
from cloud_api.operate.lock import holding
from cloud_api.operate.opening import open_cloud
from cloud_api.settings import Settings
from shared.domain.time import Clock
from shared.errors import InvalidInput

_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied: rows by table, and the SHA-256 over all of them, which was found equal on both sides."""

    rows: dict[str, int]
    sha256: str


Tell = Callable[[str], None]


def _to_stderr(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201  # progress for the person who waits


def copy_gym(settings: Settings, target_url: str, *, clock: Clock | None = None, tell: Tell = _to_stderr) -> Copied:
    """Copy the database of a data folder, whose server is stopped, into an empty one on a server.

    Nothing is changed in the folder: its secrets and objects serve the new database, and the file stays as it is. The
    kiosks take a snapshot from the new database and send again what they keep, since it is another one (a new epoch).

    Raises:
        InvalidInput: the gym's database is not a file, the target is one or is not empty, or the copies differ.
        Rejected: ``in_use``: the server is running.
        Unavailable: the database server does not answer.
    """
    if settings.database_file is None:
        raise InvalidInput("This gym's database is on a server already: unset FIT_DATABASE_URL to copy the file's.")
    if target_url.startswith("sqlite"):
        raise InvalidInput("Copy to a database server: mysql+pymysql://user:password@host/name", field="to")
    with holding(settings.data):
        source = open_cloud(settings, clock=clock).database
        target = Database(target_url)
        try:
            return _copy(source, target, tell)
        finally:
            source.close()
            target.close()


def _copy(source: Database, target: Database, tell: Tell) -> Copied:
    if not migrations.is_empty(target.writer):
        raise InvalidInput("The target database is not empty; nothing was changed.", field="to")
    tell("making the tables")
    with target.unhurried() as engine:
        migrations.upgrade(engine)
        with source.reader.connect() as old, engine.connect() as new:
            rows = _copy_rows(old, new, tell)
            digests = [_digest(side) for side in (old, new)]
    if digests[0] != digests[1]:
        different = [name for name in digests[0] if digests[0][name] != digests[1][name]]
        raise InvalidInput(f"The copies differ in {', '.join(different)}; go on with the file.", field="to")
    tell("read back: both hold the same")
    return Copied(rows, hashlib.sha256("".join(sorted(digests[0].values())).encode()).hexdigest())


def _copy_rows(old: Connection, new: Connection, tell: Tell) -> dict[str, int]:
    rows: dict[str, int] = {}
    for table in _tables():
        rows[table.name] = _copy_table(old, new, table)
        tell(f"{table.name}: {rows[table.name]}")
    new.commit()
    return rows


def _tables() -> list[Table]:
    migrations.import_tables()
    return list(SQLModel.metadata.sorted_tables)


def _copy_table(old: Connection, new: Connection, table: Table) -> int:
    new.execute(table.delete())  # what migrations put there themselves
    for rows in _pages(old, table):
        new.execute(insert(table), rows)
    counts = [side.scalar(select(func.count()).select_from(table)) for side in (old, new)]
    if counts[0] != counts[1]:
        raise InvalidInput(f"{table.name}: {counts[0]} rows became {counts[1]}; go on with the file.", field="to")
    return counts[0] or 0


def _pages(side: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    """All rows in the order of their keys, which is byte by byte on both sides."""
    result = side.execution_options(stream_results=True).execute(select(table).order_by(*table.primary_key.columns))
    for page in result.mappings().partitions(_CHUNK):
        yield [dict(row) for row in page]


def _digest(side: Connection) -> dict[str, str]:
    """SHA-256 over every row of a table as Python sees it, by table."""
    digests: dict[str, str] = {}
    for table in _tables():
        digest = hashlib.sha256()
        for rows in _pages(side, table):
            for row in rows:
                digest.update(repr(tuple(row.values())).encode())
        digests[table.name] = digest.hexdigest()
    return digests
