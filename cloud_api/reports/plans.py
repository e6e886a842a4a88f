"""Members by plan, and who is overdue: what memberships and plans are today."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, null, or_, union_all
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, func, select

from cloud_api.common.outbox import Event
from cloud_api.reports.days import sites, today_at
from cloud_api.reports.lines import page
from cloud_api.reports.tables import MemberFact, MembershipFact, PlanFact
from shared.contracts.report_rows import HolderLine, HolderLinePage, HolderRowsQuery
from shared.contracts.reports import Amount, MembersOnPlan, OverdueReport, PlansReport, SiteQuery

_PORTION = 1000


def hear_of_plan(session: Session, event: Event) -> None:
    """Take over what a plan is called and costs, unless a newer state is known. Release 0.1.0 told neither."""
    data = event.data
    row = session.get(PlanFact, UUID(data["plan_id"]), with_for_update=True)
    if "price_minor" not in data or (row is not None and row.version >= data["version"]):
        return
    facts = {name: data[name] for name in ("version", "name", "price_minor", "currency")}
    row = row or PlanFact(plan_id=UUID(data["plan_id"]), **facts)
    session.add(row.sqlmodel_update(facts))
    session.flush()


def report(session: Session, wanted: SiteQuery) -> PlansReport:
    """Who has access today, by plan."""
    today = today_at(session, wanted.site_id)
    members, by = func.count(func.distinct(MembershipFact.member_id)), col(MembershipFact.plan_id)
    query = _joined(select(by, members), wanted).where(*has_access(today)).group_by(by)
    found = sorted(((int(count), plan_id) for plan_id, count in session.exec(query)), reverse=True)
    names = plan_names(session)
    return PlansReport(
        site_id=wanted.site_id,
        on=today,
        members=count_active(session, wanted, today),
        plans=[MembersOnPlan(plan_id=plan_id, name=names.get(plan_id), members=count) for count, plan_id in found],
    )


def count_active(session: Session, wanted: SiteQuery, today: date) -> int:
    """Members with access, each once.

    Those of the whole house by the memberships' index, less those who do not count: to look every member up takes much
    longer.
    """
    members = select(func.count(func.distinct(MembershipFact.member_id))).where(*has_access(today))
    if wanted.site_id is not None:
        return int(session.exec(_joined(members, wanted)).one())
    gone = select(MemberFact.member_id).where(
        or_(col(MemberFact.is_erased).is_(True), col(MemberFact.site_id).is_(None))
    )
    ids = session.exec(gone).all()
    portions = (ids[start : start + _PORTION] for start in range(0, len(ids), _PORTION))
    of_them = (members.where(col(MembershipFact.member_id).in_(portion)) for portion in portions)
    return int(session.exec(members).one()) - sum(int(session.exec(query).one()) for query in of_them)


def overdue(session: Session, wanted: SiteQuery) -> OverdueReport:
    """Who is overdue today, and a period's price of each such membership."""
    today = today_at(session, wanted.site_id)
    memberships = _joined(sql_select(col(MembershipFact.member_id), col(MembershipFact.plan_id)), wanted)
    late = memberships.where(*_is_overdue(session, wanted, today)).cte("late")
    by_plan = sql_select(late.c.plan_id, func.count()).group_by(late.c.plan_id)
    members = sql_select(null(), func.count(func.distinct(late.c.member_id)))
    found: dict[UUID | None, int] = {key: int(count) for key, count in session.execute(union_all(by_plan, members))}
    owed = Counter[str]()
    for plan_id, plan in _plans(session).items():
        owed[plan.currency] += found.get(plan_id, 0) * plan.price_minor
    amounts = [Amount(currency=currency, amount_minor=minor) for currency, minor in sorted(owed.items()) if minor]
    return OverdueReport(site_id=wanted.site_id, on=today, members=found[None], amounts=amounts)


def rows(session: Session, wanted: HolderRowsQuery) -> HolderLinePage:
    """Who has access today, or has it on one plan."""
    return _lines(session, wanted, has_access(today_at(session, wanted.site_id)))


def overdue_rows(session: Session, wanted: HolderRowsQuery) -> HolderLinePage:
    return _lines(session, wanted, _is_overdue(session, wanted, today_at(session, wanted.site_id)))


def plan_names(session: Session) -> Mapping[UUID, str]:
    return dict(session.exec(select(PlanFact.plan_id, PlanFact.name)).all())


def _plans(session: Session) -> Mapping[UUID, PlanFact]:
    return {plan.plan_id: plan for plan in session.exec(select(PlanFact))}


def has_access(on: date) -> list[ColumnElement[bool]]:
    """Memberships that let in on a day, grace aside."""
    return [col(MembershipFact.starts_on) <= on, col(MembershipFact.last_on) >= on]


def _is_overdue(session: Session, wanted: SiteQuery, today: date) -> list[ColumnElement[bool]]:
    """As ``shared.domain.membership.standing_on`` says, with the days of grace of each home site."""
    late = [
        and_(
            col(MemberFact.site_id) == site.id,
            col(MembershipFact.paid_through_on) < today - timedelta(days=site.policy.grace_days),
        )
        for site in sites(session, wanted.site_id)
    ]
    goes_on = or_(col(MembershipFact.ends_on).is_(None), col(MembershipFact.ends_on) >= today)
    return [col(MembershipFact.renews).is_(True), col(MembershipFact.starts_on) <= today, goes_on, or_(False, *late)]


def _joined(query: Any, wanted: SiteQuery) -> Any:
    """With the member, who is not erased, at a home site where one is asked for."""
    query = query.join_from(MembershipFact, MemberFact, col(MemberFact.member_id) == col(MembershipFact.member_id))
    query = query.where(col(MemberFact.is_erased).is_(False), col(MemberFact.site_id).is_not(None))
    return query if wanted.site_id is None else query.where(col(MemberFact.site_id) == wanted.site_id)


def _lines(session: Session, wanted: HolderRowsQuery, such: list[ColumnElement[bool]]) -> HolderLinePage:
    order = [col(MembershipFact.paid_through_on), col(MembershipFact.membership_id)]
    told = (*order, col(MembershipFact.member_id), col(MembershipFact.plan_id), col(MemberFact.site_id))
    query = _joined(sql_select(*told), wanted).where(*such)
    if wanted.plan_id is not None:
        query = query.where(col(MembershipFact.plan_id) == wanted.plan_id)
    found, following = page(
        session, query, order=order, types=[date, UUID], after=wanted.after, limit=wanted.limit, descending=False
    )
    plans = _plans(session)
    return HolderLinePage(items=[_line(row, plans.get(row.plan_id)) for row in found], next=following)


def _line(row: Any, plan: PlanFact | None) -> HolderLine:
    return HolderLine(
        membership_id=row.membership_id,
        member_id=row.member_id,
        site_id=row.site_id,
        plan_id=row.plan_id,
        paid_through_on=row.paid_through_on,
        price_minor=None if plan is None else plan.price_minor,
        currency=None if plan is None else plan.currency,
    )
