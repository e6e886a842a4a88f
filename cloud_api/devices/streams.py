"""A stream's numbers in the database: read under a lock, closed in the same transaction as the events."""

import json
from datetime import datetime
from uuid import UUID

from sqlalchemy import Table, insert, select, update
from sqlmodel import Session, SQLModel

from cloud_api.common.database import ignoring
from cloud_api.devices import tables as _own  # noqa: F401
from cloud_api.devices.numbers import Numbers

_STREAMS: Table = SQLModel.metadata.tables["devices_stream"]


def lock_stream(session: Session, stream_id: UUID, *, device_id: UUID, now: datetime) -> tuple[Numbers, UUID]:
    """The numbers of a stream and the device that it was first seen at. One never seen is opened for this device.

    Locked until the commit: two uploads of one stream come one after the other.
    """
    new = {"id": stream_id, "device_id": device_id, "created_at": now, "high": 0, "gaps": "[]"}
    session.execute(ignoring(session, insert(_STREAMS)), [new])
    query = select(_STREAMS.c.high, _STREAMS.c.gaps, _STREAMS.c.device_id).where(_STREAMS.c.id == stream_id)
    row = session.execute(query.with_for_update()).one()
    return _numbers(row.high, row.gaps), row.device_id


def hear_of(session: Session, stream_id: UUID, last: int, *, device_id: UUID, now: datetime) -> Numbers:
    """Note that a device gave out every number up to ``last``: those it never hands in are gaps from now on.

    A device can say so of its own streams only.
    """
    known, owner = lock_stream(session, stream_id, device_id=device_id, now=now)
    heard = known.hear_of(last) if owner == device_id else known
    if heard != known:
        keep_numbers(session, stream_id, heard)
    return heard


def keep_numbers(session: Session, stream_id: UUID, numbers: Numbers) -> None:
    session.execute(
        update(_STREAMS).where(_STREAMS.c.id == stream_id).values(high=numbers.high, gaps=json.dumps(numbers.gaps))
    )


def _numbers(high: int, gaps: str) -> Numbers:
    return Numbers(high, tuple((first, last) for first, last in json.loads(gaps)))
