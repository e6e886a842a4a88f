"""Revoking a pass: the doors know in the transaction of the click (hard case: the roster)."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from cloud_api.common import placement
from cloud_api.common.journal import Journal
from cloud_api.common.principal import Principal
from cloud_api.common.session import transaction_time
from cloud_api.qr.passes import get_pass, store, told
from cloud_api.qr.tables import PassRow
from shared.domain.passes import PassStatus

JOURNAL_KIND = "pass_revoked"


def revoke_pass(session: Session, journal: Journal, pass_id: UUID, *, by: Principal | str) -> PassRow:
    """Revoke a pass for good. Revoking it again changes nothing.

    Raises:
        Rejected: ``pass_unknown``.
    """
    row = get_pass(session, pass_id)
    if row.status == PassStatus.ACTIVE.value:
        _revoke(session, row, at=transaction_time(session), by=by)
        journal.append(JOURNAL_KIND, pass_id, transaction_time(session))
    return row


def revoke_again(session: Session, pass_id: UUID, at: datetime) -> None:
    """Do after a restore what the journal says was done. A code that was given out anew since then stays."""
    row = session.get(PassRow, pass_id)
    active = row is not None and row.status == PassStatus.ACTIVE.value and row.issued_at <= at
    if row is not None and active and placement.living_members(session, [row.member_id]):
        _revoke(session, row, at=at, by="restore")


def _revoke(session: Session, row: PassRow, *, at: datetime, by: Principal | str) -> None:
    before = told(row)
    row.status, row.revoked_at, row.wrapped_key = PassStatus.REVOKED.value, at, None
    store(session, row, what="revoked", by=by, before=before)
