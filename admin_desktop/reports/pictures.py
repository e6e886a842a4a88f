"""From a report to the picture that shows it, with the rows behind each of its spots."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from uuid import UUID

from admin_desktop.charts.heat import Cohort, CohortTriangle, HeatCell, HeatMap
from admin_desktop.reports.behind import Behind, What
from admin_desktop.reports.naming import month_name, short_month, short_weekday
from admin_desktop.reports.periods import month_back
from admin_desktop.shell.words import Words
from shared.contracts.report_rows import (
    RetentionRowsQuery,
    VisitRowsQuery,
)
from shared.contracts.reports import Cohort as Joined
from shared.contracts.reports import (
    HeatMapReport,
    RetentionReport,
)

_WEEKDAYS = 7
_MONDAY = date(2024, 1, 1)
"""Any Monday: for the names of days."""
_FIRST_HOUR, _LAST_HOUR = 6, 22
"""Shown in any case, so that quiet gyms have a day, too."""


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
