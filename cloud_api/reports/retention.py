"""Retention: of those who joined in a month, how many still come.

A member belongs to the home site and to the calendar month of the day of joining, and counts in a month with at least
one visit in it, at whichever site. So it is about who comes, not about who pays: those who pay and stay away are who
leave next.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from cloud_api.reports import sums
from cloud_api.reports.days import DAY, month_of, next_month, today_at
from cloud_api.reports.facts import Fact, Moved
from cloud_api.reports.lines import member_lines
from cloud_api.reports.tables import CohortByMonth, MemberFact, MembersByDay, VisitsByMonth
from shared.contracts.report_rows import MemberLinePage, RetentionRowsQuery
from shared.contracts.reports import Cohort, RetentionQuery, RetentionReport
from shared.domain.time import add_months


def add_visits(session: Session, held: Mapping[UUID, Fact], months: sums.Deltas) -> None:
    """Add to members' visits by month; who now has some in a month that had none counts in it, and the other way round.

    ``held`` are the members, locked (``facts.hold``).
    """
    sums.add(session, VisitsByMonth, months)
    by = (col(VisitsByMonth.member_id), col(VisitsByMonth.month_on))
    wanted = (by[0].in_({key[0] for key in months}), by[1].in_({key[1] for key in months}))
    cohorts: list[tuple[sums.Key, int]] = []
    for member_id, month_on, visits in session.exec(select(*by, col(VisitsByMonth.visits)).where(*wanted)):
        (change,) = months.get((member_id, month_on), (0,))
        came = (visits > 0) - (visits - change > 0)
        cohorts += _counting(held[member_id], month_on, came)
    sums.add(session, CohortByMonth, sums.counted(cohorts))


def move(session: Session, moved: Iterable[Moved]) -> None:
    """Count members' months with where they belong now."""
    others = {
        after.member_id: (before, after)
        for before, after in moved
        if (before.site_id, before.joined_on) != (after.site_id, after.joined_on)
    }
    if not others:
        return
    by = (col(VisitsByMonth.member_id), col(VisitsByMonth.month_on))
    cohorts: list[tuple[sums.Key, int]] = []
    for member_id, month_on in session.exec(select(*by).where(by[0].in_(others), col(VisitsByMonth.visits) > 0)):
        before, after = others[member_id]
        cohorts += [*_counting(before, month_on, -1), *_counting(after, month_on, +1)]
    sums.add(session, CohortByMonth, sums.counted(cohorts))


def report(session: Session, wanted: RetentionQuery) -> RetentionReport:
    today = today_at(session, wanted.site_id)
    this_month = month_of(today)
    joining = [add_months(this_month, -number) for number in reversed(range(wanted.months))]
    sizes, came = _sizes(session, wanted.site_id, joining[0], today), _came(session, wanted.site_id, joining[0])
    cohorts = [
        Cohort(
            joined_on=month_on,
            members=sizes.get(month_on, 0),
            visited=[came.get((month_on, add_months(month_on, number)), 0) for number in range(len(joining) - place)],
        )
        for place, month_on in enumerate(joining)
    ]
    return RetentionReport(site_id=wanted.site_id, on=today, cohorts=cohorts)


def rows(session: Session, wanted: RetentionRowsQuery) -> MemberLinePage:
    """A cohort, or those of it who came in a month; who joined last comes first."""
    joined_on, month_on = col(MemberFact.joined_on), month_of(wanted.joined_on)
    query = select(MemberFact).where(joined_on.between(month_on, next_month(month_on) - DAY))
    if wanted.site_id is not None:
        query = query.where(col(MemberFact.site_id) == wanted.site_id)
    if wanted.month_on is not None:
        came = select(VisitsByMonth.member_id).where(
            col(VisitsByMonth.member_id) == col(MemberFact.member_id),
            VisitsByMonth.month_on == month_of(wanted.month_on),
            VisitsByMonth.visits > 0,
        )
        query = query.where(came.exists())
    return member_lines(session, query, by=joined_on, after=wanted.after, limit=wanted.limit)


def _counting(fact: Fact, month_on: date, count: int) -> list[tuple[sums.Key, int]]:
    if fact.site_id is None or fact.joined_on is None:
        return []
    return [((fact.site_id, month_of(fact.joined_on), month_on), count)]


def _sizes(session: Session, site_id: UUID | None, first: date, last: date) -> dict[date, int]:
    """How many joined, by month."""
    by = col(MembersByDay.local_on)
    query = select(by, func.sum(MembersByDay.joined)).where(
        by.between(first, last), *_at(MembersByDay.site_id, site_id)
    )
    sizes: dict[date, int] = {}
    for on, joined in session.exec(query.group_by(by)):
        sizes[month_of(on)] = sizes.get(month_of(on), 0) + int(joined)
    return sizes


def _came(session: Session, site_id: UUID | None, first: date) -> dict[tuple[date, date], int]:
    """How many came, by joining month and month."""
    by = (col(CohortByMonth.joined_month_on), col(CohortByMonth.month_on))
    query = select(*by, func.sum(CohortByMonth.members)).where(by[0] >= first, *_at(CohortByMonth.site_id, site_id))
    return {(joined, month): int(count) for joined, month, count in session.exec(query.group_by(*by))}


def _at(column: object, site_id: UUID | None) -> list[ColumnElement[bool]]:
    return [] if site_id is None else [col(column) == site_id]
