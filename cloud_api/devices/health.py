"""How the kiosks are: what their last heartbeat said, and what the cloud has of their events."""

import json
from collections import defaultdict
from uuid import UUID

from sqlmodel import Session, col, select

from cloud_api.common.session import transaction_time
from cloud_api.devices.feed import roster_places
from cloud_api.devices.hearing import hear
from cloud_api.devices.messages import DeviceInfo, EventInfo, RosterPlace, StreamInfo
from cloud_api.devices.numbers import Numbers
from cloud_api.devices.storing import split_flags
from cloud_api.devices.streams import hear_of
from cloud_api.devices.tables import DeviceRow, EventRow, StreamRow, UploadRow
from shared.contracts.devices import EventRecord, Heartbeat, HeartbeatAnswer
from shared.domain.device import DeviceStatus, Direction
from shared.errors import Rejected

MAX_GAPS = 100
PAGE = 500
MOST_NEWEST = 100
_FIRST_ID = UUID(int=0)


def keep_heartbeat(session: Session, device_id: UUID, heartbeat: Heartbeat) -> HeartbeatAnswer:
    """Keep the newest heartbeat of a device; answer what the cloud has of its stream.

    The last number it gave is remembered for good: a disk that is put back to an older state forgets its newest events,
    and these numbers then say that there were some.
    """
    now = transaction_time(session)
    device = session.get_one(DeviceRow, device_id)
    hear(session, device, now=now)
    device.heartbeat, device.heartbeat_at = heartbeat.model_dump_json(), now
    device.program_version = heartbeat.program_version
    session.add(device)
    numbers = hear_of(session, heartbeat.stream_id, heartbeat.last_number, device_id=device_id, now=now)
    return HeartbeatAnswer(have_up_to=numbers.have_up_to, last_number_seen=numbers.high)


def list_devices(session: Session) -> list[DeviceInfo]:
    """Every device, by name, revoked ones too."""
    streams: dict[UUID, list[StreamRow]] = defaultdict(list)
    for stream in session.exec(select(StreamRow).order_by(col(StreamRow.created_at), col(StreamRow.id))):
        streams[stream.device_id].append(stream)
    devices = session.exec(select(DeviceRow).order_by(col(DeviceRow.name), col(DeviceRow.id)))
    places = roster_places(session)
    return [_described(device, streams[device.id], places.get(device.site_id)) for device in devices]


def list_events(session: Session, device_id: UUID, *, after: UUID | None) -> list[EventInfo]:
    """A page of the events that a device uploaded, by id; ``after`` is the last id of the page before.

    Raises:
        Rejected: ``device_unknown``.
    """
    _must_be_known(session, device_id)
    query = (
        select(EventRow, UploadRow)
        .join(UploadRow, col(UploadRow.number) == col(EventRow.upload_number))
        .where(UploadRow.device_id == device_id, col(EventRow.id) > (after or _FIRST_ID))
    )
    return [_event(row, upload) for row, upload in session.exec(query.order_by(col(EventRow.id)).limit(PAGE))]


def newest_events(session: Session, device_id: UUID, count: int) -> list[EventInfo]:
    """The last events that a device wrote down, newest first, out of its last ``count`` uploads: each brought one at least.

    Raises:
        Rejected: ``device_unknown``.
    """
    _must_be_known(session, device_id)
    last = select(UploadRow).where(UploadRow.device_id == device_id).order_by(col(UploadRow.number).desc()).limit(count)
    uploads = {upload.number: upload for upload in session.exec(last)}
    query = select(EventRow).where(col(EventRow.upload_number).in_(list(uploads)))
    rows = session.exec(query.order_by(col(EventRow.id).desc()).limit(count))
    return [_event(row, uploads[row.upload_number]) for row in rows]


def _must_be_known(session: Session, device_id: UUID) -> None:
    if session.get(DeviceRow, device_id) is None:
        raise Rejected("There is no such device.", code="device_unknown")


def _described(device: DeviceRow, streams: list[StreamRow], place: RosterPlace | None) -> DeviceInfo:
    return DeviceInfo(
        id=device.id,
        site_id=device.site_id,
        name=device.name,
        direction=Direction(device.direction),
        status=DeviceStatus(device.status),
        created_at=device.created_at,
        enrolled_at=device.enrolled_at,
        revoked_at=device.revoked_at,
        program_version=device.program_version,
        heartbeat_at=device.heartbeat_at,
        heartbeat=None if device.heartbeat is None else Heartbeat.model_validate_json(device.heartbeat),
        streams=[_stream(stream, current=stream.id == device.stream_id) for stream in streams],
        roster=place,
    )


def _stream(stream: StreamRow, *, current: bool) -> StreamInfo:
    numbers = Numbers(stream.high, tuple((first, last) for first, last in json.loads(stream.gaps)))
    return StreamInfo(
        id=stream.id,
        current=current,
        last_number=numbers.high,
        have_up_to=numbers.have_up_to,
        missing=list(numbers.gaps[:MAX_GAPS]),
    )


def _event(row: EventRow, upload: UploadRow) -> EventInfo:
    return EventInfo(
        stream_id=row.stream_id,
        received_at=upload.received_at,
        effective_at=row.effective_at,
        flags=list(split_flags(row.flags)),
        event=EventRecord.model_validate_json(row.body),
    )
