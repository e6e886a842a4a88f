"""A period in numbers, and the one before it."""

from sqlmodel import Session

from cloud_api.reports import doors, members, plans, refusals, takings, visits
from cloud_api.reports.days import DAY, Period, today_at
from shared.contracts.reports import PeriodFigures, ReportQuery, SiteQuery, SummaryReport


def report(session: Session, wanted: ReportQuery) -> SummaryReport:
    period = Period(wanted.site_id, wanted.first, wanted.last)
    before = Period(wanted.site_id, wanted.first - DAY - (wanted.last - wanted.first), wanted.first - DAY)
    here, today = SiteQuery(site_id=wanted.site_id), today_at(session, wanted.site_id)
    late = plans.overdue(session, here)
    return SummaryReport(
        site_id=wanted.site_id,
        first=wanted.first,
        last=wanted.last,
        period=_figures(session, period),
        before_first=before.first,
        before_last=before.last,
        before=_figures(session, before),
        today=today,
        active_members=plans.count_active(session, here, today),
        overdue_members=late.members,
        overdue=late.amounts,
    )


def _figures(session: Session, period: Period) -> PeriodFigures:
    moved = members.report(session, period)
    expected_s, heard_s, losses = doors.totals(session, period)
    return PeriodFigures(
        visits=visits.total(session, period),
        refusals=refusals.total(session, period),
        joined=moved.joined,
        left=moved.left,
        revenue=takings.totals(session, period),
        expected_s=expected_s,
        heard_s=heard_s,
        losses=losses,
    )
