"""Plans: what is sold. Every door knows every plan; which are good where stands in them."""

from uuid import UUID

from sqlmodel import Session, col, select

from cloud_api.common import audit, roster
from cloud_api.common.keys import Keys
from cloud_api.common.principal import Principal
from cloud_api.common.session import new_id
from cloud_api.gym.lookups import get_plan
from cloud_api.gym.outgoing import tell_plan
from cloud_api.gym.placing import tell_doors
from cloud_api.gym.tables import MemberRow, MembershipRow, PlanRow
from shared.contracts.gym import NewPlan, PlanChange, PlanDraft
from shared.contracts.roster import PlanBody, RowKind
from shared.errors import InvalidInput, Rejected

_OFFERED = PlanBody.model_fields.keys() - {"id"}


def create_plan(session: Session, draft: NewPlan, *, by: Principal | str) -> PlanRow:
    """Put a plan on offer. Asked again with the id of a plan, it changes nothing and gives that one.

    Raises:
        InvalidInput: it names a site that does not exist.
    """
    plan_id = draft.id or new_id(session)
    known = session.get(PlanRow, plan_id)
    if known is not None:
        return known
    body = body_of(session, draft, plan_id)
    row = PlanRow(id=plan_id, body=body, on_sale=draft.on_sale, for_staff=draft.for_staff)
    session.add(row)
    session.flush()
    _put(session, row)
    after = draft.model_dump(exclude={"id"})
    audit.record(session, service="gym", actor=by, action="plan.created", subject=plan_id, after=after)
    tell_plan(session, row, "created")
    return row


def change_plan(session: Session, keys: Keys, plan_id: UUID, draft: PlanChange, *, by: Principal | str) -> PlanRow:
    """Change a plan for all who have it. Period, price and visits count from the next sale or renewal.

    The same again changes nothing, whoever was faster: an answer that was lost is asked for again.

    Raises:
        Rejected: ``plan_unknown``; ``plan_changed``: somebody was faster.
        InvalidInput: it names a site that does not exist, or it would become one for staff, or be none any more.
    """
    row, body = get_plan(session, plan_id, lock=True), body_of(session, draft, plan_id)
    if (body, draft.on_sale, draft.for_staff) == (row.body, row.on_sale, row.for_staff):
        return row
    if draft.version not in (None, row.version):
        raise Rejected("Somebody has changed this plan meanwhile. Look at it again.", code="plan_changed")
    stays_for_whom(row, draft)
    before = PlanBody.model_validate_json(row.body)
    old = {**before.model_dump(), "on_sale": row.on_sale}
    row.body, row.on_sale, row.version = body, draft.on_sale, row.version + 1
    session.add(row)
    session.flush()
    _put(session, row)
    after = PlanBody.model_validate_json(row.body)
    if after.site_ids != before.site_ids:
        for member in _members_on(session, plan_id):
            tell_doors(session, keys, member)
    new = {**after.model_dump(), "on_sale": row.on_sale}
    audit.record(session, service="gym", actor=by, action="plan.changed", subject=plan_id, before=old, after=new)
    tell_plan(session, row, "changed")
    return row


def stays_for_whom(row: PlanRow, draft: PlanDraft) -> None:
    """Raises InvalidInput: the plan would become one for staff, or be none any more."""
    if draft.for_staff != row.for_staff:
        raise InvalidInput("A plan is for staff or for members from its beginning. Make another.", field="for_staff")


def _put(session: Session, row: PlanRow) -> None:
    for site_id in roster.list_sites(session):
        roster.put(session, site_id=site_id, kind=RowKind.PLAN, key=str(row.id), body=row.body)


def body_of(session: Session, draft: PlanDraft, plan_id: UUID) -> str:
    """A draft as the JSON text of a PlanBody. Raises InvalidInput: it names a site that does not exist."""
    unknown = set(draft.site_ids or ()) - set(roster.list_sites(session))
    if unknown:
        raise InvalidInput(f"There is no site {min(unknown)}.", field="site_ids")
    body = PlanBody(id=plan_id, **draft.model_dump(include=_OFFERED))
    return PlanBody.from_domain(body.to_domain()).model_dump_json()


def _members_on(session: Session, plan_id: UUID) -> list[MemberRow]:
    having = select(MembershipRow.member_id).where(MembershipRow.plan_id == plan_id)
    living = col(MemberRow.erased_at).is_(None)
    return list(session.exec(select(MemberRow).where(col(MemberRow.id).in_(having), living)))
