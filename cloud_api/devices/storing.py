"""Events on their way into the tables, and out to the services that count them."""

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Table, insert, select
from sqlmodel import Session, SQLModel

from cloud_api.common.database import ignoring
from cloud_api.common.events import ATTENDANCE_RECORDED, ATTENDANCE_TOPIC
from cloud_api.common.outbox import publish_many
from cloud_api.devices import tables as _own  # noqa: F401  # defines the tables
from cloud_api.devices.device import Device
from cloud_api.devices.reading import Unreadable
from shared.contracts.devices import EventRecord

_EVENTS: Table = SQLModel.metadata.tables["devices_event"]
_REFUSED: Table = SQLModel.metadata.tables["devices_refused_event"]


@dataclass(frozen=True, slots=True)
class Arrival:
    """One upload: who brought it, of which stream, when (aware UTC)."""

    device: Device
    stream_id: UUID
    upload_id: UUID
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """A new event with what the cloud made of it. ``body`` is the JSON of the record."""

    event: EventRecord
    effective_at: datetime
    flags: tuple[str, ...]
    body: str


@dataclass(frozen=True, slots=True)
class Stored:
    """What the table has under an id."""

    body: str
    flags: tuple[str, ...]


def find_stored(session: Session, ids: Iterable[UUID]) -> dict[UUID, Stored]:
    """What is stored under these ids, of whatever stream."""
    query = select(_EVENTS.c.id, _EVENTS.c.body, _EVENTS.c.flags).where(_EVENTS.c.id.in_(list(ids)))
    return {
        row.id: Stored(row.body, tuple(row.flags.split(",") if row.flags else ())) for row in session.execute(query)
    }


def insert_new(session: Session, arrival: Arrival, drafts: Collection[Draft]) -> set[UUID]:
    """Insert events; returns the ids that this upload stored, as found in the table afterwards.

    In the order of their ids, so that overlapping uploads cannot deadlock; an id that another upload stored meanwhile
    is left as it is.
    """
    rows = [_row(arrival, draft) for draft in sorted(drafts, key=lambda draft: draft.event.id.bytes)]
    session.execute(ignoring(session, insert(_EVENTS)), rows)
    ids = [draft.event.id for draft in drafts]
    query = select(_EVENTS.c.id).where(_EVENTS.c.id.in_(ids), _EVENTS.c.upload_id == arrival.upload_id)
    return set(session.scalars(query))


def keep_refused(session: Session, arrival: Arrival, items: Sequence[Unreadable]) -> None:
    """Keep what cannot be read, under its number; the same thing sent again is kept once."""
    rows = [
        {
            "hash": hashlib.sha256(arrival.stream_id.bytes + item.raw).digest(),
            "device_id": arrival.device.id,
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


def publish_stored(session: Session, arrival: Arrival, drafts: Iterable[Draft]) -> None:
    """Tell the other services of new events, in the order of their numbers: one outbox row for the upload."""
    head = (
        f'{{"device_id":"{arrival.device.id}","site_id":"{arrival.device.site_id}",'
        f'"stream_id":"{arrival.stream_id}","received_at":"{arrival.received_at.isoformat()}","effective_at":"'
    )
    items = [
        (
            draft.event.id,
            draft.event.member_id or draft.event.id,
            f'{head}{draft.effective_at.isoformat()}","flags":{json.dumps(draft.flags)},"event":{draft.body}}}',
        )
        for draft in sorted(drafts, key=lambda draft: draft.event.number)
    ]
    publish_many(session, topic=ATTENDANCE_TOPIC, type=ATTENDANCE_RECORDED, items=items)


def _row(arrival: Arrival, draft: Draft) -> dict[str, object]:
    event = draft.event
    return {
        "id": event.id,
        "stream_id": arrival.stream_id,
        "number": event.number,
        "device_id": arrival.device.id,
        "site_id": arrival.device.site_id,
        "upload_id": arrival.upload_id,
        "received_at": arrival.received_at,
        "effective_at": draft.effective_at,
        "lookup": event.lookup,
        "code_at": event.code_at,
        "flags": ",".join(draft.flags),
        "body": draft.body,
    }
