"""What the doors are told of a member: written with every change, in its transaction."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from cloud_api.common import placement, roster
from cloud_api.common.keys import Keys
from cloud_api.common.session import transaction_time
from cloud_api.gym.lookups import memberships_of
from cloud_api.gym.mapping import to_membership, to_plan
from cloud_api.gym.tables import MemberRow, MembershipRow, PlanRow
from shared.contracts.roster import MemberBody, MembershipBody, RowKind
from shared.domain.member import public_name
from shared.domain.membership import last_day
from shared.domain.plan import Plan
from shared.passtoken.sealing import seal, wrap_for_site

TOLD_AFTER_END = timedelta(days=90)
"""A membership that ended longer ago than this is no business of a door, unless it is the newest."""


def tell_doors(session: Session, keys: Keys, member: MemberRow) -> None:
    """Bring the member's roster rows up to date: in full at the home site and where the plans are good.

    The member is locked from here on: of two changes at once the second tells the doors of both.
    """
    session.flush()
    session.get(MemberRow, member.id, with_for_update=True)
    memberships = worth_telling(memberships_of(session, member.id), today=transaction_time(session).date())
    plans = _plans_of(session, memberships)
    sites = sites_of(member, memberships, plans, all_sites=roster.list_sites(session))
    content_key = placement.get_content_key(session, keys, member.id)
    bodies = {
        site_id: member_body(member, memberships, site_wrap=wrap_for_site(content_key, keys.site_key(site_id)))
        for site_id in sites
    }
    placement.place_member(session, member.id, bodies)


def tell_new_site(session: Session, keys: Keys, site_id: UUID) -> None:
    """Tell a site that is being opened of every plan, and of the members whose plans are good everywhere.

    No row is locked for it: whoever is changing a member or a plan waits for the site (``roster.hold_sites``) and tells
    it then, and nobody is erased before this is done.
    """
    rows = session.exec(select(PlanRow)).all()
    for row in rows:
        roster.put(session, site_id=site_id, kind=RowKind.PLAN, key=str(row.id), body=row.body)
    plans, today = {row.id: to_plan(row) for row in rows}, transaction_time(session).date()
    told = {member_id: worth_telling(held, today=today) for member_id, held in _all_memberships(session).items()}
    living = session.exec(select(MemberRow).where(col(MemberRow.erased_at).is_(None)))
    new = [row for row in living if site_id in sites_of(row, told.get(row.id, ()), plans, all_sites=[site_id])]
    by_id, site_key = {row.id: row for row in new}, keys.site_key(site_id)

    def body_of(member_id: UUID, content_key: bytes) -> str:
        return member_body(by_id[member_id], told[member_id], site_wrap=wrap_for_site(content_key, site_key))

    placement.place_at_new_site(session, keys, site_id, list(by_id), body_of)


def _all_memberships(session: Session) -> dict[UUID, list[MembershipRow]]:
    """Everybody's, by member."""
    found: dict[UUID, list[MembershipRow]] = {}
    for row in session.exec(select(MembershipRow).order_by(col(MembershipRow.id))):
        found.setdefault(row.member_id, []).append(row)
    return found


def sealed_card(member: MemberRow, content_key: bytes) -> bytes:
    """What a door may show of the member, sealed under the content key: a JSON list that begins with the name."""
    card = [public_name(member.given_name, member.family_name)]
    text = json.dumps(card, separators=(",", ":"), ensure_ascii=False)
    return seal(content_key, text.encode(), about=member.id.bytes)


def worth_telling(memberships: Sequence[MembershipRow], *, today: date) -> list[MembershipRow]:
    """Those that have not ended long ago, and the one that lasts longest in any case."""
    kept = [row for row in memberships if last_day(to_membership(row)) >= today - TOLD_AFTER_END]
    return kept or sorted(memberships, key=lambda row: last_day(to_membership(row)))[-1:]


def sites_of(
    member: MemberRow, memberships: Iterable[MembershipRow], plans: Mapping[UUID, Plan], *, all_sites: Iterable[UUID]
) -> set[UUID]:
    """The sites that know the member in full: the home site, and every site where one of the plans is good."""
    sites = {member.home_site_id}
    for row in memberships:
        good_at = plans[row.plan_id].site_ids
        sites |= set(all_sites) if good_at is None else set(good_at)
    return sites


def member_body(member: MemberRow, memberships: Iterable[MembershipRow], *, site_wrap: bytes) -> str:
    """The JSON text of the member's roster row at a site."""
    body = MemberBody(
        id=member.id,
        memberships=[MembershipBody.from_domain(to_membership(row)) for row in memberships],
        blocked=member.blocked_at is not None,
        blocked_until=member.blocked_until,
        host_id=member.host_id,
        document_missing=member.document_missing,
        sealed=member.sealed,
        site_wrap=site_wrap,
    )
    return body.model_dump_json()


def _plans_of(session: Session, memberships: Iterable[MembershipRow]) -> dict[UUID, Plan]:
    """As they are now. Who changes one of them meanwhile waits, and then finds the member among those who have it."""
    wanted = {row.plan_id for row in memberships}
    query = select(PlanRow).where(col(PlanRow.id).in_(wanted)).order_by(col(PlanRow.id)).with_for_update(read=True)
    return {row.id: to_plan(row) for row in session.exec(query.execution_options(populate_existing=True))}
