"""Taking in many members at once, as an import does: the same rows as one by one, in a few statements."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Table, insert
from sqlmodel import Session, SQLModel

from cloud_api.common import audit, placement, roster
from cloud_api.common.keys import Keys
from cloud_api.common.principal import Principal
from cloud_api.common.session import new_id, transaction_time
from cloud_api.gym.lookups import get_plan
from cloud_api.gym.mapping import terms_of, to_membership, to_plan
from cloud_api.gym.members import fill, take_numbers
from cloud_api.gym.memberships import membership_id_for
from cloud_api.gym.outgoing import tell_many
from cloud_api.gym.placing import member_body, sealed_card, sites_of
from cloud_api.gym.spans import keep_spans
from cloud_api.gym.tables import MemberRow, MembershipRow
from cloud_api.gym.words import keep_words, order_of
from shared.contracts.gym import MemberDraft
from shared.domain import membership as rules
from shared.domain.ids import MembershipId
from shared.domain.membership import Membership
from shared.domain.plan import Plan
from shared.passtoken.sealing import wrap_for_site

_MEMBERS: Table = SQLModel.metadata.tables[str(MemberRow.__tablename__)]
_MEMBERSHIPS: Table = SQLModel.metadata.tables[str(MembershipRow.__tablename__)]


def take_in_members(
    session: Session,
    keys: Keys,
    drafts: Sequence[MemberDraft],
    *,
    plan_id: UUID,
    starts_on: Sequence[date],
    by: Principal | str,
) -> list[UUID]:
    """Take in members who are all on one plan, each from the day at the same place in ``starts_on``.

    Returns their ids in the same order. One audit row stands for all.
    """
    plan = to_plan(get_plan(session, plan_id))
    members = [_member(session, draft) for draft in drafts]
    for row, number in zip(members, take_numbers(session, len(members)), strict=True):
        row.number = row.number or number
    memberships = [_membership(session, row, plan, day) for row, day in zip(members, starts_on, strict=True)]
    write_members(session, keys, members, memberships, plans={plan_id: plan})
    audit.record(
        session, service="gym", actor=by, action="member.imported", subject=f"{len(members)} members",
        after={"members": len(members), "plan_id": plan_id},
    )  # fmt: skip
    return [row.id for row in members]


def write_members(
    session: Session,
    keys: Keys,
    members: Sequence[MemberRow],
    memberships: Sequence[MembershipRow],
    *,
    plans: Mapping[UUID, Plan],
) -> None:
    """Write new members, whose numbers are free, and their memberships everywhere: tables, rosters, events."""
    held: dict[UUID, list[MembershipRow]] = {row.id: [] for row in members}
    for each in memberships:
        held[each.member_id].append(each)
    all_sites = roster.list_sites(session)
    sites = {row.id: sites_of(row, held[row.id], plans, all_sites=all_sites) for row in members}
    content_keys = placement.admit_many(session, keys, sites)
    bodies = {}
    for row in members:
        key = content_keys[row.id]
        row.sealed, row.number_order = sealed_card(row, key), order_of(row.number or "")
        bodies[row.id] = {
            site_id: member_body(row, held[row.id], site_wrap=wrap_for_site(key, keys.site_key(site_id)))
            for site_id in sites[row.id]
        }
    session.execute(insert(_MEMBERS), [row.model_dump() for row in members])
    if memberships:
        session.execute(insert(_MEMBERSHIPS), [row.model_dump() for row in memberships])
    keep_words(session, members, fresh=True)
    keep_spans(session, {row.id: [to_membership(each) for each in held[row.id]] for row in members}, fresh=True)
    placement.tell_of_many(session, bodies)
    tell_many(session, members, memberships, content_keys=content_keys)


def _member(session: Session, draft: MemberDraft) -> MemberRow:
    row = MemberRow(
        id=new_id(session),
        number=draft.number,
        home_site_id=draft.home_site_id,
        joined_at=transaction_time(session),
    )
    fill(row, draft)
    return row


def _membership(session: Session, member: MemberRow, plan: Plan, starts_on: date) -> MembershipRow:
    membership_id = membership_id_for(session, member.id, sold_before=0)
    terms = rules.sell(MembershipId(membership_id), plan, starts_on=starts_on)
    return new_membership(session, member.id, terms)


def new_membership(session: Session, member_id: UUID, terms: Membership) -> MembershipRow:
    """The row of what is sold now, not yet written."""
    return MembershipRow(
        id=terms.id,
        member_id=member_id,
        plan_id=terms.plan_id,
        sold_at=transaction_time(session),
        **terms_of(terms),
    )
