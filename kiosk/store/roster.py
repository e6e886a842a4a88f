"""The roster a kiosk decides by: the newest complete ``roster-N.db``, replaced whole by rename, changed by deltas."""

import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from kiosk.store import roster_file, schema
from kiosk.store.database import Database, StoreFailed, delete_file
from kiosk.store.roster_file import Confirmed, Head
from kiosk.store.timekeeper import Look
from shared import faults
from shared.contracts.devices import FeedAnswer, Snapshot
from shared.disk import sync_folder
from shared.errors import InvalidInput

_NAME = re.compile(r"roster-(\d+)\.db")
_NOTED_EVERY = timedelta(minutes=1)
_PART = ".part"


class RosterStore:
    """Holds the open roster file. One thread pulls; any thread reads.

    Each snapshot is a file with the next number in its name: it is built under another name, put on the disk and
    renamed, so there is never half a roster, and no journal of an old file can be taken for the new one's. The newest
    file counts; readers meet the new one with their next read.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._swapping = threading.RLock()
        self._pulling = threading.RLock()
        self._generation = 0
        self._database: Database | None = None
        self._head: Head | None = None
        self._noted: Confirmed | None = None
        self._retired = False
        self._open_newest()

    @property
    def head(self) -> Head | None:
        """Where the roster stands, and when that was last confirmed; None when there is none."""
        return self._head

    def age(self, look: Look) -> timedelta | None:
        """How long ago the cloud last confirmed the roster; None when there is none. Never negative.

        Under one boot the boot clock tells, so a wall clock that is turned changes nothing.
        """
        head = self._head
        if head is None:
            return None
        confirmed = head.confirmed
        if confirmed.boot_id == look.boot_id:
            return timedelta(microseconds=max(0, look.boot_ns - confirmed.boot_ns) // 1000)
        return max(timedelta(0), look.door.at - confirmed.at)

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection | None]:
        """One consistent state of the roster; None when there is none. A swap waits until the block is left.

        Raises:
            StoreFailed: the file cannot be read.
        """
        with self._swapping:
            if self._database is None:
                yield None
            else:
                with self._database.read() as connection:
                    yield connection

    def generation(self) -> int:
        """Counts the files; with the head's version it names a state of the roster."""
        return self._generation

    def apply(self, answer: FeedAnswer, *, since: int, confirmed: Confirmed) -> None:
        """Apply a feed answer that was asked for changes after version ``since``.

        Raises:
            WrongRoster: it does not fit; nothing was changed.
        """
        with self._pulling:
            database = self._database
            if database is None:
                raise roster_file.WrongRoster("There is no roster to continue.")
            if not answer.rows and self._is_only_confirmed(answer, since):
                self._confirm(confirmed)
                return
            self._head = roster_file.apply_delta(database, answer, since=since, confirmed=confirmed)
            self._noted = self._head.confirmed

    def build(self, snapshot: Snapshot, confirmed: Confirmed) -> Path:
        """Write a snapshot aside, whole and on the disk; :meth:`swap` makes it the roster.

        Raises:
            WrongRoster: the snapshot does not match its checksum; or the roster was retired.
        """
        with self._pulling:
            if self._retired:
                raise roster_file.WrongRoster("This kiosk is to have no roster any more.")
            path = self._folder / f"roster-{self._generation + 1}.db"
            part = path.with_name(path.name + _PART)
            try:
                roster_file.build_file(part, snapshot, confirmed)
            except BaseException:
                delete_file(part)
                raise
        faults.reach("pull.snapshot_built")
        return part

    def swap(self, part: Path) -> None:
        """Let a file that was built take the place of the roster, unless that was retired meanwhile."""
        with self._pulling, self._swapping:
            if self._retired:
                return
            part.rename(part.with_suffix(""))
            sync_folder(self._folder)
            faults.reach("pull.snapshot_swapped")
            self._open_newest()

    def is_of_site(self, site_id: UUID) -> bool:
        """Whether this is a roster of that site; a roster that is not there, or names no site, is nobody else's."""
        with self.read() as connection:
            rows = [] if connection is None else connection.execute(schema.ROWS_OF_KIND, {"kind": "site"}).fetchall()
        return all(key == str(site_id) for key, _ in rows)

    def is_sound(self) -> bool:
        """Whether the stored rows still add up to their checksum. Pulling thread, once after the start."""
        with self._pulling:
            try:
                return self._database is not None and roster_file.is_sound(self._database)
            except StoreFailed:
                return False

    def retire(self) -> None:
        """Forget the roster for good: one that is on its way will not be taken."""
        with self._pulling, self._swapping:
            self._retired = True
            self.delete()

    def delete(self) -> None:
        """Forget the roster and every wrapped key in it."""
        with self._pulling, self._swapping:
            self.close()
            for path in self._folder.glob("roster-*.db*"):
                path.unlink(missing_ok=True)
            sync_folder(self._folder)

    def close(self) -> None:
        with self._swapping:
            if self._database is not None:
                self._database.close()
            self._database = self._head = self._noted = None

    def _open_newest(self) -> None:
        self.close()
        files = sorted(
            (int(found[1]), path) for path in self._folder.iterdir() if (found := _NAME.fullmatch(path.name))
        )
        if files:
            self._generation, path = files[-1]
            self._open(path)
        for _, old in files[:-1]:
            delete_file(old)
        for part in self._folder.glob("roster-*.db" + _PART + "*"):
            part.unlink(missing_ok=True)

    def _open(self, path: Path) -> None:
        """A file that cannot be opened is no roster: the next pull takes a snapshot."""
        try:
            database = Database(path, schema.ROSTER_MIGRATIONS)
            with database.read() as connection:
                self._head = roster_file.read_head(connection)
        except (StoreFailed, InvalidInput):
            return
        self._database = database
        self._noted = None if self._head is None else self._head.confirmed

    def _is_only_confirmed(self, answer: FeedAnswer, since: int) -> bool:
        head = self._head
        return (
            head is not None
            and (answer.epoch, answer.version, answer.head_version, answer.checksum)
            == (head.epoch, since, since, head.checksum)
            and head.version == since
        )

    def _confirm(self, confirmed: Confirmed) -> None:
        """Nothing changed: known at once, written down once a minute."""
        head, noted = self._head, self._noted
        if head is None or self._database is None:
            return
        self._head = Head(head.epoch, head.version, head.checksum, confirmed)
        if noted is None or confirmed.boot_id != noted.boot_id or confirmed.at - noted.at >= _NOTED_EVERY:
            roster_file.note_confirmed(self._database, self._head)
            self._noted = confirmed
