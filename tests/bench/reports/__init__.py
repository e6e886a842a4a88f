"""Bench: an owner's reports over ten million rows of attendance, from the sums and by direct SQL, in one run.

Each report is what its route does, from the first query to the JSON text, on a local MySQL. Direct SQL asks the same of
the attendance itself. ``--rows N`` makes a smaller gym; the data is made once and kept in the cache folder.
"""

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session

from cloud_api.common.database import Database
from cloud_api.reports import counting, doors, machines, members, plans, refusals, retention, summary, takings, visits
from cloud_api.reports.at_risk import at_risk
from cloud_api.reports.days import week_of
from shared.contracts.base import Message
from shared.contracts.report_rows import AtRiskQuery, VisitRowsQuery
from shared.contracts.reports import ReportQuery, RetentionQuery, SiteQuery
from tests.bench.report import Report
from tests.bench.reports.filling import FIRST, NOW, filled
from tests.support.cloud import StillClock

ROWS = "FIT_BENCH_ROWS"
ROUNDS = 3
LIMIT_MS, LONG_S, RATIO = 500, 2.0, 20
ENOUGH_S = 30
"""A direct question that has taken so long is not asked again."""
_TODAY = NOW.date()
_YEAR = ReportQuery(first=_TODAY - timedelta(days=364), last=_TODAY)
_MONTH = ReportQuery(first=_TODAY - timedelta(days=29), last=_TODAY)
_CAME = "outcome = 'granted' AND direction = 'entry' AND is_held = 0"


@dataclass(frozen=True, slots=True)
class Case:
    """A report, and the SQL that asks the attendance the same, where it can be asked that."""

    name: str
    read: Callable[[Session], Message]
    direct: str | None = None


def run(report: Report) -> None:
    rows = int(os.environ.get(ROWS) or 10_000_000)
    with filled(rows) as url:
        database = Database(url, clock=StillClock(NOW))
        report.note(f"{rows} rows of attendance, {FIRST} to {_TODAY}")
        for case in _cases():
            _measure(report, database, case)
        started = time.perf_counter()
        found = counting.tidy(database)
        if found is not None:  # due once a day of the gym, which stands still
            report.note(f"35 days counted anew in {time.perf_counter() - started:.1f} s: {found}")
        database.close()


def _measure(report: Report, database: Database, case: Case) -> None:
    ours, direct = [], []
    for _ in range(ROUNDS):
        ours.append(_timed(lambda: _read(database, case)))
        if case.direct is not None and sum(direct) < ENOUGH_S:
            direct.append(_timed(lambda: _ask(database, case)))
    took, raw = statistics.median(ours), statistics.median(direct) if direct else None
    is_long = raw is not None and raw > LONG_S
    beside = "" if raw is None else f" (direct {raw:.2f} s: 1/{raw / took:.0f})"
    goal = f"<= {LIMIT_MS} ms" + (f", <= 1/{RATIO}" if is_long else "")
    report.row(case.name, f"{took * 1e3:.0f} ms{beside}", goal, raw / took >= RATIO if is_long and raw else None)


def _read(database: Database, case: Case) -> str:
    with database.reading() as session:
        return case.read(session).model_dump_json()


def _ask(database: Database, case: Case) -> list[Any]:
    with database.unhurried() as engine, engine.connect() as connection:
        return list(connection.exec_driver_sql((case.direct or "").replace("%", "%%")))


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _cases() -> list[Case]:
    here, days = SiteQuery(), f"local_on BETWEEN '{_YEAR.first}' AND '{_YEAR.last}'"
    now_on = week_of(_TODAY)
    recent_on, before_on = now_on - timedelta(weeks=4), now_on - timedelta(weeks=16)
    cell = VisitRowsQuery(first=_YEAR.first, last=_YEAR.last, weekday=1, hour=18)
    return [
        Case("summary, a year", lambda session: summary.report(session, _YEAR), _both_years()),
        Case(
            "visits by day and hour, a year",
            lambda session: visits.report(session, _YEAR),
            f"SELECT local_on, local_hour, COUNT(*) FROM gym_attendance WHERE {days} AND {_CAME} GROUP BY 1, 2",
        ),
        Case(
            "heat map, a year",
            lambda session: visits.heat_map(session, _YEAR),
            f"SELECT WEEKDAY(local_on), local_hour, COUNT(*) FROM gym_attendance WHERE {days} AND {_CAME} GROUP BY 1, 2",
        ),
        Case("heat map, a month", lambda session: visits.heat_map(session, _MONTH)),
        Case("... the visits of one cell, a page", lambda session: visits.rows(session, cell)),
        Case(
            "refusals by day and reason, a year",
            lambda session: refusals.report(session, _YEAR),
            f"SELECT local_on, reason, COUNT(*) FROM gym_attendance WHERE {days} AND outcome = 'denied' GROUP BY 1, 2",
        ),
        Case(
            "retention, 24 joining months",
            lambda session: retention.report(session, RetentionQuery(months=24)),
            f"""SELECT EXTRACT(YEAR_MONTH FROM m.joined_at), EXTRACT(YEAR_MONTH FROM a.local_on),
              COUNT(DISTINCT a.member_id) FROM gym_attendance a JOIN gym_member m ON m.id = a.member_id
              WHERE {_CAME} GROUP BY 1, 2""",
        ),
        Case(
            "at risk, first page",
            lambda session: at_risk(session, AtRiskQuery()),
            f"""SELECT member_id, SUM(local_on >= '{recent_on}') AS now, SUM(local_on < '{recent_on}') AS was
              FROM gym_attendance WHERE local_on >= '{before_on}' AND local_on < '{now_on}' AND {_CAME}
              GROUP BY member_id HAVING was >= 6 AND now * 6 <= was ORDER BY was - 3 * now DESC LIMIT 51""",
        ),
        Case("members joined and left, a year", lambda session: members.report(session, _YEAR)),
        Case("members by plan", lambda session: plans.report(session, here)),
        Case("overdue", lambda session: plans.overdue(session, here)),
        Case("revenue by month and plan, a year", lambda session: takings.report(session, _YEAR)),
        Case("machines, a year", lambda session: machines.report(session, _YEAR)),
        Case("doors, a year", lambda session: doors.report(session, _YEAR)),
    ]


def _both_years() -> str:
    """Visits and refusals of the year and of the one before."""
    before: date = _YEAR.first - timedelta(days=365)
    return f"""SELECT local_on >= '{_YEAR.first}', outcome, COUNT(*) FROM gym_attendance
      WHERE local_on BETWEEN '{before}' AND '{_YEAR.last}' AND direction = 'entry' AND is_held = 0 GROUP BY 1, 2"""
