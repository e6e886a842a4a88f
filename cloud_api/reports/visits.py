"""Visits by site-local day and hour, and by member, kept by the events of ``gym``."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, false
from sqlmodel import Session, col, func, select

from cloud_api.common.outbox import Event
from cloud_api.reports import habits, retention, sums
from cloud_api.reports.days import DAY, Days, days_of, month_of, today_at, week_of, within
from cloud_api.reports.facts import hold
from cloud_api.reports.lines import page
from cloud_api.reports.tables import VisitFact, VisitsByHour, VisitsByWeek
from shared.contracts.report_rows import VisitLine, VisitLinePage, VisitRowsQuery
from shared.contracts.reports import (
    HeatCell,
    HeatMapReport,
    ReportQuery,
    VisitsAtSite,
    VisitsInHour,
    VisitsReport,
)

TOPIC = "visit"
_Counted = tuple[VisitFact, int]


def take_in(session: Session, event: Event) -> None:
    """Count a visit's new state, as :func:`take_in_many` does."""
    take_in_many(session, [event])


def take_in_many(session: Session, events: Sequence[Event]) -> None:
    """Count visits' new states. What the old ones had added is taken away; an older version changes nothing."""
    told = _newest(event.data for event in events)
    query = select(VisitFact).where(col(VisitFact.visit_id).in_(told)).order_by(col(VisitFact.visit_id))
    known = {fact.visit_id: fact for fact in session.exec(query.with_for_update())}
    changes: list[_Counted] = []
    for visit_id, data in told.items():
        old, new = known.get(visit_id), _fact(visit_id, data)
        if old is None:
            changes.append((new, +1))
            session.add(new)
        elif _is_news(old, new):
            changes += [(VisitFact(**old.model_dump()), -1), (new, +1)]
            session.add(old.sqlmodel_update(new.model_dump()))
    session.flush()
    _count(session, changes)


def _newest(told: Iterable[dict[str, Any]]) -> dict[UUID, dict[str, Any]]:
    """The newest of the states of each visit."""
    newest: dict[UUID, dict[str, Any]] = {}
    for data in told:
        known = newest.get(UUID(data["visit_id"]))
        if known is None or known["version"] < data["version"]:
            newest[UUID(data["visit_id"])] = data
    return newest


def _fact(visit_id: UUID, data: dict[str, Any]) -> VisitFact:
    return VisitFact(
        visit_id=visit_id,
        version=data["version"],
        site_id=UUID(data["site_id"]),
        local_on=date.fromisoformat(data["local_on"]),
        local_hour=data["local_hour"],
        is_void=data["is_void"],
        member_id=UUID(data["member_id"]),
    )


def _is_news(old: VisitFact, new: VisitFact) -> bool:
    return old.version < new.version or (old.version == new.version and old.member_id is None)


def _count(session: Session, changes: Sequence[_Counted]) -> None:
    counting = [(fact, count) for fact, count in changes if not fact.is_void]
    of_members = [(fact.member_id, fact.local_on, count) for fact, count in counting if fact.member_id is not None]
    held = hold(session, {member_id for member_id, _, _ in of_members})
    by_hour = (((fact.site_id, fact.local_on, fact.local_hour), count) for fact, count in counting)
    sums.add(session, VisitsByHour, sums.counted(by_hour))
    weeks = sums.counted(((member_id, week_of(on)), count) for member_id, on, count in of_members)
    sums.add(session, VisitsByWeek, weeks)
    months = sums.counted(((member_id, month_of(on)), count) for member_id, on, count in of_members)
    retention.add_visits(session, held, months)
    habits.add_visits(session, weeks)


def report(session: Session, wanted: ReportQuery) -> VisitsReport:
    """The sums, hour by hour; of all sites together when none is named."""
    hours = [VisitsInHour(on=on, hour=hour, visits=visits) for on, hour, visits in _hours(session, wanted)]
    total = sum(item.visits for item in hours)
    return VisitsReport(site_id=wanted.site_id, first=wanted.first, last=wanted.last, total=total, hours=hours)


