"""Time: who may be asked, what an interval is, and what a door may believe (decision 0005)."""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Protocol
from zoneinfo import ZoneInfo

HELD_AFTER = timedelta(hours=24)
"""A server time older than this is still used, but called `held`."""


class Clock(Protocol):
    """The only source of time in the product."""

    def now(self) -> datetime:
        """The machine's wall clock as an aware UTC instant. It may be wrong, and may jump."""

    def boot_ns(self) -> int:
        """Nanoseconds since boot, counting sleep (CLOCK_BOOTTIME). Never goes back within one boot."""

    def boot_id(self) -> str:
        """An id that changes with every boot; boot times are comparable only under the same id."""


@dataclass(frozen=True, slots=True)
class DayInterval:
    """Whole site-local days, ``[first, end)``: the end is not part of it."""

    first: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.first:
            message = f"an interval must end after it begins: {self.first} to {self.end}"
            raise ValueError(message)

    def __contains__(self, day: date) -> bool:
        return self.first <= day < self.end

    @property
    def days(self) -> int:
        return (self.end - self.first).days


def add_months(day: date, months: int, *, anchor_day: int | None = None) -> date:
    """The same day of a later month, or that month's last day where it is shorter.

    ``anchor_day`` (1 to 31) is the day to come back to after a short month: 31 January, 28 February, 31 March.
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    wanted = anchor_day or day.day
    return date(year, month + 1, min(wanted, calendar.monthrange(year, month + 1)[1]))


def local_day(at: datetime, zone: ZoneInfo) -> date:
    """The site-local calendar day of an instant."""
    return at.astimezone(zone).date()


class TimeQuality(Enum):
    """How far the door's time can be trusted, best first (hard case: time at the door)."""

    SYNCED = "synced"  # a server's time, at most 24 h old, plus boot time since
    HELD = "held"  # the same, older
    GUESSED = "guessed"  # rebooted without a server: wall clock plus the last offset, not before anything stored
    LOST = "lost"  # not even that: the newest stored time, going on by the boot clock


@dataclass(frozen=True, slots=True)
class DoorTime:
    """An instant (aware UTC) with the quality of what it rests on."""

    at: datetime
    quality: TimeQuality

    @property
    def is_lost(self) -> bool:
        return self.quality is TimeQuality.LOST


@dataclass(frozen=True, slots=True)
class ServerSample:
    """One answer of a server: its time, and the boot clock when it arrived. ``wall_offset`` is server minus wall clock."""

    server_at: datetime
    boot_ns: int
    boot_id: str
    wall_offset: timedelta
    round_trip: timedelta


def door_time(
    *, wall: datetime, boot_ns: int, boot_id: str, sample: ServerSample | None, newest_stored_at: datetime | None
) -> DoorTime:
    """Say what time it is at the door.

    Under the boot of the last server answer the wall clock is not looked at, so turning it changes nothing. After a
    reboot the wall clock plus the last known offset counts only if it is not before the newest time ever stored.
    A kiosk that has never heard a server has no offset and nothing stored: its wall clock is a guess. A lost time is
    where it stood at first; whoever keeps it lets it go on by the boot clock.
    """
    if sample is not None and sample.boot_id == boot_id:
        since = timedelta(microseconds=(boot_ns - sample.boot_ns) // 1000)
        quality = TimeQuality.SYNCED if since <= HELD_AFTER else TimeQuality.HELD
        return DoorTime(sample.server_at + since, quality)
    guess = wall + (sample.wall_offset if sample is not None else timedelta(0))
    if newest_stored_at is not None and guess < newest_stored_at:
        return DoorTime(newest_stored_at, TimeQuality.LOST)
    return DoorTime(guess, TimeQuality.GUESSED)
