"""Passes and vouchers of a member who turned out to be another one. The rosters know already (``placement``)."""

from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col

from cloud_api.qr.tables import PassRow, VoucherRow


def take_over(session: Session, other: UUID, *, kept: UUID) -> None:
    """Done again it changes nothing. What a pass wrapped was the other member's key, which is lost."""
    passes, vouchers = col(PassRow.member_id) == other, col(VoucherRow.member_id) == other
    values = {"member_id": kept, "wrapped_key": None, "version": col(PassRow.version) + 1}
    session.execute(update(PassRow).where(passes).values(values))
    session.execute(update(VoucherRow).where(vouchers).values(member_id=kept))
