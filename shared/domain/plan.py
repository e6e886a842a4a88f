"""What is sold: a period (months or days), a pack of visits, or both, with the hours and sites it is good for."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from shared.domain.ids import PlanId, SiteId
from shared.domain.money import Money
from shared.domain.time import add_months, local_day

MINUTES_A_DAY = 24 * 60
SUNDAY = 6


@dataclass(frozen=True, slots=True)
class Window:
    """Minutes of a weekday, site-local wall time, ``[opens, closes)``.

    ``weekday`` 0 is Monday. ``closes`` may pass midnight (up to 2880): a bar that closes at 02:00 on Sunday says
    Saturday, 1260 to 1560. On the night the clocks go back a repeated hour counts both times; a skipped one never comes.
    """

    weekday: int
    opens: int
    closes: int

    def __post_init__(self) -> None:
        whole = 0 <= self.weekday <= SUNDAY and 0 <= self.opens < MINUTES_A_DAY
        if not (whole and self.opens < self.closes <= 2 * MINUTES_A_DAY):
            message = f"not a window of a weekday: {self.weekday}, {self.opens} to {self.closes}"
            raise ValueError(message)


def minute_of_day(local: datetime) -> int:
    """The minute of a wall clock, 0 to 1439."""
    return local.hour * 60 + local.minute


def in_windows(windows: Collection[Window], at: datetime, zone: ZoneInfo) -> bool:
    """Whether an instant lies in one of the weekly windows, by the wall clock of ``zone``."""
    local = at.astimezone(zone)
    today, minute = local.weekday(), minute_of_day(local)
    yesterday = (today - 1) % 7
    return any(
        (window.weekday == today and window.opens <= minute < window.closes)
        or (window.weekday == yesterday and minute < window.closes - MINUTES_A_DAY)
        for window in windows
    )


def openings_on(window: Window, day: date, zone: ZoneInfo) -> list[datetime]:
    """The instants (aware UTC) at which a window begins on a day, whatever its weekday says.

    On the nights the clocks change: a start in the repeated hour comes twice, one in the skipped hour as much later as
    the clocks jump, and a window that lies inside the skipped hour never.
    """
    wall = datetime(day.year, day.month, day.day, window.opens // 60, window.opens % 60, tzinfo=zone)
    instants = {wall.replace(fold=fold).astimezone(UTC) for fold in range(2)}
    return [at for at in instants if window.opens <= minute_of_day(at.astimezone(zone)) < window.closes]


def next_opening(windows: Collection[Window], at: datetime, zone: ZoneInfo) -> datetime | None:
    """The first start of a window after ``at`` within a week, as an aware UTC instant; None when there is none."""
    today = local_day(at, zone)
    starts = (
        start
        for day in (today + timedelta(days=ahead) for ahead in range(8))
        for window in windows
        if window.weekday == day.weekday()
        for start in openings_on(window, day, zone)
    )
    return min((start for start in starts if start > at), default=None)


@dataclass(frozen=True, slots=True)
class Period:
    """How long one payment lasts: ``months`` by the calendar, or ``days``. Exactly one of them is set."""

    months: int = 0
    days: int = 0

    def __post_init__(self) -> None:
        if min(self.months, self.days) < 0 or (self.months > 0) == (self.days > 0):
            message = "a period has either months or days"
            raise ValueError(message)

    def last_day(self, first: date, *, anchor_day: int | None = None) -> date:
        """The last paid day of a period that begins on ``first``; it counts."""
        if self.months:
            return add_months(first, self.months, anchor_day=anchor_day) - timedelta(days=1)
        return first + timedelta(days=self.days - 1)


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan. None in ``site_ids`` means every site, in ``windows`` any hour, in ``visits`` no counting."""

    id: PlanId
    name: str
    period: Period
    price: Money
    visits: int | None = None
    windows: tuple[Window, ...] | None = None
    site_ids: frozenset[SiteId] | None = None
    renews: bool = False
    """A renewing plan is billed again; unpaid it becomes overdue. Any other simply ends."""
