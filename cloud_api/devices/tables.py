"""Devices' tables."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BINARY, BigInteger, Index, LargeBinary
from sqlmodel import Field, SQLModel

from cloud_api.common.columns import Counted, LongText, UtcDateTime, Uuid16


class DeviceRow(SQLModel, table=True):
    """A kiosk. ``public_key`` and ``stream_id`` are of its latest enrolment; ``heartbeat`` is the JSON of the last one.

    ``heard_ms`` and ``lost`` count the hour that begins at ``heard_hour_at`` (:mod:`cloud_api.devices.hearing`).
    """

    __tablename__ = "devices_device"
    id: UUID = Field(primary_key=True, sa_type=Uuid16)
    site_id: UUID = Field(sa_type=Uuid16, index=True)
    name: str = Field(max_length=200)
    direction: str = Field(max_length=8)
    status: str = Field(max_length=16)
    public_key: bytes | None = Field(default=None, sa_type=BINARY(32))
    stream_id: UUID | None = Field(default=None, sa_type=Uuid16)
    created_at: datetime = Field(sa_type=UtcDateTime)
    enrolled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    program_version: str | None = Field(default=None, max_length=64)
    heartbeat_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    heartbeat: str | None = Field(default=None, sa_type=LongText)
    heard_hour_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    heard_ms: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    lost: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class OpeningRow(SQLModel, table=True):
    """An order to open a door. ``fetched_at`` is set once, by whoever hands it to the kiosk."""

    __tablename__ = "devices_opening"
    id: UUID = Field(primary_key=True, sa_type=Uuid16)
    device_id: UUID = Field(sa_type=Uuid16)
    ordered_at: datetime = Field(sa_type=UtcDateTime, index=True)
    fetched_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    opened: bool | None = None


class EnrolmentCodeRow(SQLModel, table=True):
    """A one-time code for a device, as a keyed hash (the code itself is stored nowhere)."""

    __tablename__ = "devices_enrolment_code"
    hash: bytes = Field(primary_key=True, sa_type=BINARY(32))
    device_id: UUID = Field(sa_type=Uuid16, index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class StreamRow(SQLModel, table=True):
    """Which numbers of a stream are closed: all from 1 to ``high`` but those in ``gaps`` (JSON, inclusive ranges)."""

    __tablename__ = "devices_stream"
    id: UUID = Field(primary_key=True, sa_type=Uuid16)
    device_id: UUID = Field(sa_type=Uuid16, index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    high: int = Field(default=0, sa_type=BigInteger)
    gaps: str = Field(default="[]", sa_type=LongText)


class UploadRow(SQLModel, table=True):
    """One arrival of new events: who brought them, and when."""

    __tablename__ = "devices_upload"
    number: int | None = Field(default=None, primary_key=True, sa_type=Counted)
    device_id: UUID = Field(sa_type=Uuid16, index=True)
    site_id: UUID = Field(sa_type=Uuid16)
    stream_id: UUID = Field(sa_type=Uuid16)
    received_at: datetime = Field(sa_type=UtcDateTime)


class EventRow(SQLModel, table=True):
    """An attendance event as it was uploaded (``body``: the JSON of its record) and what the cloud noticed.

    The id is the only unique key: a number that comes back with another id is stored too. ``effective_at`` is the
    corrected time. ``code_key`` is of a granted live code: its lookup hash and its unix second (8 bytes), for finding
    it at another kiosk. Rows are never changed.
    """

    __tablename__ = "devices_event"
    __table_args__ = (Index("ix_devices_event_number", "stream_id", "number"),)
    id: UUID = Field(primary_key=True, sa_type=Uuid16)
    stream_id: UUID = Field(sa_type=Uuid16)
    number: int = Field(sa_type=BigInteger)
    upload_number: int = Field(sa_type=BigInteger, index=True)
    effective_at: datetime = Field(sa_type=UtcDateTime)
    code_key: bytes | None = Field(default=None, sa_type=BINARY(24), index=True)
    flags: str = Field(default="", max_length=400)
    body: str = Field(sa_type=LongText)


class RefusedEventRow(SQLModel, table=True):
    """What could not be read as an event, kept as it came, under its number as far as that could be read.

    ``hash`` is SHA-256 of stream and raw text, so that the same thing sent again is kept once.
    """

    __tablename__ = "devices_refused_event"
    __table_args__ = (Index("ix_devices_refused_event_number", "stream_id", "number"),)
    hash: bytes = Field(primary_key=True, sa_type=BINARY(32))
    device_id: UUID = Field(sa_type=Uuid16)
    stream_id: UUID = Field(sa_type=Uuid16)
    number: int = Field(sa_type=BigInteger)
    event_id: UUID = Field(sa_type=Uuid16)
    received_at: datetime = Field(sa_type=UtcDateTime)
    reason: str = Field(max_length=1000)
    raw: bytes = Field(sa_type=LargeBinary)
