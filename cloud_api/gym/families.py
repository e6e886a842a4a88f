"""Families: who pays and answers for whom, and who else belongs to them."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, or_, select

from cloud_api.gym.lookups import get_member
from cloud_api.gym.tables import MemberRow
from shared.contracts.families import Family
from shared.contracts.gym import MemberRef
from shared.errors import InvalidInput

_MOST = 50


def check_guardian(session: Session, member_id: UUID, guardian_id: UUID | None) -> None:
    """Raises InvalidInput: nobody answers for themselves, for a guardian of their own, or once erased."""
    if guardian_id is None:
        return
    guardian = session.get(MemberRow, guardian_id)
    if guardian is None or guardian.erased_at is not None or guardian_id == member_id:
        raise InvalidInput("The guardian must be another member of the gym.", field="guardian_id")
    has_wards = session.exec(select(MemberRow.id).where(MemberRow.guardian_id == member_id).limit(1)).first()
    if guardian.guardian_id is not None or has_wards is not None:
        raise InvalidInput("A guardian has no guardian of their own.", field="guardian_id")


def read_family(session: Session, member_id: UUID) -> Family:
    """Raises Rejected ``member_unknown``."""
    member = get_member(session, member_id)
    head = member.guardian_id or member.id
    family = or_(col(MemberRow.guardian_id) == head, col(MemberRow.id) == head)
    order = (col(MemberRow.given_name), col(MemberRow.id))
    rows = session.exec(select(MemberRow).where(family, MemberRow.id != member_id).order_by(*order).limit(_MOST)).all()
    return Family(
        guardian=next((_ref(row) for row in rows if row.id == member.guardian_id), None),
        others=[_ref(row) for row in rows if row.id != member.guardian_id],
    )


def release_wards(session: Session, guardians: Collection[UUID]) -> None:
    """Nobody answers for their wards any more: the guardians are gone."""
    wards = col(MemberRow.guardian_id).in_(guardians)
    session.execute(update(MemberRow).where(wards).values(guardian_id=None, version=col(MemberRow.version) + 1))


def _ref(row: MemberRow) -> MemberRef:
    return MemberRef(id=row.id, number=row.number, name=f"{row.given_name} {row.family_name}".strip())
