"""From a report to lying bars: members by plan, refusals by reason, machines by faults, kiosks by contact."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from admin_desktop.charts.rows import RowBar, RowBars
from admin_desktop.reports.behind import Behind, Question, What
from admin_desktop.reports.figures import availability
from admin_desktop.reports.naming import reason_word
from admin_desktop.shell.words import Words
from shared.contracts.report_rows import (
    DoorRowsQuery,
    FaultRowsQuery,
    HolderRowsQuery,
    RefusalRowsQuery,
    VisitRowsQuery,
)
from shared.contracts.reports import DoorsReport, HeatMapReport, MachinesReport, PlansReport, RefusalsReport

_MOST = 8
_LOW = 0.99
"""A door that was heard for less of the time should be looked at."""


def plans(report: PlansReport, words: Words) -> RowBars:
    """Members by plan, most first."""
    entries = [
        _Entry(
            each.name or words("reports.plan.gone"),
            each.members,
            HolderRowsQuery(site_id=report.site_id, plan_id=each.plan_id),
        )
        for each in report.plans
    ]
    return _bars(What.HOLDERS, entries, words)


def refusals(report: RefusalsReport, words: Words) -> RowBars:
    """By reason, most first."""
    sums: dict[str, int] = defaultdict(int)
    for each in report.reasons:
        sums[each.reason] += each.refusals
    days = {"site_id": report.site_id, "first": report.first, "last": report.last}
    entries = [
        _Entry(reason_word(reason, words), count, RefusalRowsQuery.model_validate({**days, "reason": reason}))
        for reason, count in sums.items()
    ]
    return _bars(What.REFUSALS, entries, words)


def visits_by_site(report: HeatMapReport, names: Mapping[UUID, str], words: Words) -> RowBars:
    """Most first."""
    days = {"first": report.first, "last": report.last}
    entries = [
        _Entry(
            names.get(each.site_id, ""),
            each.visits,
            VisitRowsQuery.model_validate({**days, "site_id": each.site_id}),
        )
        for each in report.sites
    ]
    return _bars(What.VISITS, entries, words)


def machines(report: MachinesReport, names: Mapping[UUID, str], words: Words) -> RowBars:
    """By faults that were reported; a machine that is out of order should be looked at."""
    rows = []
    for each in sorted(report.machines, key=lambda each: (-each.reported, -each.days_out_of_order))[:_MOST]:
        name = names.get(each.machine_id) or words("reports.machine.gone")
        said = words(
            "reports.machine.said",
            reported=words.number(each.reported),
            open=words.number(each.open_faults),
            days=words.number(each.days_out_of_order),
        )
        question = FaultRowsQuery(
            site_id=report.site_id, first=report.first, last=report.last, machine_id=each.machine_id
        )
        rows.append(
            RowBar(
                name,
                each.reported,
                words.number(each.reported),
                Behind(What.FAULTS, name, (question,)),
                f"{name}: {said}",
                care=each.status == "out_of_order",
            )
        )
    return RowBars(tuple(rows))


def doors(report: DoorsReport, names: Mapping[UUID, str], words: Words) -> RowBars:
    """How much of the time each kiosk was heard."""
    expected: dict[UUID, int] = defaultdict(int)
    heard: dict[UUID, int] = defaultdict(int)
    for day in report.doors:
        expected[day.device_id] += day.expected_s
        heard[day.device_id] += day.heard_s
    rows = []
    for device_id in sorted(expected, key=lambda each: heard[each] / max(1, expected[each])):
        name = names.get(device_id) or words("reports.kiosk.gone")
        share = heard[device_id] / expected[device_id] if expected[device_id] else 0.0
        text = availability(heard[device_id], expected[device_id], words)
        question = DoorRowsQuery(site_id=report.site_id, first=report.first, last=report.last, device_id=device_id)
        behind = Behind(What.DOORS, name, (question,))
        rows.append(
            RowBar(name, share, text, behind, f"{name}: {text}", care=bool(expected[device_id]) and share < _LOW)
        )
    return RowBars(tuple(rows[:_MOST]), full=1.0)


@dataclass(frozen=True, slots=True)
class _Entry:
    label: str
    count: int
    question: Question


def _bars(what: What, entries: Iterable[_Entry], words: Words) -> RowBars:
    """Most first; those that have no room in one bar, so that none is lost."""
    ordered = sorted(entries, key=lambda entry: (-entry.count, entry.label))
    shown = ordered if len(ordered) <= _MOST else ordered[: _MOST - 1]
    rows = [_row(what, entry.label, [entry], words) for entry in shown]
    if others := ordered[len(shown) :]:
        rows.append(_row(what, words("reports.others"), others, words))
    return RowBars(tuple(rows))


def _row(what: What, label: str, entries: Sequence[_Entry], words: Words) -> RowBar:
    count = sum(entry.count for entry in entries)
    behind = Behind(what, label, tuple(entry.question for entry in entries))
    return RowBar(label, count, words.number(count), behind, f"{label}: {words.number(count)}")