def total(session: Session, wanted: Days) -> int:
    query = select(func.sum(VisitsByHour.visits)).where(*within(wanted, VisitsByHour.local_on, VisitsByHour.site_id))
    return int(session.exec(query).one() or 0)


def heat_map(session: Session, wanted: ReportQuery) -> HeatMapReport:
    """By weekday and hour, and by site."""
    cells: dict[tuple[int, int], int] = {}
    for on, hour, visits in _hours(session, wanted):
        cells[on.weekday(), hour] = cells.get((on.weekday(), hour), 0) + visits
    until = min(wanted.last, today_at(session, wanted.site_id))
    weekdays = [day.weekday() for day in days_of(wanted.first, until)]
    return HeatMapReport(
        site_id=wanted.site_id,
        first=wanted.first,
        last=wanted.last,
        total=sum(cells.values()),
        days=[weekdays.count(weekday) for weekday in range(7)],
        cells=[HeatCell(weekday=day, hour=hour, visits=visits) for (day, hour), visits in sorted(cells.items())],
        sites=_by_site(session, wanted),
    )


def rows(session: Session, wanted: VisitRowsQuery) -> VisitLinePage:
    """The visits that were counted, newest day and hour first."""
    order = [col(VisitFact.local_on), col(VisitFact.local_hour), col(VisitFact.visit_id)]
    query = select(VisitFact).where(col(VisitFact.is_void) == false(), *_of(wanted))
    types = [date, int, UUID]
    found, following = page(session, query, order=order, types=types, after=wanted.after, limit=wanted.limit)
    return VisitLinePage(items=[_line(fact) for fact in found], next=following)


def _line(fact: VisitFact) -> VisitLine:
    return VisitLine(
        visit_id=fact.visit_id,
        member_id=fact.member_id,
        site_id=fact.site_id,
        on=fact.local_on,
        hour=fact.local_hour,
    )


def _hours(session: Session, wanted: ReportQuery) -> Iterator[tuple[date, int, int]]:
    by = (col(VisitsByHour.local_on), col(VisitsByHour.local_hour))
    visits = func.sum(VisitsByHour.visits)
    query = (
        select(*by, visits)
        .where(*within(wanted, VisitsByHour.local_on, VisitsByHour.site_id))
        .group_by(*by)
        .having(visits > 0)
        .order_by(*by)
    )
    return ((on, hour, int(count)) for on, hour, count in session.exec(query))


def _by_site(session: Session, wanted: ReportQuery) -> list[VisitsAtSite]:
    by, visits = col(VisitsByHour.site_id), func.sum(VisitsByHour.visits)
    query = (
        select(by, visits)
        .where(*within(wanted, VisitsByHour.local_on, VisitsByHour.site_id))
        .group_by(by)
        .having(visits > 0)
        .order_by(by)
    )
    return [VisitsAtSite(site_id=site_id, visits=int(count)) for site_id, count in session.exec(query)]


def _of(wanted: VisitRowsQuery) -> list[ColumnElement[bool]]:
    """Days of a weekday are named one by one: databases do not agree on how to tell it."""
    day = col(VisitFact.local_on)
    if wanted.weekday is None:
        bounds = [day.between(wanted.first, wanted.last)]
    else:
        first = wanted.first + (wanted.weekday - wanted.first.weekday()) % 7 * DAY
        bounds = [day.in_([on for on in days_of(first, wanted.last) if on.weekday() == wanted.weekday])]
    facts = {"local_hour": wanted.hour, "member_id": wanted.member_id, "site_id": wanted.site_id}
    columns = VisitFact.__table__.c  # type: ignore[attr-defined]
    return [*bounds, *(columns[name] == value for name, value in facts.items() if value is not None)]
