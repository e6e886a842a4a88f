"""How a kiosk comes in: staff make a one-time code, the kiosk redeems it with its public key."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, update
from sqlmodel import Session, col

from cloud_api.common import audit, outbox, roster
from cloud_api.common.keys import Keys
from cloud_api.common.principal import Principal
from cloud_api.common.session import transaction_time
from cloud_api.devices.tables import DeviceRow, EnrolmentCodeRow, StreamRow
from shared.contracts.devices import Enrolment, EnrolRequest
from shared.contracts.roster import RowKind, SiteBody
from shared.domain.device import DeviceStatus, Direction
from shared.domain.ids import uuid7
from shared.errors import Rejected

CODE_LIFE = timedelta(minutes=15)
CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base32: no I, L, O, U."""
CODE_SIZE = 8
_TOLD = {
    "site_id", "name", "direction", "status", "public_key", "stream_id", "program_version", "enrolled_at", "revoked_at",
}  # fmt: skip

_READ_AS = str.maketrans("ILO", "110", "- ")
Actor = Principal | str


def create_device(
    session: Session, *, site_id: UUID, name: str, direction: Direction, actor: Actor, device_id: UUID | None = None
) -> UUID:
    """Register a kiosk that has yet to enrol. Asked again with the id of one that still has to, it changes nothing.

    Raises:
        Rejected: ``site_unknown``; ``device_exists``: it has enrolled meanwhile.
    """
    _site(session, site_id)
    known = None if device_id is None else session.get(DeviceRow, device_id)
    if known is not None:
        return _still_to_enrol(known)
    now = transaction_time(session)
    device = DeviceRow(
        id=device_id or uuid7(int(now.timestamp() * 1000)),
        site_id=site_id,
        name=name,
        direction=direction.value,
        status=DeviceStatus.AWAITING.value,
        created_at=now,
    )
    session.add(device)
    session.flush()
    _publish(session, device, "created")
    audit.record(
        session, service="devices", actor=actor, action="device.created", subject=device.id,
        after=told(device),
    )  # fmt: skip
    return device.id


def _still_to_enrol(device: DeviceRow) -> UUID:
    if device.status != DeviceStatus.AWAITING.value:
        raise Rejected("This kiosk has enrolled already.", code="device_exists")
    return device.id


def new_code(session: Session, device_id: UUID, *, keys: Keys, actor: Actor) -> tuple[str, datetime]:
    """A code for a device's first enrolment, or to enrol it again in place; earlier codes of it end.

    Returns the code (shown now and never again) and when it ends.

    Raises:
        Rejected: ``device_unknown``, or ``device_is_revoked``: a revoked one is not let in again, make a new one.
    """
    device = session.get(DeviceRow, device_id)
    if device is None:
        raise Rejected("There is no such device.", code="device_unknown")
    if device.revoked_at is not None:
        raise Rejected("This device was revoked; create a new one.", code="device_is_revoked")
    session.execute(delete(EnrolmentCodeRow).where(col(EnrolmentCodeRow.device_id) == device_id))
    now = transaction_time(session)
    code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_SIZE))
    row = EnrolmentCodeRow(hash=_hash(code, keys), device_id=device_id, created_at=now, expires_at=now + CODE_LIFE)
    session.add(row)
    audit.record(
        session, service="devices", actor=actor, action="device.code_made", subject=device_id,
        after={"code_ends_at": row.expires_at},
    )  # fmt: skip
    return code, row.expires_at


def enrol(session: Session, request: EnrolRequest, *, keys: Keys) -> Enrolment:
    """Redeem a code: once, by one atomic update, however many try at the same time.

    The device gets a new stream; an earlier key of it stops counting.

    Raises:
        Rejected: ``code_spent``: used, ended, or never ours.
    """
    now = transaction_time(session)
    digest = _hash(request.code, keys)
    used = session.exec(
        update(EnrolmentCodeRow)
        .where(
            col(EnrolmentCodeRow.hash) == digest,
            col(EnrolmentCodeRow.used_at).is_(None),
            col(EnrolmentCodeRow.expires_at) > now,
        )
        .values(used_at=now)
    )
    if used.rowcount != 1:
        raise Rejected("This code is not valid: it may have been used, or have ended.", code="code_spent")
    device = session.get_one(DeviceRow, session.get_one(EnrolmentCodeRow, digest).device_id)
    before = told(device)
    device.public_key, device.stream_id = request.public_key, uuid4()
    device.status, device.enrolled_at = DeviceStatus.ACTIVE.value, now
    device.program_version = request.program_version
    session.add(device)
    session.add(StreamRow(id=device.stream_id, device_id=device.id, created_at=now))
    _publish(session, device, "enrolled")
    audit.record(
        session, service="devices", actor=f"device:{device.id}", action="device.enrolled", subject=device.id,
        before=before, after=told(device),
    )  # fmt: skip
    return _enrolment(session, device, keys, now)


def told(device: DeviceRow) -> dict[str, object]:
    """What the audit log gets of a device."""
    return device.model_dump(include=_TOLD)


def _enrolment(session: Session, device: DeviceRow, keys: Keys, now: datetime) -> Enrolment:
    site = _site(session, device.site_id)
    if device.stream_id is None:
        message = "an enrolled device has a stream"
        raise AssertionError(message)
    return Enrolment(
        device_id=device.id,
        device_name=device.name,
        stream_id=device.stream_id,
        gym_id=keys.gym_id,
        gym_number=keys.gym_number,
        gym_name=keys.gym_name,
        site_id=device.site_id,
        site_name=site.name,
        direction=Direction(device.direction),
        pepper=keys.pepper,
        site_key=keys.site_key(device.site_id),
        gym_public_key=keys.gym_public_key,
        server_at=now,
    )


def _publish(session: Session, device: DeviceRow, what: str) -> None:
    payload = {"device_id": str(device.id), "site_id": str(device.site_id), "status": device.status}
    outbox.publish(session, topic="device", type=f"device.{what}", key=device.id, payload=payload)


def prune_codes(session: Session, *, older_than: datetime) -> None:
    """Forget codes that ended before an instant."""
    session.execute(delete(EnrolmentCodeRow).where(col(EnrolmentCodeRow.expires_at) < older_than))


def _site(session: Session, site_id: UUID) -> SiteBody:
    """A site as its roster row tells of it: this service reads no other table about sites."""
    body = roster.find_body(session, site_id=site_id, kind=RowKind.SITE, key=str(site_id))
    if body is None:
        raise Rejected("There is no such site.", code="site_unknown")
    return SiteBody.model_validate_json(body)


def _hash(code: str, keys: Keys) -> bytes:
    """Keyed, since 40 bits can be tried through. What people mistype (I, L, O, blanks, dashes) is read as it was meant."""
    read = code.upper().translate(_READ_AS)
    return hmac.digest(keys.derive(b"fit-enrolment-code-1"), read.encode(), hashlib.sha256)
