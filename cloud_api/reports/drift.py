"""Whether the sums still say what the facts say, and putting them right where they do not."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, SQLModel, col

from cloud_api.reports import habits, sums
from cloud_api.reports.days import DAY, Period, month_of, next_month, week_of
from cloud_api.reports.tables import (
    CohortByMonth,
    Habit,
    HeardByDay,
    HeardHour,
    MemberFact,
    MembersByDay,
    RefusalFact,
    RefusalsByDay,
    TakingFact,
    TakingsByDay,
    VisitFact,
    VisitsByHour,
    VisitsByMonth,
    VisitsByWeek,
)

_EVER = Period(None, date(1, 1, 8), date(9999, 11, 30))
_Rows = Iterable[tuple[Any, ...]]
"""A sum's key and its columns, in the order of its table's."""


@dataclass(frozen=True, slots=True)
class Drift:
    """How many sums were wrong. Zero, or there is a bug."""

    visits: int = 0
    weeks: int = 0
    months: int = 0
    refusals: int = 0
    members: int = 0
    cohorts: int = 0
    habits: int = 0
    takings: int = 0
    doors: int = 0

    @property
    def total(self) -> int:
        return sum(getattr(self, field.name) for field in fields(self))


Wrong = Mapping[str, sums.Deltas]
"""By the name in :class:`Drift`, what is missing in each sum that is wrong."""


def recompute(session: Session, period: Period = _EVER) -> Drift:
    """Work the sums of a period out anew and put right those that are wrong, while nobody else counts."""
    wrong = find(session, period)
    mend(session, wrong)
    return drift_of(wrong)


def find(session: Session, period: Period = _EVER, *, whole: bool = True) -> Wrong:
    """What is missing in the sums of a period, and (``whole``) in those that are not by day.

    Facts and sums must be as of one moment.
    """
    return {name: _missing(session, check, period) for name, check in _CHECKS.items() if whole or not check.is_whole}


def mend(session: Session, wrong: Wrong) -> None:
    """Add what is missing, whatever has been added meanwhile. Twice would be once too often."""
    for name, missing in wrong.items():
        sums.add(session, _CHECKS[name].table, missing)


def drift_of(wrong: Wrong) -> Drift:
    return Drift(**{name: len(missing) for name, missing in wrong.items()})


@dataclass(frozen=True, slots=True)
class _Check:
    """``true`` works a sum out from the facts; ``of`` bounds the rows that are compared with it."""

    table: type[SQLModel]
    true: Callable[[Session, Period], _Rows]
    of: Callable[[Period], list[Any]]
    is_whole: bool = False


def _missing(session: Session, check: _Check, period: Period) -> sums.Deltas:
    table = sums.table_of(check.table)
    names = [*sums.key_columns(table), *sums.summed_columns(table)]
    width = len(sums.key_columns(table))
    kept = session.execute(select(*(table.c[name] for name in names)).where(*check.of(period)))
    missing: dict[sums.Key, list[int]] = {}
    for rows, sign in ((check.true(session, period), 1), (kept, -1)):
        for row in rows:
            values = missing.setdefault(tuple(row[:width]), [0] * (len(names) - width))
            for place, value in enumerate(row[width:]):
                values[place] += sign * int(value)
    return {key: tuple(values) for key, values in missing.items() if any(values)}


def _visits(session: Session, period: Period) -> _Rows:
    by = (col(VisitFact.site_id), col(VisitFact.local_on), col(VisitFact.local_hour))
    within = by[1].between(period.first, period.last)
    return session.execute(select(*by, func.count()).where(col(VisitFact.is_void).is_(False), within).group_by(*by))


def _of_members(session: Session, first: date, last: date, begin: Callable[[date], date]) -> Iterator[tuple[Any, ...]]:
    """Visits by member and the day with which their week or month began."""
    by = (col(VisitFact.member_id), col(VisitFact.local_on))
    such = (col(VisitFact.is_void).is_(False), by[0].is_not(None), by[1].between(first, last))
    for member_id, on, count in session.execute(select(*by, func.count()).where(*such).group_by(*by)):
        yield member_id, begin(on), count


def _weeks(session: Session, period: Period) -> _Rows:
    return _of_members(session, week_of(period.first), week_of(period.last) + 6 * DAY, week_of)


def _months(session: Session, period: Period) -> _Rows:
    return _of_members(session, month_of(period.first), next_month(month_of(period.last)) - DAY, month_of)


def _refusals(session: Session, period: Period) -> _Rows:
    by = (col(RefusalFact.site_id), col(RefusalFact.local_on), col(RefusalFact.reason))
    query = select(*by, func.count()).where(by[1].between(period.first, period.last))
    return session.execute(query.group_by(*by))


def _members(session: Session, _period: Period) -> Iterator[tuple[Any, ...]]:
    known = (col(MemberFact.site_id).is_not(None), col(MemberFact.joined_on).is_not(None))
    query = select(col(MemberFact.site_id), col(MemberFact.joined_on), col(MemberFact.left_on)).where(*known)
    for site_id, joined_on, left_on in session.execute(query):
        yield site_id, joined_on, 1, 0
        if left_on is not None:
            yield site_id, left_on, 0, 1


def _cohorts(session: Session, _period: Period) -> Iterator[tuple[Any, ...]]:
    query = (
        select(col(MemberFact.site_id), col(MemberFact.joined_on), col(VisitsByMonth.month_on), func.count())
        .join(VisitsByMonth, col(VisitsByMonth.member_id) == col(MemberFact.member_id))
        .where(col(MemberFact.site_id).is_not(None), col(MemberFact.joined_on).is_not(None))
        .where(col(VisitsByMonth.visits) > 0)
        .group_by(col(MemberFact.site_id), col(MemberFact.joined_on), col(VisitsByMonth.month_on))
    )
    for site_id, joined_on, month_on, count in session.execute(query):
        yield site_id, month_of(joined_on), month_on, count


def _takings(session: Session, period: Period) -> _Rows:
    by = (
        col(TakingFact.site_id),
        col(TakingFact.local_on),
        col(TakingFact.plan_id),
        col(TakingFact.currency),
    )
    query = select(*by, func.sum(TakingFact.amount_minor)).where(by[1].between(period.first, period.last))
    return session.execute(query.group_by(*by))


def _doors(session: Session, period: Period) -> _Rows:
    by = (col(HeardHour.device_id), col(HeardHour.local_on))
    query = select(*by, func.sum(HeardHour.heard_s), func.sum(HeardHour.losses))
    return session.execute(query.where(by[1].between(period.first, period.last)).group_by(*by))


def _by_day(column: Any) -> Callable[[Period], list[Any]]:
    return lambda period: [col(column).between(period.first, period.last)]


def _all(_period: Period) -> list[Any]:
    return []


_CHECKS: Mapping[str, _Check] = {
    "visits": _Check(VisitsByHour, _visits, _by_day(VisitsByHour.local_on)),
    "weeks": _Check(
        VisitsByWeek,
        _weeks,
        lambda period: [col(VisitsByWeek.week_on).between(week_of(period.first), period.last)],
    ),
    "months": _Check(
        VisitsByMonth,
        _months,
        lambda period: [col(VisitsByMonth.month_on).between(month_of(period.first), period.last)],
    ),
    "refusals": _Check(RefusalsByDay, _refusals, _by_day(RefusalsByDay.local_on)),
    "members": _Check(MembersByDay, _members, _all, is_whole=True),
    "cohorts": _Check(CohortByMonth, _cohorts, _all, is_whole=True),
    "habits": _Check(Habit, lambda session, _: habits.count_again(session), _all, is_whole=True),
    "takings": _Check(TakingsByDay, _takings, _by_day(TakingsByDay.local_on)),
    "doors": _Check(HeardByDay, _doors, _by_day(HeardByDay.local_on)),
}
