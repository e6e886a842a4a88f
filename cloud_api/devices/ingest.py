"""Taking in what a kiosk recorded: exactly once, whole, whatever it says (promises 3 and 4; hard case: streams)."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from pydantic import ValidationError
from sqlmodel import Session

from cloud_api.devices.noticing import code_key, notice
from cloud_api.devices.numbers import Numbers
from cloud_api.devices.reading import Unreadable, Upload
from cloud_api.devices.storing import (
    Arrival,
    Draft,
    Stored,
    find_refused,
    find_stored,
    insert_new,
    keep_refused,
)
from cloud_api.devices.streams import keep_numbers, lock_stream
from cloud_api.devices.timing import effective_times
from shared import faults
from shared.contracts.devices import EventRecord, EventResult, EventStatus, UploadAnswer

MAX_MISSING = 100
"""Gaps named in one answer at the most."""

_Written = tuple[EventRecord, str]
"""An event and its JSON text as it came."""

REUSED_NUMBER = "reused_number"
SALVAGED = "salvaged"
OTHER_DEVICES_STREAM = "other_devices_stream"


def ingest(
    session: Session, upload: Upload, *, device_id: UUID, site_id: UUID, now: datetime, revoked: bool = False
) -> UploadAnswer:
    """Store an upload in the caller's transaction and answer event by event, from the ids that are stored.

    ``now`` is when it was received (aware UTC). Events of a ``revoked`` device are stored and flagged ``salvaged``, to
    be counted after review; one that cannot be read is refused alone.
    """
    numbers, owner = lock_stream(session, upload.stream_id, device_id=device_id, now=now)
    always = (SALVAGED,) * revoked + (OTHER_DEVICES_STREAM,) * (owner != device_id)
    arrival = Arrival(device_id, site_id, upload.stream_id, now)
    events = [
        (item, text) for item, text in zip(upload.items, upload.texts, strict=True) if isinstance(item, EventRecord)
    ]
    new, known = _store(session, arrival, events, numbers=numbers, always=always)
    if len(events) < len(upload.items):
        keep_refused(session, arrival, [item for item in upload.items if isinstance(item, Unreadable)])
    results = [_result(item, new, known) for item in upload.items]
    closed = numbers.close(item.number for item in results if item.number and item.status is not EventStatus.LATER)
    keep_numbers(session, upload.stream_id, closed)
    faults.reach("ingest.before_commit")
    return UploadAnswer.model_construct(
        results=results,
        have_up_to=closed.have_up_to,
        missing=list(closed.gaps[:MAX_MISSING]),
        open_new_stream=any(REUSED_NUMBER in item.flags for item in results),
    )


def _store(
    session: Session, arrival: Arrival, events: Sequence[_Written], *, numbers: Numbers, always: tuple[str, ...]
) -> tuple[Mapping[UUID, Draft], dict[UUID, Stored]]:
    """Store what is new; returns what this upload stored and what was stored before, by id."""
    closed = [event.id for event, _ in events if event.number in numbers]
    known = find_stored(session, closed) if closed else {}
    fresh = {item[0].id: item for item in reversed(events)}  # the first under an id counts
    for event_id in known:
        fresh.pop(event_id, None)
    if not fresh:
        return {}, known
    in_order = sorted(fresh.values(), key=lambda item: item[0].number)
    new = insert_new(session, arrival, _drafts(session, arrival, in_order, numbers=numbers, always=always))
    if len(new) < len(fresh):  # stored before: under another number or stream, or by another upload meanwhile
        known.update(find_stored(session, fresh.keys() - new.keys()))
    return new, known


def _drafts(
    session: Session, arrival: Arrival, written: Sequence[_Written], *, numbers: Numbers, always: tuple[str, ...]
) -> list[Draft]:
    """The events with their corrected times and flags. All the work on one event that is not the database's."""
    events = [event for event, _ in written]
    times = effective_times(events, now=arrival.received_at)
    keys = [code_key(event) for event in events]
    noticed = notice(
        session,
        [(event, at) for event, (at, _) in zip(events, times, strict=True)],
        {key: event.id for event, key in zip(events, keys, strict=True) if key is not None},
        site_id=arrival.site_id,
        device_id=arrival.device_id,
    )
    for event_id in _reused(session, arrival.stream_id, events, numbers):
        noticed.setdefault(event_id, []).append(REUSED_NUMBER)
    return [
        Draft(event, at, always + clock + tuple(noticed.get(event.id, ())) if noticed else always + clock, text, key)
        for (event, text), (at, clock), key in zip(written, times, keys, strict=True)
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


def _result(item: EventRecord | Unreadable, new: Mapping[UUID, Draft], known: Mapping[UUID, Stored]) -> EventResult:
    """What became of one thing that was sent; ``later`` for an event that is not stored after all."""
    if isinstance(item, Unreadable):
        return EventResult(id=item.id, number=item.number, status=EventStatus.REFUSED, flags=[])
    draft = new.get(item.id)
    if draft is not None and draft.event is item:
        return EventResult(id=item.id, number=item.number, status=EventStatus.STORED, flags=list(draft.flags))
    stored = known.get(item.id) if draft is None else Stored(draft.body, draft.flags)  # twice in this upload
    if stored is None:
        return EventResult(id=item.id, number=item.number, status=EventStatus.LATER, flags=[])
    return EventResult(id=item.id, number=item.number, status=_compared(item, stored), flags=list(stored.flags))


def _compared(event: EventRecord, stored: Stored) -> EventStatus:
    """Whether an event that is stored already is the same, however it was written.

    Of one that an older program stored, without fields of today, the fields that it has are compared.
    """
    try:
        same = EventRecord.model_validate_json(stored.body) == event
    except ValidationError:
        old, new = json.loads(stored.body), json.loads(event.model_dump_json())
        same = all(new.get(name) == value for name, value in old.items())
    return EventStatus.DUPLICATE if same else EventStatus.CONFLICT
