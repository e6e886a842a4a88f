"""Locking a device out for good: from then on every answer to it is the order to wipe (hard case: wipe)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col

from cloud_api.common import audit, outbox
from cloud_api.common.journal import Journal
from cloud_api.common.principal import Principal
from cloud_api.common.session import transaction_time
from cloud_api.devices.enrolment import told
from cloud_api.devices.hearing import tell_heard
from cloud_api.devices.tables import DeviceRow, EnrolmentCodeRow
from shared.domain.device import DeviceStatus
from shared.errors import Rejected

JOURNAL_KIND = "device_locked"


def revoke_device(session: Session, device_id: UUID, *, actor: Principal | str, journal: Journal) -> None:
    """Revoke a device. Doing it twice changes nothing.

    Raises:
        Rejected: ``device_unknown``.
    """
    device = session.get(DeviceRow, device_id)
    if device is None:
        raise Rejected("There is no such device.", code="device_unknown")
    if device.revoked_at is not None:
        return
    at, before = transaction_time(session).replace(microsecond=0), told(device)
    _lock(session, device, at)
    journal.append(JOURNAL_KIND, device_id, at)
    audit.record(
        session,
        service="devices",
        actor=actor,
        action="device.revoked",
        subject=device_id,
        before=before,
        after=told(device),
    )


def replay_lock(session: Session, device_id: UUID, at: datetime) -> None:
    """Revoke a device again after a restore. One that the backup does not know stays unknown."""
    device = session.get(DeviceRow, device_id)
    if device is not None and device.revoked_at is None:
        before = told(device)
        _lock(session, device, at)
        audit.record(
            session, service="devices", actor="restore", action="device.revoked", subject=device_id,
            before=before, after=told(device),
        )  # fmt: skip


def _lock(session: Session, device: DeviceRow, at: datetime) -> None:
    tell_heard(session, device)
    device.status, device.revoked_at = DeviceStatus.REVOKED.value, at
    session.add(device)
    session.execute(delete(EnrolmentCodeRow).where(col(EnrolmentCodeRow.device_id) == device.id))
    payload = {"device_id": str(device.id), "site_id": str(device.site_id), "status": device.status}
    outbox.publish(session, topic="device", type="device.revoked", key=device.id, payload=payload)
