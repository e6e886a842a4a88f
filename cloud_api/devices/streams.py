"""A stream's numbers in the database: read under a lock, closed in the same transaction as the events."""

import json
from datetime import datetime
from uuid import UUID

from sqlalchemy import Table, bindparam, insert, select, update
from sqlmodel import Session, SQLModel

from cloud_api.common.database import ignoring
from cloud_api.devices import tables as _own  # noqa: F401
from cloud_api.devices.numbers import Numbers

_STREAMS: Table = SQLModel.metadata.tables["devices_stream"]
_THIS = _STREAMS.c.id == bindparam("stream_id")
_STATE = select(_STREAMS.c.high, _STREAMS.c.gaps, _STREAMS.c.device_id).where(_THIS).with_for_update()
_KEEP = update(_STREAMS).where(_THIS).values(high=bindparam("new_high"), gaps=bindparam("new_gaps"))


def lock_stream(session: Session, stream_id: UUID, *, device_id: UUID, now: datetime) -> tuple[Numbers, UUID]:
    """The numbers of a stream and the device that it was first seen at. One never seen is opened for this device.

    Locked until the commit: two uploads of one stream come one after the other.
    """
    this = {"stream_id": stream_id}
    row = session.execute(_STATE, this).one_or_none()
    if row is None:
        new = {"id": stream_id, "device_id": device_id, "created_at": now, "high": 0, "gaps": "[]"}
        session.execute(ignoring(session, insert(_STREAMS)), [new])
        row = session.execute(_STATE, this).one()
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
    new = {"new_high": numbers.high, "new_gaps": json.dumps(numbers.gaps)}
    session.connection().execute(_KEEP, {"stream_id": stream_id, **new})


def _numbers(high: int, gaps: str) -> Numbers:
    return Numbers(high, tuple((first, last) for first, last in json.loads(gaps)))
