"""Finding a thing by its id, or saying that it is not there."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from cloud_api.common.session import transaction_time
from cloud_api.gym.mapping import to_site
from cloud_api.gym.tables import MemberRow, MembershipRow, PlanRow, SiteRow
from shared.domain.site import Site
from shared.domain.time import local_day
from shared.errors import Rejected


def get_site(session: Session, site_id: UUID, *, lock: bool = False) -> SiteRow:
    """Raises Rejected ``site_unknown``. ``lock`` holds it until the transaction ends, for whoever changes it."""
    row = session.get(SiteRow, site_id, with_for_update=lock or None)
    if row is None:
        raise Rejected("There is no such site.", code="site_unknown")
    return row


def get_plan(session: Session, plan_id: UUID, *, lock: bool = False) -> PlanRow:
    """Raises Rejected ``plan_unknown``. ``lock`` holds it until the transaction ends, for whoever changes it."""
    row = session.get(PlanRow, plan_id, with_for_update=lock or None)
    if row is None:
        raise Rejected("There is no such plan.", code="plan_unknown")
    return row


def get_member(session: Session, member_id: UUID) -> MemberRow:
    """Raises Rejected ``member_unknown``."""
    row = session.get(MemberRow, member_id)
    if row is None:
        raise Rejected("There is no such member.", code="member_unknown")
    return row


def get_living_member(session: Session, member_id: UUID, *, lock: bool = False) -> MemberRow:
    """Raises Rejected ``member_unknown``, or ``member_erased``: nothing may be added to a tombstone.

    ``lock`` holds the member until the transaction ends, for whoever changes what the doors are told of one: of two
    changes at once the second sees the first.
    """
    if lock:
        session.get(MemberRow, member_id, with_for_update=True)
    row = get_member(session, member_id)
    if row.erased_at is not None:
        raise Rejected("This member has been erased.", code="member_erased")
    return row


def lock_members(session: Session, member_ids: Collection[UUID]) -> None:
    """Hold members until the transaction ends, in the order of their ids.

    Of two that derive a member's visits at once, the second sees the check-ins of the first.
    """
    query = select(MemberRow.id).where(col(MemberRow.id).in_(member_ids)).order_by(col(MemberRow.id))
    session.exec(query.with_for_update()).all()


def who_they_are(session: Session, member_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Of those who turned out to be another member, which one."""
    merged = col(MemberRow.merged_into)
    query = select(MemberRow.id, merged).where(col(MemberRow.id).in_(member_ids), merged.is_not(None))
    return dict(session.exec(query).all())  # type: ignore[arg-type]  # none of them is NULL


def get_membership(session: Session, membership_id: UUID) -> MembershipRow:
    """Raises Rejected ``membership_unknown``."""
    row = session.get(MembershipRow, membership_id)
    if row is None:
        raise Rejected("There is no such membership.", code="membership_unknown")
    return row


def memberships_of(session: Session, member_id: UUID) -> list[MembershipRow]:
    """Oldest first, as they are now also where some were read before."""
    query = select(MembershipRow).where(MembershipRow.member_id == member_id).order_by(col(MembershipRow.id))
    return list(session.exec(query.execution_options(populate_existing=True)))


def home_of(session: Session, member: MemberRow) -> Site:
    return to_site(get_site(session, member.home_site_id))


def today_at(session: Session, site: Site) -> date:
    """The site-local day of this transaction."""
    return local_day(transaction_time(session), site.zone)
