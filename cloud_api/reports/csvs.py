"""Reports as CSV (RFC 4180), for a spreadsheet: a table each, in the order of the report."""

import csv
import io
from collections.abc import Iterable, Sequence

from shared.contracts.base import Message
from shared.contracts.report_rows import AtRiskMember
from shared.contracts.reports import (
    DoorsReport,
    HeatMapReport,
    MachinesReport,
    MembersReport,
    OverdueReport,
    PeriodFigures,
    PlansReport,
    RefusalsReport,
    RetentionReport,
    RevenueReport,
    SummaryReport,
    VisitsReport,
)
from shared.domain.spreadsheets import as_text

MEDIA_TYPE = "text/csv"


def visits_csv(report: VisitsReport) -> str:
    return _table(("on", "hour", "visits"), report.hours)


def heat_map_csv(report: HeatMapReport) -> str:
    return _table(("weekday", "hour", "visits"), report.cells)


def refusals_csv(report: RefusalsReport) -> str:
    return _table(("on", "reason", "refusals"), report.reasons)


def members_csv(report: MembersReport) -> str:
    return _table(("on", "joined", "left"), report.days)


def plans_csv(report: PlansReport) -> str:
    return _table(("plan_id", "name", "members"), report.plans)


def overdue_csv(report: OverdueReport) -> str:
    return _table(("currency", "amount_minor"), report.amounts)


def retention_csv(report: RetentionReport) -> str:
    """A line a joining month and month after it."""
    cells = [
        (cohort.joined_on, cohort.members, month, visited)
        for cohort in report.cohorts
        for month, visited in enumerate(cohort.visited)
    ]
    return _write(("joined_on", "members", "month", "visited"), cells)


def revenue_csv(report: RevenueReport) -> str:
    return _table(("month_on", "plan_id", "name", "currency", "amount_minor"), report.months)


def machines_csv(report: MachinesReport) -> str:
    head = ("machine_id", "site_id", "status", "open_faults", "reported", "resolved", "days_out_of_order")
    return _table(head, report.machines)


def doors_csv(report: DoorsReport) -> str:
    return _table(("device_id", "site_id", "on", "expected_s", "heard_s", "losses"), report.doors)


def at_risk_csv(people: Iterable[AtRiskMember]) -> str:
    head = ("member_id", "site_id", "recent", "before", "last_visit_on", "plan_id", "paid_through_on")
    cells = [
        (
            *_cells(head, person),
            *(("", "") if person.contact is None else (person.contact.how.value, person.contact.outcome.value)),
        )
        for person in people
    ]
    return _write((*head, "contacted", "outcome"), cells)


def summary_csv(report: SummaryReport) -> str:
    """A line a number: in the period, and in the one before. What is as of today has no number before."""
    lines: list[tuple[object, ...]] = [
        (name, getattr(report.period, name), getattr(report.before, name))
        for name in PeriodFigures.model_fields
        if name != "revenue"
    ]
    before = {amount.currency: amount.amount_minor for amount in report.before.revenue}
    now = {amount.currency: amount.amount_minor for amount in report.period.revenue}
    lines += [(f"revenue_{name}", now.get(name, 0), before.get(name, 0)) for name in sorted({*now, *before})]
    lines += [("active_members", report.active_members, ""), ("overdue_members", report.overdue_members, "")]
    lines += [(f"overdue_{amount.currency}", amount.amount_minor, "") for amount in report.overdue]
    return _write(("number", "period", "before"), lines)


def _table(head: Sequence[str], items: Iterable[Message]) -> str:
    return _write(head, (_cells(head, item) for item in items))


def _cells(head: Sequence[str], item: Message) -> list[object]:
    return [getattr(item, name) for name in head]


def _write(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(head)
    writer.writerows([as_text(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return file.getvalue()
