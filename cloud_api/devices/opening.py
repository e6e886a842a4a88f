"""Opening a door from the desk: an order that a kiosk fetches while it waits at the long poll, or never.

ordered ──▶ fetched, once ──▶ opened or failed, as the kiosk reports
      ╲ after 10 seconds: missed; nobody hands it out any more
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, select

from cloud_api.common import audit
from cloud_api.common.keys import Keys
from cloud_api.common.principal import Principal
from cloud_api.common.session import transaction_time
from cloud_api.devices.messages import NewOpening, Opening, OpeningState
from cloud_api.devices.tables import DeviceRow, OpeningRow
from shared.contracts.devices import DoorState, Heartbeat, OpenOrder, OpenReport
from shared.errors import Rejected
from shared.passtoken.signing import open_message

VALID = timedelta(seconds=10)
IN_CONTACT = timedelta(seconds=150)
"""Two heartbeats and a half: a kiosk that was silent for longer is not waiting at the long poll."""


def order(session: Session, device_id: UUID, wanted: NewOpening, *, by: Principal) -> Opening:
    """Order a kiosk to open its door now. Asked again with the same id it is the same order.

    Raises:
        Rejected: ``device_unknown``; ``no_door``: it told of none that it can open; ``no_contact``: it is silent.
    """
    known = session.get(OpeningRow, wanted.id)
    if known is None:
        _must_be_able(session, device_id)
        ordered_at = transaction_time(session).replace(microsecond=0)
        known = OpeningRow(id=wanted.id, device_id=device_id, ordered_at=ordered_at)
        session.add(known)
        session.flush()
        after = {"ordered_at": ordered_at}
        audit.record(session, service="devices", actor=by, action="device.open_ordered", subject=device_id, after=after)
    return read(session, known.device_id, known.id)


def read(session: Session, device_id: UUID, opening_id: UUID) -> Opening:
    """How far an order is. Raises Rejected ``opening_unknown``."""
    row = _get(session, device_id, opening_id)
    state = _state(row, now=transaction_time(session))
    return Opening(id=row.id, device_id=row.device_id, ordered_at=row.ordered_at, state=state)


def fetch(session: Session, keys: Keys, device_id: UUID) -> OpenOrder | None:
    """The newest order that a kiosk may still carry out, signed; None without one. Handed out once."""
    since = transaction_time(session) - VALID
    query = (
        select(OpeningRow)
        .where(OpeningRow.device_id == device_id, col(OpeningRow.ordered_at) > since)
        .order_by(col(OpeningRow.ordered_at).desc())
        .limit(1)
        .with_for_update()
    )
    row = session.exec(query).first()
    if row is None or row.fetched_at is not None:
        return None
    row.fetched_at = transaction_time(session)
    session.add(row)
    message = open_message(gym_id=keys.gym_id, device_id=device_id, order_id=row.id, ordered_at=row.ordered_at)
    return OpenOrder(
        id=row.id,
        gym_id=keys.gym_id,
        device_id=device_id,
        ordered_at=row.ordered_at,
        signature=keys.gym_key.sign(message),
    )


def report(session: Session, device_id: UUID, opening_id: UUID, body: OpenReport) -> None:
    """Keep what a kiosk says became of its order; the first word counts. Raises Rejected ``opening_unknown``."""
    row = _get(session, device_id, opening_id)
    if row.opened is None:
        row.opened = body.opened
        session.add(row)


def prune(session: Session, *, older_than: datetime) -> None:
    """Forget old orders; the audit log has who gave them."""
    session.execute(delete(OpeningRow).where(col(OpeningRow.ordered_at) < older_than))


def _get(session: Session, device_id: UUID, opening_id: UUID) -> OpeningRow:
    row = session.get(OpeningRow, opening_id)
    if row is None or row.device_id != device_id:
        raise Rejected("There is no such order to open.", code="opening_unknown")
    return row


def _must_be_able(session: Session, device_id: UUID) -> None:
    device = session.get(DeviceRow, device_id)
    if device is None:
        raise Rejected("There is no such device.", code="device_unknown")
    if device.heartbeat is None or Heartbeat.model_validate_json(device.heartbeat).door is DoorState.NONE:
        raise Rejected("This kiosk has no door that it can open.", code="no_door")
    heard_at = device.heartbeat_at
    if device.revoked_at is not None or heard_at is None or transaction_time(session) - heard_at > IN_CONTACT:
        raise Rejected("This kiosk does not answer now. Open the door by hand.", code="no_contact")


def _state(row: OpeningRow, *, now: datetime) -> OpeningState:
    if row.opened is not None:
        return OpeningState.OPENED if row.opened else OpeningState.FAILED
    if now - row.ordered_at > VALID:
        return OpeningState.MISSED
    return OpeningState.WAITING if row.fetched_at is None else OpeningState.FETCHED
