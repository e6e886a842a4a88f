"""From a report to the picture that shows it, with the rows behind each of its spots."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from admin_desktop.charts.heat import Cohort, CohortTriangle, HeatCell, HeatMap
from admin_desktop.charts.rows import RowBar, RowBars
from admin_desktop.reports.behind import Behind, Question, What
from admin_desktop.reports.figures import availability
from admin_desktop.reports.periods import month_back
from admin_desktop.shell.words import Words
from shared.contracts.report_rows import (
    DoorRowsQuery,
    FaultRowsQuery,
    HolderRowsQuery,
    RefusalRowsQuery,
    RetentionRowsQuery,
    VisitRowsQuery,
)
from shared.contracts.reports import Cohort as Joined
from shared.contracts.reports import (
    DoorsReport,
    HeatMapReport,
    MachinesReport,
    PlansReport,
    RefusalsReport,
    RetentionReport,
)
from shared.desktop.calendars import CALENDARS

_WEEKDAYS = 7
_MONDAY = date(2024, 1, 1)
"""Any Monday: for the names of days."""
_FIRST_HOUR, _LAST_HOUR = 6, 22
"""Shown in any case, so that quiet gyms have a day, too."""
_MOST = 8
_LOW = 0.99
"""A door that was heard for less of the time should be looked at."""


def heat_map(report: HeatMapReport, words: Words) -> HeatMap:
    """Averages of a weekday's hour."""
    visits = {(cell.weekday, cell.hour): cell.visits for cell in report.cells}
    hours = _hours(visits)
    rows = tuple(
        tuple(_heat_cell(report, visits, weekday, hour, words) for hour in hours) for weekday in range(_WEEKDAYS)
    )
    names = tuple(short_weekday(weekday, words) for weekday in range(_WEEKDAYS))
    columns = tuple(f"{hour:02}" if hour % 2 == 0 else "" for hour in hours)
    return HeatMap(names, columns, rows, words("reports.heat.fewer"), words("reports.heat.more"))


def busiest(report: HeatMapReport, words: Words) -> str:
    """The hour with most visits on average, in a sentence; empty without any."""
    cells = [(cell.visits / max(1, report.days[cell.weekday]), cell) for cell in report.cells]
    if not cells:
        return ""
    average, cell = max(cells, key=lambda pair: pair[0])
    return words("reports.heat.busiest", **_hour_words(cell.weekday, cell.hour), n=_average(average, words))


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


def retention(report: RetentionReport, words: Words) -> CohortTriangle:
    """Shares of those who joined in a month that came in later months; of months that are over."""
    cohorts = [cohort for cohort in report.cohorts if cohort.members and len(cohort.visited) > 1]
    longest = max((len(cohort.visited) - 1 for cohort in cohorts), default=0)
    return CohortTriangle(
        tuple(
            Cohort(
                short_month(cohort.joined_on, words),
                words.number(cohort.members),
                tuple(_cohort_cell(report.site_id, cohort, place, words) for place in range(len(cohort.visited) - 1)),
            )
            for cohort in cohorts
        ),
        tuple(str(place) for place in range(longest)),
        words("reports.retention.joined"),
        words("reports.retention.size"),
    )


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


def short_day(day: date, words: Words) -> str:
    """Where there is little room, such as ``19 Nov``."""
    return words("reports.short_day", day=str(day.day), month=month_name(day, words)[:3])


def reason_word(reason: str, words: Words) -> str:
    """As the door's room says it; a reason that is newer than this desk as it is."""
    key = f"door.reason.{reason}"
    return words(key) if words.knows(key) else reason


def short_weekday(weekday: int, words: Words) -> str:
    return CALENDARS[words.language].weekdays[weekday][:3].capitalize()


def short_month(month: date, words: Words) -> str:
    return month_name(month, words)[:3].capitalize()


def month_name(month: date, words: Words) -> str:
    """The month's name alone."""
    return CALENDARS[words.language].months[month.month - 1]


def _hours(visits: Iterable[tuple[int, int]]) -> range:
    hours = [hour for _, hour in visits]
    return range(min([_FIRST_HOUR, *hours]), max([_LAST_HOUR, *hours]) + 1)


def _heat_cell(
    report: HeatMapReport, visits: Mapping[tuple[int, int], int], weekday: int, hour: int, words: Words
) -> HeatCell:
    average = visits.get((weekday, hour), 0) / max(1, report.days[weekday])
    said = words("reports.heat.said", **_hour_words(weekday, hour), n=_average(average, words))
    question = VisitRowsQuery(site_id=report.site_id, first=report.first, last=report.last, weekday=weekday, hour=hour)
    title = words("reports.heat.title", **_hour_words(weekday, hour))
    return HeatCell(average, words.number(round(average)), Behind(What.VISITS, title, (question,)), said)


def _hour_words(weekday: int, hour: int) -> dict[str, date | str]:
    return {"day": _MONDAY + timedelta(days=weekday), "first": f"{hour:02}", "end": f"{(hour + 1) % 24:02}"}


def _average(value: float, words: Words) -> str:
    return words.number(value, digits=0 if value >= 10 or value == int(value) else 1)  # noqa: PLR2004  # one digit tells


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


def _cohort_cell(site_id: UUID | None, cohort: Joined, place: int, words: Words) -> HeatCell:
    visited, month = cohort.visited[place], month_back(cohort.joined_on, -place)
    said = words(
        "reports.retention.said",
        joined=month_name(cohort.joined_on, words),
        month=month_name(month, words),
        n=words.number(visited),
        whole=words.number(cohort.members),
    )
    share = visited / cohort.members
    question = RetentionRowsQuery(site_id=site_id, joined_on=cohort.joined_on, month_on=month)
    return HeatCell(share, words.number(round(share * 100)), Behind(What.RETENTION, said, (question,)), said)
