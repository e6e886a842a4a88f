"""The cloud of the simulated world: the product's use cases on a real SQLite file, called as its routes call them."""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from cloud_api.common import roster
from cloud_api.common.database import Database, Session
from cloud_api.common.journal import Journal
from cloud_api.common.keys import Keys
from cloud_api.common.provenance import check_provenance, mark_as_copy
from cloud_api.devices import enrolment, feed, health, ingest, revocation
from cloud_api.devices.device import get_device
from cloud_api.devices.events import replays, sources
from cloud_api.devices.reading import read_upload
from cloud_api.devices.standing import DEVICE_CLAIM, STREAM_CLAIM, device_standing
from cloud_api.operate.housekeeping import TOMBSTONES_KEPT
from shared import faults
from shared.contracts.devices import (
    Enrolment,
    EnrolRequest,
    FeedAnswer,
    Heartbeat,
    HeartbeatAnswer,
    Hint,
    SalvageUpload,
    Snapshot,
    UploadAnswer,
)
from shared.domain.device import Direction
from shared.errors import Rejected
from shared.passtoken.signing import is_signed, salvage_message
from tests.campaign.exactly_once.clocks import TrueTime
from tests.campaign.exactly_once.gym import Row, Standing
from tests.campaign.exactly_once.slots import Slot, slot
from tests.support.builders import SITE_ID

PAGE = 2
"""Rows in one feed answer at the most, so that a small roster still takes several."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a token was made for: a device, and the stream of its enrolment then."""

    device_id: UUID
    stream_id: UUID

    def claims(self) -> dict[str, str]:
        return {DEVICE_CLAIM: str(self.device_id), STREAM_CLAIM: str(self.stream_id)}


@dataclass(frozen=True, slots=True)
class Stored:
    """An event as the cloud has it: the key of its row, and what is in it."""

    id: UUID
    stream: UUID
    number: int
    body: dict[str, Any]

    @property
    def content_id(self) -> UUID:
        """The id that the kiosk gave."""
        return UUID(self.body["id"])


@dataclass(frozen=True, slots=True)
class Known:
    """What the model knows of a database: how each member stands, and the highest number heard of each stream."""

    standings: tuple[Standing, ...]
    heard: dict[UUID, int]


@dataclass(frozen=True, slots=True)
class Backup:
    content: bytes
    at: datetime
    known: Known


