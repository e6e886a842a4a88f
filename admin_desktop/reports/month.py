"""All numbers of a month, asked for one after the other. Qt-free; blocks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from admin_desktop.desk import Desk
from admin_desktop.reports.figures import Summary
from admin_desktop.reports.loading import load_doors, load_leaving, load_machines, load_summary
from admin_desktop.reports.periods import Period, month_back, month_of
from admin_desktop.reports.rows import Names
from shared.contracts.reports import (
    DoorsReport,
    HeatMapReport,
    MachinesReport,
    PlansReport,
    RefusalsReport,
    ReportQuery,
    RetentionQuery,
    RetentionReport,
    RevenueReport,
    SiteQuery,
)

STEPS = 9
_MONTHS_OF_REVENUE, _MONTHS_OF_RETENTION = 5, 13

Tell = Callable[[int, int], None]
"""Told before each step how many of how many are done. What it raises ends the asking."""


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """``period`` is the month, or as much of it as is over."""

    period: Period
    summary: Summary
    heat: HeatMapReport
    revenue: RevenueReport
    refusals: RefusalsReport
    plans: PlansReport
    retention: RetentionReport
    machines: tuple[MachinesReport, Names]
    doors: tuple[DoorsReport, Names]
    leaving: int


def month_up_to(month: date, today: date) -> Period:
    whole = month_of(month)
    return Period(whole.first, min(whole.last, today))


def load_month(desk: Desk, site_id: UUID | None, period: Period, tell: Tell) -> MonthFigures:
    """Raises what the cloud answers, and what ``tell`` raises."""
    reports, done = desk.reports, 0
    wanted = ReportQuery(site_id=site_id, first=period.first, last=period.last)
    months = wanted.model_copy(update={"first": month_back(period.last, _MONTHS_OF_REVENUE)})

    def step() -> None:
        nonlocal done
        tell(done, STEPS)
        done += 1

    step()
    summary = load_summary(desk, wanted, [])
    step()
    heat = reports.heat_map(wanted)
    step()
    revenue = reports.revenue(months)
    step()
    refusals = reports.refusals(wanted)
    step()
    plans = reports.plans(SiteQuery(site_id=site_id))
    step()
    retention = reports.retention(RetentionQuery(site_id=site_id, months=_MONTHS_OF_RETENTION))
    step()
    machines = load_machines(desk, wanted)
    step()
    doors = load_doors(desk, wanted)
    step()
    leaving = load_leaving(desk, site_id, None, limit=1).total
    return MonthFigures(period, summary, heat, revenue, refusals, plans, retention, machines, doors, leaving)
