"""A device as the rest of this service sees it, and the order that makes a revoked one wipe."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Table, bindparam, select
from sqlmodel import Session, SQLModel

from cloud_api.common.keys import Keys
from cloud_api.common.problems import DeviceRevoked
from cloud_api.devices import tables as _own  # noqa: F401  # defines the tables
from shared.contracts.devices import WipeOrder
from shared.domain.device import DeviceStatus
from shared.errors import Rejected
from shared.passtoken.signing import wipe_message

_DEVICES: Table = SQLModel.metadata.tables["devices_device"]
_QUERY = select(
    _DEVICES.c.id,
    _DEVICES.c.site_id,
    _DEVICES.c.name,
    _DEVICES.c.status,
    _DEVICES.c.public_key,
    _DEVICES.c.stream_id,
    _DEVICES.c.revoked_at,
).where(_DEVICES.c.id == bindparam("device_id"))


@dataclass(frozen=True, slots=True)
class Device:
    """``public_key`` is 32 raw bytes of Ed25519, None before the first enrolment. ``revoked_at`` is aware UTC."""

    id: UUID
    site_id: UUID
    name: str
    status: DeviceStatus
    public_key: bytes | None
    stream_id: UUID | None
    revoked_at: datetime | None


def get_device(session: Session, device_id: UUID) -> Device:
    """Read a device, revoked or not.

    Raises:
        Rejected: ``device_unknown``, which wipes nothing: after a restore a good kiosk may be unknown.
    """
    row = session.execute(_QUERY, {"device_id": device_id}).one_or_none()
    if row is None:
        raise Rejected("This device is not known here.", code="device_unknown")
    return Device(
        id=row.id,
        site_id=row.site_id,
        name=row.name,
        status=DeviceStatus(row.status),
        public_key=row.public_key,
        stream_id=row.stream_id,
        revoked_at=row.revoked_at,
    )


def refuse_revoked(device: Device, keys: Keys) -> None:
    """Tell a revoked device to wipe, whatever it asked for.

    Raises:
        DeviceRevoked: with the signed order.
    """
    if device.revoked_at is not None:
        raise DeviceRevoked(wipe_order(keys, device_id=device.id, ordered_at=device.revoked_at))


def wipe_order(keys: Keys, *, device_id: UUID, ordered_at: datetime) -> WipeOrder:
    """The order, signed with the gym's key. The same device gets the same order every time."""
    ordered_at = ordered_at.replace(microsecond=0)
    message = wipe_message(gym_id=keys.gym_id, device_id=device_id, ordered_at=ordered_at)
    signature = keys.gym_key.sign(message)
    return WipeOrder(gym_id=keys.gym_id, device_id=device_id, ordered_at=ordered_at, signature=signature)
