"""Days that a report covers. Qt-free."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

HEAT_DAYS = 28
"""Fewer days make no pattern of a week."""


class Span(Enum):
    """So many days, today the last."""

    TODAY = 1
    WEEK = 7
    MONTH = 30
    YEAR = 365


@dataclass(frozen=True, slots=True)
class Period:
    """``last`` is part of it."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def period_of(span: Span, today: date) -> Period:
    return Period(today - timedelta(days=span.value - 1), today)


def heat_period_of(span: Span, today: date) -> Period:
    """Long enough for averages of weekdays."""
    return Period(today - timedelta(days=max(span.value, HEAT_DAYS) - 1), today)


def months_of(span: Span, today: date) -> Period:
    """Whole months, the current one the last: a year's, or half of one."""
    return Period(month_back(today, 11 if span is Span.YEAR else 5), today)


def month_of(day: date) -> Period:
    """The whole month of a day."""
    return Period(day.replace(day=1), month_back(day, -1) - timedelta(days=1))


def month_back(day: date, months: int) -> date:
    """The first day of the month so many months before that of ``day``."""
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def months_in(period: Period) -> list[date]:
    """The first days of the months that it touches, oldest first."""
    last = period.last
    count = (last.year - period.first.year) * 12 + last.month - period.first.month
    return [month_back(last, back) for back in range(count, -1, -1)]