@dataclass(slots=True)
class Cloud:
    """One database at a time; a restore puts another in its place. ``file`` is what is in it at first."""

    time: TrueTime
    keys: Keys
    journal: Journal
    known: Known
    file: bytes
    _slot: Slot = field(init=False)

    def __post_init__(self) -> None:
        self._slot = slot("cloud")
        self._slot.put(self.file, self.time)

    @property
    def database(self) -> Database:
        return self._slot.database

    # what kiosks ask, as in cloud_api.devices.routes

    def enrol(self, request: EnrolRequest) -> Enrolment:
        with self.database.transaction() as session:
            return enrolment.enrol(session, request, keys=self.keys)

    def snapshot(self, caller: Caller) -> Snapshot:
        self._admit(caller)
        with self.database.reading() as session:
            return feed.read_snapshot(session, SITE_ID)

    def feed(self, caller: Caller, epoch: UUID, version: int, limit: int) -> FeedAnswer:
        self._admit(caller)
        with self.database.reading() as session:
            return feed.read_feed(session, SITE_ID, epoch, version, min(limit, PAGE))

    def hint(self, caller: Caller) -> Hint:
        self._admit(caller)
        epoch, version, _ = self.head()
        return Hint(epoch=epoch, version=version)

    def upload(self, caller: Caller, body: bytes) -> UploadAnswer:
        self._admit(caller)
        read = read_upload(body)
        with self.database.transaction() as session:
            answer = ingest.ingest(session, read, device_id=caller.device_id, site_id=SITE_ID, now=self.time.now())
        faults.reach("ingest.after_commit")
        return answer

    def heartbeat(self, caller: Caller, beat: Heartbeat) -> HeartbeatAnswer:
        self._admit(caller)
        with self.database.transaction() as session:
            answer = health.keep_heartbeat(session, caller.device_id, beat)
        self._hear(beat.stream_id, beat.last_number)
        return answer

    def salvage(self, upload: SalvageUpload) -> UploadAnswer:
        with self.database.transaction() as session:
            device = get_device(session, upload.device_id)
            message = salvage_message(device.id, upload.payload)
            if device.public_key is None or not is_signed(device.public_key, message, upload.signature):
                raise Rejected("The signature is not this device's.", code="bad_signature")
            read = read_upload(upload.payload.encode())
            facts = {"device_id": device.id, "site_id": device.site_id, "revoked": device.revoked_at is not None}
            answer = ingest.ingest(session, read, **facts, now=self.time.now())
        faults.reach("ingest.after_commit")
        return answer

    def _admit(self, caller: Caller) -> None:
        with self.database.reading() as session:
            device_standing(self.keys)(session, caller.claims())

    # what staff and the operator do

    def put(self, rows: list[Row], *, number: int, standing: Standing) -> None:
        """Put a member's rows into the roster as they are now."""
        with self.database.transaction() as session:
            write_rows(session, rows)
        standings = [*self.known.standings]
        standings[number] = standing
        self.known = replace(self.known, standings=tuple(standings))

    def new_code(self, device_id: UUID) -> str:
        with self.database.transaction() as session:
            return enrolment.new_code(session, device_id, keys=self.keys, actor="staff")[0]

    def new_device(self) -> UUID:
        with self.database.transaction() as session:
            return enrolment.create_device(
                session, site_id=SITE_ID, name="Door", direction=Direction.ENTRY, actor="staff"
            )

    def lock(self, device_id: UUID) -> None:
        with self.database.transaction() as session:
            revocation.revoke_device(session, device_id, actor="staff", journal=self.journal)

    def is_locked(self, device_id: UUID) -> bool:
        with self.database.reading() as session:
            return get_device(session, device_id).revoked_at is not None

    def tidy(self) -> None:
        """Forget old tombstones."""
        with self.database.transaction() as session:
            roster.prune_tombstones(session, older_than=self.time.now() - TOMBSTONES_KEPT)

    def back_up(self) -> Backup:
        """As ``fit-cloud backup`` does, without the archive."""
        copy = slot("copy")
        copy.put(self._slot.take(), self.time)
        with copy.database.transaction() as session:
            mark_as_copy(session)
        return Backup(copy.take(), self.time.at, self.known)

    def as_first_backup(self) -> Backup:
        """Of the database that all began with, which was a backup itself."""
        return Backup(self.file, self.time.at, self.known)

    def restore(self, backup: Backup, *, by_hand: bool) -> None:
        """Put a backup in place: as ``fit-cloud restore`` does, or as an operator who copies the file and starts."""
        self._slot.put(backup.content, self.time)
        self.known = backup.known
        check_provenance(self.database)
        if by_hand:
            return
        with self.database.transaction() as session:
            for line in self.journal.read():
                for replay in replays(None).values():
                    replay(session, line.id, line.at)
            roster.new_epoch(session)

    def close(self) -> None:
        self._slot.close()

    # what the model looks at, past the product

    def events(self) -> list[Stored]:
        rows = self._query("SELECT id, stream_id, number, body FROM devices_event")
        return [Stored(UUID(bytes=row[0]), UUID(bytes=row[1]), row[2], json.loads(row[3])) for row in rows]

    def event_ids(self) -> set[UUID]:
        """By the id inside the record, which is the one the kiosk gave."""
        return {UUID(json.loads(row[0])["id"]) for row in self._query("SELECT body FROM devices_event")}

    def numbers(self) -> dict[UUID, tuple[int, list[tuple[int, int]]]]:
        """Of each stream: the highest number, and the gaps below it."""
        rows = self._query("SELECT id, high, gaps FROM devices_stream")
        return {UUID(bytes=row[0]): (row[1], [tuple(gap) for gap in json.loads(row[2])]) for row in rows}

    def published(self) -> list[UUID]:
        """The events that the outbox tells other services of, as often as it does."""
        rows = self._query("SELECT type, items FROM common_outbox WHERE topic = 'attendance'")
        with self.database.reading() as session:
            return [item[0] for kind, reference in rows for item in sources[kind](session, int(reference))]

    def head(self) -> tuple[UUID, int, int]:
        """Epoch, version and checksum of the roster."""
        epoch, version, checksum = self._query("SELECT epoch, version, checksum FROM roster_head")[0]
        return UUID(bytes=epoch), version, checksum % 2**64

    def rows(self) -> dict[tuple[str, str], tuple[int, str]]:
        """The living rows of the roster: version and body by kind and key."""
        found = self._query("SELECT kind, `key`, version, body FROM roster_row WHERE body IS NOT NULL")
        return {(kind, key): (version, body) for kind, key, version, body in found}

    def _hear(self, stream_id: UUID, number: int) -> None:
        heard = {**self.known.heard, stream_id: max(number, self.known.heard.get(stream_id, 0))}
        self.known = replace(self.known, heard=heard)

    def _query(self, statement: str) -> list[Any]:
        return self._slot.query(statement)


def write_rows(session: Session, rows: list[Row]) -> None:
    for kind, key, body in rows:
        if body is None:
            roster.remove(session, site_id=SITE_ID, kind=kind, key=key)
        else:
            roster.put(session, site_id=SITE_ID, kind=kind, key=key, body=body)
