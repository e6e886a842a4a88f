"""The messages of ``reports``: the numbers an owner reads. The rows behind them are in ``report_rows``.

Days, weeks (which begin on Monday) and months are the site's own; ``last`` is part of a period. Without a site it is
all sites together. A member's site is the home site; a visit's, a refusal's and a receipt's is where it was.
"""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from shared.contracts.base import Message
from shared.contracts.fields import Day

MAX_DAYS = 400
"""A year and the same month of the year before."""
MAX_MONTHS = 60


class ReportQuery(Message):
    """Site-local days, at most 400 of them; ``last`` is part of it. Without a site it is all sites together."""

    site_id: UUID | None = None
    first: Day
    last: Day

    @model_validator(mode="after")
    def _is_not_too_long(self) -> Self:
        if not 0 <= (self.last - self.first).days < MAX_DAYS:
            message = f"a report covers 1 to {MAX_DAYS} days"
            raise ValueError(message)
        return self


class SiteQuery(Message):
    """What is so today. Without a site it is all sites together."""

    site_id: UUID | None = None


class RetentionQuery(SiteQuery):
    """``months``: so many joining months, the current one the last."""

    months: Annotated[int, Field(ge=1, le=MAX_MONTHS)] = 13


class Amount(Message):
    """In minor units of its currency."""

    currency: str
    amount_minor: int


class PeriodFigures(Message):
    """A period in numbers: visits begun, refusals at the doors, members who joined and who left, money, doors.

    ``left``: those whose last day of access lies before a day of the period, up to today. ``revenue`` is what came in
    less what went back. Of ``expected_s`` seconds the kiosks were heard for ``heard_s``; contact was lost ``losses``
    times.
    """

    visits: int
    refusals: int
    joined: int
    left: int
    revenue: list[Amount]
    expected_s: int
    heard_s: int
    losses: int


class SummaryReport(Message):
    """A period, and the as many days right before it. ``active_members`` and what is overdue are as of ``today``.

    ``overdue``: a period's price of every renewing membership whose last paid day and days of grace are over.
    """

    site_id: UUID | None
    first: date
    last: date
    period: PeriodFigures
    before_first: date
    before_last: date
    before: PeriodFigures
    today: date
    active_members: int
    overdue_members: int
    overdue: list[Amount]


class VisitsInHour(Message):
    """``hour`` is 0 to 23 of the site's wall clock; the hour repeated when clocks go back counts as one."""

    on: date
    hour: int
    visits: int


class VisitsReport(Message):
    """Visits begun, by site-local day and hour; hours without a visit are left out. ``last`` is part of it."""

    site_id: UUID | None
    first: date
    last: date
    total: int
    hours: list[VisitsInHour]


class HeatCell(Message):
    """Visits begun on a weekday (0 is Monday) in an hour of the site's wall clock."""

    weekday: int
    hour: int
    visits: int


class VisitsAtSite(Message):
    site_id: UUID
    visits: int


class HeatMapReport(Message):
    """Visits by weekday and hour, without cells that have none, and by site.

    ``days`` are seven numbers: how many Mondays to Sundays of the period there have been up to today, for averages.
    """

    site_id: UUID | None
    first: date
    last: date
    total: int
    days: list[int]
    cells: list[HeatCell]
    sites: list[VisitsAtSite]


class RefusalsOfReason(Message):
    """``reason`` is the code on the wire (docs/wire/denial-reasons.md)."""

    on: date
    reason: str
    refusals: int


class RefusalsReport(Message):
    """Refusals at the doors, by site-local day and reason. ``last`` is part of it."""

    site_id: UUID | None
    first: date
    last: date
    total: int
    reasons: list[RefusalsOfReason]


class MembersOfDay(Message):
    on: date
    joined: int
    left: int


class MembersReport(Message):
    """Who joined and who left, by day; days without either are left out.

    A member joins when taken in, and leaves on the first day without access: the day after the last one that is paid
    and not cut off by an end, if nothing follows it. Who pays late after all has not left. Nobody leaves in the future.
    """

    site_id: UUID | None
    first: date
    last: date
    joined: int
    left: int
    days: list[MembersOfDay]


class MembersOnPlan(Message):
    """``name`` is None for a plan that was not told of yet."""

    plan_id: UUID
    name: str | None
    members: int


class PlansReport(Message):
    """Members with access on a day, by plan, most first. ``members`` counts each once, whatever plans one has."""

    site_id: UUID | None
    on: date
    members: int
    plans: list[MembersOnPlan]


class OverdueReport(Message):
    """Renewing memberships whose last paid day and days of grace are over on a day: ``overdue`` at the door."""

    site_id: UUID | None
    on: date
    members: int
    amounts: list[Amount]


class Cohort(Message):
    """Members who joined in the month that begins on ``joined_on``.

    ``visited[k]``: how many of them came at least once in the k-th calendar month after it (0 is that month itself),
    up to the current one.
    """

    joined_on: date
    members: int
    visited: list[int]


class RetentionReport(Message):
    """By joining month, oldest first. The current month, the last number of each cohort, is not over yet."""

    site_id: UUID | None
    on: date
    cohorts: list[Cohort]


class RevenueOfPlan(Message):
    """What came in for a plan in the month that begins on ``month_on``, less what went back; in minor units.

    A refund or correction that is not of the whole order is spread over its lines by their prices. ``name`` is what the
    plan is called now, None for one that was not told of yet.
    """

    month_on: date
    plan_id: UUID
    name: str | None
    currency: str
    amount_minor: int


class RevenueReport(Message):
    """By month and plan; a month that is only partly in the period counts with those days."""

    site_id: UUID | None
    first: date
    last: date
    totals: list[Amount]
    months: list[RevenueOfPlan]


class MachineFigures(Message):
    """A machine in a period: faults reported and resolved in it, and days out of order (each day counts whole).

    ``status`` (of ``docs/wire``: in_order, needs_attention, out_of_order, retired; or removed) and ``open_faults`` are
    as of now.
    """

    machine_id: UUID
    site_id: UUID
    status: str
    open_faults: int
    reported: int
    resolved: int
    days_out_of_order: int


class MachinesReport(Message):
    """Machines with a fault in the period, open now, or out of order in it; most days out of order first."""

    site_id: UUID | None
    first: date
    last: date
    reported: int
    resolved: int
    days_out_of_order: int
    machines: list[MachineFigures]


class DoorDay(Message):
    """A kiosk on a day: the seconds it should have been heard, those it was, and how often contact was lost."""

    device_id: UUID
    site_id: UUID
    on: date
    expected_s: int
    heard_s: int
    losses: int


class DoorsReport(Message):
    """How long the kiosks were in contact, by kiosk and day, from their heartbeats, in whole hours that are over.

    Nothing is expected before a kiosk was first heard, nor after it was revoked.
    """

    site_id: UUID | None
    first: date
    last: date
    expected_s: int
    heard_s: int
    losses: int
    doors: list[DoorDay]
