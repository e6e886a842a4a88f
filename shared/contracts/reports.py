"""The messages of ``reports``: what an owner reads."""

from datetime import date
from typing import Self
from uuid import UUID

from pydantic import model_validator

from shared.contracts.base import Message
from shared.contracts.fields import Day

MAX_DAYS = 400
"""A year and the same month of the year before."""


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
