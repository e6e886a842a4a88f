"""One roster file: rows, cursor and checksum, which always change in one transaction."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

from kiosk.store import schema
from kiosk.store.database import Database, delete_file, sync_file
from kiosk.store.instants import from_us, to_us
from shared import faults
from shared.contracts.devices import FeedAnswer, Snapshot
from shared.contracts.roster import CHECKSUM_MODULUS, RosterRow, row_hash


@dataclass(frozen=True, slots=True)
class Confirmed:
    """When the cloud said that this is how things stand: the door's time, and the boot clock with its id."""

    at: datetime
    boot_ns: int
    boot_id: str


@dataclass(frozen=True, slots=True)
class Head:
    """Where a roster stands. ``checksum`` is the sum of its rows' hashes modulo 2**64."""

    epoch: UUID
    version: int
    checksum: int
    confirmed: Confirmed


class WrongRoster(Exception):  # noqa: N818  # it is the roster that is wrong
    """What the cloud says and what is stored do not fit together; a snapshot mends it."""


def read_head(connection: sqlite3.Connection) -> Head | None:
    """None in a file that was never filled."""
    row = connection.execute(schema.HEAD).fetchone()
    if row is None:
        return None
    epoch, version, checksum, synced_at, boot_ns, boot_id = row
    return Head(UUID(bytes=epoch), version, int(checksum), Confirmed(from_us(synced_at), boot_ns, boot_id))


def build_file(path: Path, snapshot: Snapshot, confirmed: Confirmed) -> None:
    """Write a snapshot into a new file, whole and on the disk, or raise.

    Raises:
        WrongRoster: the snapshot does not match its own checksum.
        StoreFailed: it could not be written.
    """
    delete_file(path)
    database = Database(path, schema.ROSTER_MIGRATIONS)
    try:
        with database.write() as connection:
            connection.executemany(schema.INSERT_ROW, [_parameters(row) for row in _living(snapshot.rows)])
            checksum = _sum_of(connection)
            if checksum != snapshot.checksum:
                raise WrongRoster("The snapshot does not match its checksum.")
            head = Head(snapshot.epoch, snapshot.version, checksum, confirmed)
            connection.execute(schema.SET_HEAD, _head_parameters(head))
        database.run(schema.FORGET_OLD_PAGES)
    finally:
        database.close()
    sync_file(path)


def apply_delta(database: Database, answer: FeedAnswer, *, since: int, confirmed: Confirmed) -> Head:
    """Apply an answer to the feed that was asked for changes after version ``since``: rows and cursor in one commit.

    Once the head is reached the checksum must be that of the whole; ``confirmed`` moves only then.

    Raises:
        WrongRoster: nothing was changed.
    """
    with database.write() as connection:
        head = read_head(connection)
        if head is None or head.epoch != answer.epoch or head.version != since or answer.version < since:
            raise WrongRoster("The answer does not continue this roster.")
        checksum = head.checksum
        for row in answer.rows:
            checksum = (checksum + _apply_row(connection, row)) % CHECKSUM_MODULUS
        faults.reach("pull.delta")
        whole = answer.version == answer.head_version
        if whole and checksum != answer.checksum:
            raise WrongRoster("The checksum of the roster is wrong.")
        head = replace(
            head, version=answer.version, checksum=checksum, confirmed=confirmed if whole else head.confirmed
        )
        connection.execute(schema.SET_HEAD, _head_parameters(head))
    if answer.rows:
        database.run(schema.FORGET_OLD_PAGES)
    return head


def note_confirmed(database: Database, head: Head) -> None:
    """Write down that a roster was confirmed again, unchanged."""
    with database.write() as connection:
        connection.execute(schema.SET_HEAD, _head_parameters(head))


def is_sound(database: Database) -> bool:
    """Whether the rows still add up to the stored checksum: bits rot, and images are restored."""
    with database.read() as connection:
        head = read_head(connection)
        return head is not None and head.checksum == _sum_of(connection)


def _apply_row(connection: sqlite3.Connection, row: RosterRow) -> int:
    """Put or drop one row; what that adds to the checksum."""
    key = {"kind": row.kind.value, "key": row.key}
    old = connection.execute(schema.FIND_ROW, key).fetchone()
    before = 0 if old is None else row_hash(row.kind.value, row.key, *old)
    if row.body is None:
        connection.execute(schema.DROP_ROW, key)
        return -before
    connection.execute(schema.PUT_ROW, _parameters(row))
    return row_hash(row.kind.value, row.key, row.version, row.body) - before


def _sum_of(connection: sqlite3.Connection) -> int:
    return sum(row_hash(*row) for row in connection.execute(schema.ALL_ROWS)) % CHECKSUM_MODULUS


def _living(rows: Iterable[RosterRow]) -> Iterable[RosterRow]:
    return (row for row in rows if row.body is not None)


def _parameters(row: RosterRow) -> dict[str, object]:
    return {"kind": row.kind.value, "key": row.key, "version": row.version, "body": row.body}


def _head_parameters(head: Head) -> dict[str, object]:
    return {
        "epoch": head.epoch.bytes,
        "version": head.version,
        "checksum": str(head.checksum),
        "synced_at": to_us(head.confirmed.at),
        "synced_boot_ns": head.confirmed.boot_ns,
        "synced_boot_id": head.confirmed.boot_id,
    }
