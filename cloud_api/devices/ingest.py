"""Taking in what a kiosk recorded: exactly once, whole, whatever it says (promises 3 and 4; hard case: streams)."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlmodel import Session

from cloud_api.devices.device import Device
from cloud_api.devices.noticing import notice
from cloud_api.devices.numbers import Numbers
from cloud_api.devices.reading import Unreadable, read_upload
from cloud_api.devices.storing import (
    Arrival,
    Draft,
    Stored,
    find_refused,
    find_stored,
    insert_new,
    keep_refused,
    publish_stored,
)
from cloud_api.devices.streams import keep_numbers, lock_stream
from cloud_api.devices.timing import effective_times
from shared import faults
from shared.contracts.devices import EventRecord, EventResult, EventStatus, UploadAnswer

MAX_MISSING = 100
"""Gaps named in one answer at the most."""

REUSED_NUMBER = "reused_number"
SALVAGED = "salvaged"
OTHER_DEVICES_STREAM = "other_devices_stream"


def ingest(session: Session, device: Device, body: bytes, *, now: datetime) -> UploadAnswer:
    """Store an upload in the caller's transaction and answer event by event, from the ids that are stored.

    ``body`` is the JSON of an :class:`EventUpload`, ``now`` when it was received (aware UTC). Events of a revoked
    device are stored and flagged ``salvaged``, to be counted after review.

    Raises:
        InvalidInput: the body is no upload at all. An event in it that cannot be read is refused alone.
    """
    upload = read_upload(body)
    numbers, owner = lock_stream(session, upload.stream_id, device_id=device.id, now=now)
    always = (SALVAGED,) * (device.revoked_at is not None) + (OTHER_DEVICES_STREAM,) * (owner != device.id)
    arrival = Arrival(device, upload.stream_id, uuid4(), now)
    events = [item for item in upload.items if isinstance(item, EventRecord)]
    known, new = _store(session, arrival, events, numbers=numbers, always=always)
    keep_refused(session, arrival, [item for item in upload.items if isinstance(item, Unreadable)])
    results = _results(upload.items, known, new)
    closed = numbers.close(item.number for item in results if item.number and item.status is not EventStatus.LATER)
    keep_numbers(session, upload.stream_id, closed)
    faults.reach("ingest.before_commit")
    return UploadAnswer(
        results=results,
        have_up_to=closed.have_up_to,
        missing=list(closed.gaps[:MAX_MISSING]),
        open_new_stream=any(REUSED_NUMBER in item.flags for item in results),
    )


def _store(
    session: Session, arrival: Arrival, events: Sequence[EventRecord], *, numbers: Numbers, always: tuple[str, ...]
) -> tuple[dict[UUID, Stored], set[UUID]]:
    """Store what is new; returns what is stored under the ids of the batch, and which of them this upload stored."""
    known = find_stored(session, [event.id for event in events])
    fresh = {event.id: event for event in reversed(events) if event.id not in known}  # the first under an id counts
    if not fresh:
        return known, set()
    in_order = sorted(fresh.values(), key=lambda event: event.number)
    drafts = {draft.event.id: draft for draft in _drafts(session, arrival, in_order, numbers=numbers, always=always)}
    new = insert_new(session, arrival, drafts.values())
    publish_stored(session, arrival, [drafts[event_id] for event_id in new])
    known.update({event_id: Stored(drafts[event_id].body, drafts[event_id].flags) for event_id in new})
    if len(new) < len(fresh):  # another upload stored some of them meanwhile
        known.update(find_stored(session, fresh.keys() - new))
    return known, new


def _drafts(
    session: Session, arrival: Arrival, events: Sequence[EventRecord], *, numbers: Numbers, always: tuple[str, ...]
) -> list[Draft]:
    times = effective_times(events, now=arrival.received_at)
    reused = _reused(session, arrival.stream_id, events, numbers)
    noticed = notice(
        session,
        [(event, at) for event, (at, _) in zip(events, times, strict=True)],
        site_id=arrival.device.site_id,
        device_id=arrival.device.id,
    )
    return [
        Draft(
            event,
            at,
            (*always, *(REUSED_NUMBER,) * (event.id in reused), *clock, *noticed.get(event.id, ())),
            event.model_dump_json(),
        )
        for event, (at, clock) in zip(events, times, strict=True)
    ]


def _reused(session: Session, stream_id: UUID, events: Sequence[EventRecord], numbers: Numbers) -> set[UUID]:
    """New events under a number that another event has: this disk was restored or copied.

    An event that could not be read before, and comes again under its number in a form that can, is no reuse.
    """
    seen: set[int] = set()
    suspects: dict[UUID, int] = {}
    for event in events:
        if event.number in seen or event.number in numbers:
            suspects[event.id] = event.number
        seen.add(event.number)
    forgiven = find_refused(session, stream_id, suspects.values()) if suspects else set()
    return {event_id for event_id, number in suspects.items() if (event_id, number) not in forgiven}


def _results(
    items: Sequence[EventRecord | Unreadable], known: Mapping[UUID, Stored], new: Collection[UUID]
) -> list[EventResult]:
    """One result for each thing sent, in its order; ``later`` for an event that is not stored after all."""
    answered: set[UUID] = set()
    results = []
    for item in items:
        status = EventStatus.REFUSED
        flags: tuple[str, ...] = ()
        if isinstance(item, EventRecord):
            stored = known.get(item.id)
            first = item.id in new and item.id not in answered
            status = EventStatus.LATER if stored is None else EventStatus.STORED if first else _compared(item, stored)
            flags = () if stored is None else stored.flags
            answered.add(item.id)
        results.append(EventResult.model_construct(id=item.id, number=item.number, status=status, flags=list(flags)))
    return results


def _compared(event: EventRecord, stored: Stored) -> EventStatus:
    """Whether an event that is stored already is the same. Only fields that were known then are compared."""
    body = event.model_dump_json()
    if body == stored.body:
        return EventStatus.DUPLICATE
    old, new = json.loads(stored.body), json.loads(body)
    same = all(new.get(name) == value for name, value in old.items())
    return EventStatus.DUPLICATE if same else EventStatus.CONFLICT
