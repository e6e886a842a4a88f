"""Events on their way into the tables, and out to the services that count them."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Table, insert, select, text
from sqlmodel import Session, SQLModel, col

from cloud_api.common import outbox
from cloud_api.common.database import execute_many, ignoring
from cloud_api.common.events import ATTENDANCE_RECORDED, ATTENDANCE_TOPIC
from cloud_api.devices.reading import Unreadable
from cloud_api.devices.tables import EventRow, UploadRow
from shared.contracts.devices import EventRecord

_EVENTS: Table = SQLModel.metadata.tables["devices_event"]
_UPLOADS: Table = SQLModel.metadata.tables["devices_upload"]
_REFUSED: Table = SQLModel.metadata.tables["devices_refused_event"]
_OPEN = insert(_UPLOADS)
_TIME_SIZE = len("2025-01-31 23:59:59.000000")
_INSERT = """INSERT {ignore} INTO devices_event
(id, stream_id, number, upload_number, effective_at, code_key, flags, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
_ID_SIZE = 16
_SIGNS = "'\\%\0"
"""What means something to SQL, or to the driver, in a text that stands in a statement."""
_IDS_IN_ONE = text("SELECT GROUP_CONCAT(id SEPARATOR '') FROM devices_event WHERE upload_number = :number")
_IDS_OF_UPLOAD = text("SELECT id FROM devices_event WHERE upload_number = :number")


@dataclass(frozen=True, slots=True)
class Arrival:
    """One upload: which device of which site brought it, of which stream, when (aware UTC)."""

    device_id: UUID
    site_id: UUID
    stream_id: UUID
    received_at: datetime


class Draft(NamedTuple):
    """A new event with what the cloud made of it. ``body`` is the JSON of the record. A tuple: they come by the 500."""

    event: EventRecord
    effective_at: datetime
    flags: tuple[str, ...]
    body: str
    code_key: bytes | None


@dataclass(frozen=True, slots=True)
class Stored:
    """What the table has under an id."""

    body: str
    flags: tuple[str, ...]


def find_stored(session: Session, ids: Iterable[UUID]) -> dict[UUID, Stored]:
    """What is stored under these ids, of whatever stream."""
    query = select(_EVENTS.c.id, _EVENTS.c.body, _EVENTS.c.flags).where(_EVENTS.c.id.in_(list(ids)))
    return {row.id: Stored(row.body, split_flags(row.flags)) for row in session.execute(query)}


def insert_new(session: Session, arrival: Arrival, drafts: Sequence[Draft]) -> Mapping[UUID, Draft]:
    """Insert events, each with an id of its own, and publish them; returns those that this upload stored, by id.

    In the order of their ids, so that overlapping uploads cannot deadlock; an id that is there already is left as it
    is, and what was stored is then read from the table. One outbox row for the upload; the events come out of it in the order of their numbers.
    """
    number = _open_upload(session, arrival)
    stream = arrival.stream_id.bytes
    rows = [_row(draft, number, stream) for draft in drafts]
    stored: Mapping[UUID, Draft] = {draft.event.id: draft for draft in drafts}
    if _insert(session, sorted(rows)) < len(rows):
        there = _ids_of_upload(session, number)
        stored = {draft.event.id: draft for draft, row in zip(drafts, rows, strict=True) if row[0] in there}
    if stored:
        outbox.publish_reference(session, topic=ATTENDANCE_TOPIC, type=ATTENDANCE_RECORDED, reference=number)
    return stored


def read_upload_events(session: Session, number: int) -> list[outbox.Item]:
    """The events of an upload as the outbox tells of them: :class:`AttendanceRecorded`, in the order of their numbers."""
    upload = session.get_one(UploadRow, number)
    head = {
        "device_id": str(upload.device_id),
        "site_id": str(upload.site_id),
        "stream_id": str(upload.stream_id),
        "received_at": upload.received_at.isoformat(),
    }
    columns = (col(EventRow.id), col(EventRow.effective_at), col(EventRow.flags), col(EventRow.body))
    query = select(*columns).where(col(EventRow.upload_number) == number).order_by(col(EventRow.number))
    return [_item(head, *row) for row in session.execute(query)]


def keep_refused(session: Session, arrival: Arrival, items: Sequence[Unreadable]) -> None:
    """Keep what cannot be read, under its number; the same thing sent again is kept once."""
    rows = [
        {
            "hash": hashlib.sha256(arrival.stream_id.bytes + item.raw).digest(),
            "device_id": arrival.device_id,
            "stream_id": arrival.stream_id,
            "number": item.number,
            "event_id": item.id,
            "received_at": arrival.received_at,
            "reason": item.reason,
            "raw": item.raw,
        }
        for item in items
    ]
    if rows:
        session.execute(ignoring(session, insert(_REFUSED)), rows)


def find_refused(session: Session, stream_id: UUID, numbers: Iterable[int]) -> set[tuple[UUID, int]]:
    """Ids and numbers, among these numbers, of events that could not be read when they came."""
    query = select(_REFUSED.c.event_id, _REFUSED.c.number).where(
        _REFUSED.c.stream_id == stream_id, _REFUSED.c.number.in_(list(numbers))
    )
    return {(row.event_id, row.number) for row in session.execute(query)}


def split_flags(flags: str) -> tuple[str, ...]:
    return tuple(flags.split(",")) if flags else ()


def _open_upload(session: Session, arrival: Arrival) -> int:
    made = session.connection().execute(_OPEN, asdict(arrival))
    if made.inserted_primary_key is None:
        message = "the database gave no number"
        raise AssertionError(message)
    number: int = made.inserted_primary_key[0]
    return number


def _row(draft: Draft, upload_number: int, stream: bytes) -> tuple[Any, ...]:
    """The values as the columns keep them: column types would cost more than everything else here, 500 times over."""
    event = draft.event
    at = draft.effective_at.isoformat(" ", "microseconds")[:_TIME_SIZE]  # without the zone, which is UTC
    flags = ",".join(draft.flags)
    return event.id.bytes, stream, event.number, upload_number, at, draft.code_key, flags, draft.body


def _ids_of_upload(session: Session, number: int) -> set[bytes]:
    """What the table has of an upload. A database server gives the ids in one piece: a driver takes long over rows."""
    if session.get_bind().dialect.name == "sqlite":
        return set(session.scalars(_IDS_OF_UPLOAD, {"number": number}))
    found: bytes = session.scalar(_IDS_IN_ONE, {"number": number}) or b""
    return {found[at : at + _ID_SIZE] for at in range(0, len(found), _ID_SIZE)}


def _insert(session: Session, rows: Sequence[tuple[Any, ...]]) -> int:
    """How many were new.

    On a database server one statement with every value written out: its driver would spend more on them than all else.
    """
    if session.get_bind().dialect.name == "sqlite":
        return execute_many(session, _INSERT.format(ignore="OR IGNORE"), rows)
    texts = "".join([row[-1] for row in rows])
    literal = _in_hex if any(sign in texts for sign in _SIGNS) else _quoted
    written = ",".join([_written(row, literal) for row in rows])
    head = _INSERT.partition(" VALUES ")[0].format(ignore="IGNORE")
    return session.connection().exec_driver_sql(f"{head} VALUES {written}").rowcount


def _written(row: tuple[Any, ...], literal: Callable[[str], str]) -> str:
    """Bytes go in hex. Numbers, time and flags are our own; the text is the door's."""
    event_id, stream, number, upload, at, code_key, flags, body = row
    code = "NULL" if code_key is None else f"x'{code_key.hex()}'"
    return f"(x'{event_id.hex()}',x'{stream.hex()}',{number},{upload},'{at}',{code},'{flags}',{literal(body)})"


def _in_hex(text_: str) -> str:
    """For whatever text; twice as long as it is quoted."""
    return f"_utf8mb4 x'{text_.encode().hex()}'"


def _quoted(text_: str) -> str:
    """For a text without :data:`_SIGNS`."""
    return f"'{text_}'"


def _item(head: dict[str, Any], event_id: UUID, effective_at: datetime, flags: str, body: str) -> outbox.Item:
    event = json.loads(body)
    key = event_id if event["member_id"] is None else UUID(event["member_id"])
    payload = {**head, "effective_at": effective_at.isoformat(), "flags": list(split_flags(flags)), "event": event}
    return event_id, key, payload
