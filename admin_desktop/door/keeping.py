"""Check-ins by hand that wait on this PC until the cloud answers, and the way they are sent: each once.

A note has its own id from the moment it is written, and the cloud counts an id once: whatever was lost on the way, or
sent twice, is one check-in. It goes only when the cloud has said that it has it. No Qt; every call blocks.
"""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol
from uuid import UUID

from shared.client.errors import ServerFailed
from shared.contracts.gym import AttendanceView, ManualCheckIn
from shared.errors import Rejected

CLOCK_SLACK = timedelta(minutes=10)
"""A PC's clock may run ahead of the cloud's by this: such a note is no mistake, it waits."""
_MAY_READ = 0o600
_LONGEST_NOTE = 200
_SCHEMA = """
CREATE TABLE IF NOT EXISTS kept (
    id TEXT PRIMARY KEY, member_id TEXT, who TEXT NOT NULL, site_id TEXT NOT NULL, at TEXT NOT NULL,
    note TEXT NOT NULL, noted_by TEXT NOT NULL, refused TEXT
) STRICT
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A check-in that waits. ``who`` is the name as staff saw or typed it; ``member_id`` None while nobody was chosen.

    ``noted_by`` is the name of who stood at the desk; ``refused`` is the cloud's no, in its own sentence.
    """

    id: UUID
    member_id: UUID | None
    who: str
    site_id: UUID
    at: datetime
    note: str
    noted_by: str
    refused: str | None = None


class Cloud(Protocol):
    """What is asked of the cloud here."""

    def check_in(self, request: ManualCheckIn) -> AttendanceView: ...


class KeptCheckIns:
    """A small SQLite file; each call opens it. Any thread.

    Raises from every method: Rejected ``not_kept``: the file cannot be written or read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def keep(self, kept: Kept) -> None:
        """Write a note down, or write it anew. Durable when it returns."""
        values = (
            str(kept.id),
            None if kept.member_id is None else str(kept.member_id),
            kept.who,
            str(kept.site_id),
            kept.at.isoformat(),
            kept.note,
            kept.noted_by,
            kept.refused,
        )
        with self._open() as database:
            database.execute("INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)

    def all(self) -> list[Kept]:
        """Oldest first."""
        if not self._path.exists():
            return []
        with self._open() as database:
            return [_read(row) for row in database.execute("SELECT * FROM kept ORDER BY at, id")]

    def remove(self, kept_id: UUID) -> None:
        with self._open() as database:
            database.execute("DELETE FROM kept WHERE id = ?", (str(kept_id),))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, _MAY_READ))  # names: for this PC's user alone
            database = sqlite3.connect(self._path, timeout=10)
            try:
                database.execute("PRAGMA synchronous = FULL")
                database.execute("PRAGMA secure_delete = ON")
                database.execute(_SCHEMA)
                with database:
                    yield database
            finally:
                database.close()
        except (sqlite3.Error, OSError) as error:
            raise Rejected("This PC could not write it down.", code="not_kept") from error


def send_kept(store: KeptCheckIns, cloud: Cloud, *, me: str, now: datetime) -> Sequence[Kept]:
    """Send what waits, oldest first; returns what the cloud took. What it refused stays, with its reason.

    ``me`` is who is at the desk now: the audit log names the sender, so a note of somebody else says who wrote it.

    Raises:
        Unavailable: no answer; the rest waits on.
        NotRecognised: ``not_signed_in``.
    """
    waiting = [kept for kept in store.all() if kept.member_id is not None and kept.refused is None]
    return [kept for kept in waiting if _send(store, cloud, kept, me=me, now=now)]


def _send(store: KeptCheckIns, cloud: Cloud, kept: Kept, *, me: str, now: datetime) -> bool:
    """Whether the cloud has it now. A note that the cloud stumbles over holds up none behind it."""
    try:
        cloud.check_in(_request(kept, me=me))
    except ServerFailed:
        return False
    except Rejected as no:
        if no.code == "not_signed_in":
            raise
        if no.code == "invalid_input" and now - kept.at < CLOCK_SLACK:
            return False
        store.keep(replace(kept, refused=str(no)))
        return False
    store.remove(kept.id)
    return True


def _request(kept: Kept, *, me: str) -> ManualCheckIn:
    note = kept.note if kept.noted_by == me else f"{kept.note} ({kept.noted_by})"
    assert kept.member_id is not None  # noqa: S101  # only such are sent
    return ManualCheckIn(
        id=kept.id, member_id=kept.member_id, site_id=kept.site_id, at=kept.at, note=note.strip()[:_LONGEST_NOTE]
    )


def _read(row: tuple[str, str | None, str, str, str, str, str, str | None]) -> Kept:
    kept_id, member_id, who, site_id, at, note, noted_by, refused = row
    return Kept(
        UUID(kept_id),
        None if member_id is None else UUID(member_id),
        who,
        UUID(site_id),
        datetime.fromisoformat(at),
        note,
        noted_by,
        refused,
    )
