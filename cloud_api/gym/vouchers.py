"""Whose entry it was that a voucher opened: bound by the voucher's id, whichever of the two is heard of first (H10)."""

from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from cloud_api.common.keys import Keys
from cloud_api.gym.flags import UNKNOWN_VOUCHER, drop_flag
from cloud_api.gym.recording import settle
from cloud_api.gym.tables import AttendanceRow, VoucherRow


def learn_voucher(
    session: Session,
    keys: Keys,
    voucher_id: bytes,
    *,
    member_id: UUID,
    membership_id: UUID | None,
    site_number: int,
    last_valid_on: date,
) -> None:
    """Keep whose voucher it is, and give its member the entries that came before this was known."""
    if session.get(VoucherRow, voucher_id) is not None:
        return
    session.add(
        VoucherRow(
            id=voucher_id,
            member_id=member_id,
            membership_id=membership_id,
            site_number=site_number,
            last_valid_on=last_valid_on,
        )
    )
    waiting = select(AttendanceRow).where(
        AttendanceRow.voucher_id == voucher_id, col(AttendanceRow.member_id).is_(None)
    )
    session.flush()
    rows = session.exec(waiting.with_for_update()).all()  # also those that are being written now: see _bind_late
    for row in rows:
        row.member_id, row.membership_id = member_id, membership_id
        drop_flag(row, UNKNOWN_VOUCHER)
        session.add(row)
    session.flush()
    settle(session, keys, rows)
