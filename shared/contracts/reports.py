"""The messages of ``reports``: what an owner reads."""

from datetime import date
from uuid import UUID

from shared.contracts.base import Message


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


class RefusalsOfReason(Message):
    """``reason`` is the code on the wire (docs/wire/reasons.md)."""

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
