"""Who comes less than usual: the change against a person's own habit, not against others."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import false
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, func, select

from cloud_api.reports.contacts import view
from cloud_api.reports.days import DAY, WEEK, today_at, week_of
from cloud_api.reports.habits import BEFORE_WEEKS, RECENT_WEEKS
from cloud_api.reports.lines import page
from cloud_api.reports.plans import has_access
from cloud_api.reports.tables import Contact, Habit, HabitWeek, MemberFact, MembershipFact, VisitFact, VisitsByWeek
from shared.contracts.report_rows import AtRiskMember, AtRiskPage, AtRiskQuery
from shared.contracts.reports import SiteQuery

SHOWN_WEEKS = 8
_LEAST_BEFORE = BEFORE_WEEKS // 2
"""Every other week is a habit."""
_HALF = 2 * BEFORE_WEEKS // RECENT_WEEKS
"""So many times the recent visits are no more than those before, when somebody comes at most half as often."""


def at_risk(session: Session, wanted: AtRiskQuery) -> AtRiskPage:
    """Those who miss most visits first."""
    held = session.exec(select(HabitWeek)).first()
    now_on = week_of(today_at(session, wanted.site_id)) if held is None else held.week_on
    such = _such(session, wanted, now_on)
    total = session.execute(such.with_only_columns(func.count())).scalar_one()
    order = [col(Habit.missed), col(Habit.member_id)]
    found, following = page(session, such, order=order, types=[int, UUID], after=wanted.after, limit=wanted.limit)
    items = _described(session, found, now_on, today_at(session, wanted.site_id))
    return AtRiskPage(site_id=wanted.site_id, until=now_on - DAY, total=int(total), items=items, next=following)


def everybody_at_risk(session: Session, wanted: SiteQuery) -> Iterator[AtRiskMember]:
    """The whole list, page by page."""
    after: str | None = None
    while True:
        found = at_risk(session, AtRiskQuery(site_id=wanted.site_id, after=after, limit=200))
        yield from found.items
        if found.next is None:
            return
        after = found.next


def _such(session: Session, wanted: AtRiskQuery, now_on: date) -> Any:
    """Members with a habit that they have left by half, with access today, who had no pause meanwhile."""
    today, mine = today_at(session, wanted.site_id), col(MembershipFact.member_id) == col(Habit.member_id)
    open_today = select(MembershipFact.member_id).where(mine, *has_access(today)).exists()
    paused = (col(MembershipFact.paused_on) < now_on, col(MembershipFact.resumes_on) > now_on - RECENT_WEEKS * WEEK)
    query = (
        sql_select(
            *(col(each) for each in (Habit.member_id, Habit.recent, Habit.before, Habit.missed, MemberFact.site_id))
        )
        .join(MemberFact, col(MemberFact.member_id) == col(Habit.member_id))
        .where(
            col(Habit.missed) > 0, col(Habit.before) >= _LEAST_BEFORE, col(Habit.recent) * _HALF <= col(Habit.before)
        )
        .where(col(MemberFact.is_erased).is_(False), col(MemberFact.site_id).is_not(None), open_today)
        .where(~select(MembershipFact.member_id).where(mine, *paused).exists())
    )
    return query if wanted.site_id is None else query.where(col(MemberFact.site_id) == wanted.site_id)


def _described(session: Session, found: Sequence[Any], now_on: date, today: date) -> list[AtRiskMember]:
    ids = [row.member_id for row in found]
    weeks, last, held = _weeks(session, ids, now_on), _last_visits(session, ids), _holdings(session, ids, today)
    since = now_on - (RECENT_WEEKS + BEFORE_WEEKS) * WEEK
    contacts = _contacts(session, ids, since)
    shown = [now_on - number * WEEK for number in range(SHOWN_WEEKS, 0, -1)]
    return [
        AtRiskMember(
            member_id=row.member_id,
            site_id=row.site_id,
            recent=row.recent,
            before=row.before,
            weeks=[weeks[row.member_id].get(week_on, 0) for week_on in shown],
            last_visit_on=last.get(row.member_id),
            plan_id=held[row.member_id].plan_id,
            paid_through_on=held[row.member_id].paid_through_on,
            contact=None if row.member_id not in contacts else view(contacts[row.member_id]),
        )
        for row in found
    ]


def _weeks(session: Session, ids: Collection[UUID], now_on: date) -> Mapping[UUID, Mapping[date, int]]:
    found: defaultdict[UUID, dict[date, int]] = defaultdict(dict)
    query = select(VisitsByWeek).where(
        col(VisitsByWeek.member_id).in_(ids), VisitsByWeek.week_on >= now_on - SHOWN_WEEKS * WEEK
    )
    for row in session.exec(query):
        found[row.member_id][row.week_on] = row.visits
    return found


def _last_visits(session: Session, ids: Collection[UUID]) -> Mapping[UUID | None, date]:
    by = col(VisitFact.member_id)
    query = select(by, func.max(VisitFact.local_on)).where(by.in_(ids), col(VisitFact.is_void) == false()).group_by(by)
    return dict(session.exec(query).all())


def _holdings(session: Session, ids: Collection[UUID], today: date) -> Mapping[UUID, MembershipFact]:
    """The membership that lasts longest, of those with access today."""
    query = select(MembershipFact).where(col(MembershipFact.member_id).in_(ids), *has_access(today))
    return {row.member_id: row for row in session.exec(query.order_by(col(MembershipFact.last_on)))}


def _contacts(session: Session, ids: Collection[UUID], since: date) -> Mapping[UUID, Contact]:
    """Each one's newest, from a day on."""
    query = select(Contact).where(col(Contact.member_id).in_(ids)).order_by(col(Contact.at), col(Contact.id))
    return {row.member_id: row for row in session.exec(query) if row.at.date() >= since}
