"""Reading an upload: the whole list at once where it is sound, event by event where something in it is not."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from shared.contracts.devices import MAX_BATCH, EventRecord, EventUpload
from shared.errors import InvalidInput

_UPLOAD = TypeAdapter(EventUpload)
_EVENT = TypeAdapter(EventRecord)
_NO_ID = UUID(int=0)
_MAX_NUMBER = 2**53
_FIRST, _BETWEEN, _END = '"events":[{"id":"', '},{"id":"', "}]}"
_ID_SIZE = 36


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Not an event, for good. Id and number as far as they could be read; else the nil UUID and 0."""

    id: UUID
    number: int
    raw: bytes
    reason: str


@dataclass(frozen=True, slots=True)
class Upload:
    """What was in an upload, in its order. ``texts`` are the JSON of the same items as they came."""

    stream_id: UUID
    items: tuple[EventRecord | Unreadable, ...]
    texts: tuple[str, ...]


def read_upload(body: bytes) -> Upload:
    """Read the JSON of an :class:`EventUpload`.

    Raises:
        InvalidInput: it is no JSON object with a stream and a list of at most 500 events. One that holds events which
            cannot be read is sound.
    """
    try:
        upload = _UPLOAD.validate_json(body)
    except ValidationError:
        return _read_one_by_one(body)
    texts = _cut(body.decode(), upload.events) or tuple(event.model_dump_json() for event in upload.events)
    return Upload(upload.stream_id, tuple(upload.events), texts)


def _cut(body: str, events: Sequence[EventRecord]) -> tuple[str, ...] | None:
    """The texts of the events, cut out of a body written as our kiosks write it; None where it is written otherwise.

    Quotes in a JSON string are escaped, so what is looked for stands between events and nowhere in a text; should it
    stand in a field that is not known here, the ids do not fit. Cutting costs less than writing each event anew.
    """
    begin = body.find(_FIRST)
    if begin < 0 or not body.endswith(_END):
        return None
    pieces = body[begin + len(_FIRST) : -len(_END)].split(_BETWEEN)
    ids = [piece[:_ID_SIZE] for piece in pieces]
    if ids != [str(event.id) for event in events]:
        return None
    return tuple([f'{{"id":"{piece}}}' for piece in pieces])


def _read_one_by_one(body: bytes) -> Upload:
    try:
        content: Any = json.loads(body.decode("utf-8", "surrogateescape"))
    except (ValueError, RecursionError) as error:
        raise InvalidInput("The upload is not JSON.") from error
    if not isinstance(content, dict) or not isinstance(content.get("events"), list):
        raise InvalidInput("An upload has a stream_id and a list of events.", field="events")
    stream_id = _uuid(content.get("stream_id"))
    if stream_id is None:
        raise InvalidInput("The stream_id is not a UUID.", field="stream_id")
    if len(content["events"]) > MAX_BATCH:
        raise InvalidInput(f"An upload has {MAX_BATCH} events at the most.", field="events")
    texts = tuple(json.dumps(item) for item in content["events"])
    return Upload(stream_id, tuple(map(_read_event, content["events"], texts)), texts)


def _read_event(item: Any, raw: str) -> EventRecord | Unreadable:
    try:
        return _EVENT.validate_json(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        reason = f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
    fields = item if isinstance(item, dict) else {}
    number = fields.get("number")
    if not isinstance(number, int) or not 1 <= number < _MAX_NUMBER:
        number = 0
    return Unreadable(_uuid(fields.get("id")) or _NO_ID, number, raw.encode(), reason[:1000])


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
