"""A kiosk's disk, looked at past the product: its files, the events and the roster in them."""

import json
import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from shared.contracts.devices import FeedAnswer, Snapshot
from shared.contracts.roster import CHECKSUM_MODULUS, row_hash

_ROSTER = re.compile(r"roster-(\d+)\.db")
Image = dict[str, bytes]
"""Every file by its path."""
Rows = dict[tuple[str, str], tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Fact:
    """An event as a kiosk wrote it down."""

    id: UUID
    stream: UUID
    number: int
    body: str
    is_acknowledged: bool = field(default=False, compare=False)

    @property
    def content(self) -> dict[str, Any]:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class RosterState:
    """Rows (version and body by kind and key), and where they stand."""

    epoch: UUID
    version: int
    rows: Rows

    @property
    def checksum(self) -> int:
        return sum(row_hash(kind, key, version, body) for (kind, key), (version, body) in self.rows.items()) % (
            CHECKSUM_MODULUS
        )

    def after(self, answer: FeedAnswer) -> "RosterState":
        rows = dict(self.rows)
        for row in answer.rows:
            if row.body is None:
                rows.pop((row.kind.value, row.key), None)
            else:
                rows[row.kind.value, row.key] = (row.version, row.body)
        return RosterState(self.epoch, answer.version, rows)


def whole(snapshot: Snapshot) -> RosterState:
    rows = {(row.kind.value, row.key): (row.version, row.body) for row in snapshot.rows if row.body is not None}
    return RosterState(snapshot.epoch, snapshot.version, rows)


def take_image(folder: Path) -> Image:
    """What a dead machine's disk holds. Shared memory of SQLite is none of it."""
    paths = [path for path in folder.rglob("*") if path.is_file() and not path.name.endswith("-shm")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def put_image(folder: Path, image: Image) -> None:
    for name, content in image.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.write_bytes(content)
        path.chmod(0o600)


def read_events(data: Path) -> dict[UUID, Fact]:
    """The events on the disk; none where there is no log."""
    path = data / "events.db"
    if not path.exists():
        return {}
    rows = _query(
        path,
        "SELECT id, stream_id, number, body, acked_at IS NOT NULL FROM event JOIN delivery ON event_seq = seq",
    )
    facts = (Fact(UUID(bytes=row[0]), UUID(bytes=row[1]), row[2], row[3], bool(row[4])) for row in rows)
    return {fact.id: fact for fact in facts}


def read_roster(data: Path) -> RosterState | None:
    """The newest roster file's content; None where there is none."""
    paths = data.iterdir() if data.is_dir() else ()
    found = [(int(match[1]), path) for path in paths if (match := _ROSTER.fullmatch(path.name))]
    if not found:
        return None
    _, path = max(found)
    heads = _query(path, "SELECT epoch, version FROM roster_head")
    if not heads:
        return None
    rows = _query(path, "SELECT kind, key, version, body FROM roster_row")
    epoch, version = heads[0]
    return RosterState(UUID(bytes=epoch), version, {(row[0], row[1]): (row[2], row[3]) for row in rows})


def _query(path: Path, statement: str) -> Iterable[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement).fetchall()
