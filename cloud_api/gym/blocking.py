"""Closing the door to a member, and opening it again."""

from uuid import UUID

from sqlmodel import Session

from cloud_api.common import audit
from cloud_api.common.keys import Keys
from cloud_api.common.principal import Principal
from cloud_api.common.session import transaction_time
from cloud_api.gym.lookups import get_living_member
from cloud_api.gym.members import PERSONAL
from cloud_api.gym.outgoing import tell_member
from cloud_api.gym.placing import tell_doors
from cloud_api.gym.spans import keep_blocked
from cloud_api.gym.tables import MemberRow
from shared.contracts.gym import BlockRequest

_FIELDS = {"blocked_at", "blocked_until", "block_note"}


def block_member(
    session: Session, keys: Keys, member_id: UUID, request: BlockRequest, *, by: Principal | str
) -> MemberRow:
    """Close the door to a member, at every site, until a time or for good. Blocking again changes time and note.

    Raises:
        Rejected: ``member_unknown``, ``member_erased``.
    """
    row = get_living_member(session, member_id, lock=True)
    before = row.model_dump(include=_FIELDS)
    row.blocked_at = row.blocked_at or transaction_time(session)
    row.blocked_until, row.block_note = request.until, request.note
    _save(session, keys, row, before, what="blocked", by=by)
    return row


def unblock_member(session: Session, keys: Keys, member_id: UUID, *, by: Principal | str) -> MemberRow:
    """Open the door again. Unblocking someone who is not blocked changes nothing.

    Raises:
        Rejected: ``member_unknown``, ``member_erased``.
    """
    row = get_living_member(session, member_id, lock=True)
    if row.blocked_at is None:
        return row
    before = row.model_dump(include=_FIELDS)
    row.blocked_at = row.blocked_until = row.block_note = None
    _save(session, keys, row, before, what="unblocked", by=by)
    return row


def _save(
    session: Session, keys: Keys, row: MemberRow, before: dict[str, object], *, what: str, by: Principal | str
) -> None:
    row.version += 1
    session.add(row)
    keep_blocked(session, row.id, is_blocked=row.blocked_at is not None)
    tell_doors(session, keys, row)
    audit.record(
        session,
        service="gym",
        actor=by,
        action=f"member.{what}",
        subject=row.id,
        before=before,
        after=row.model_dump(include=_FIELDS),
        personal=audit.Personal(keys, row.id, PERSONAL),
    )
    tell_member(session, keys, row, what)
