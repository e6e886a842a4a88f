"""One gym: its hours, its limits and the policies of its door."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from shared.domain.ids import SiteId
from shared.domain.passes import PassKind
from shared.domain.plan import MINUTES_A_DAY, Window, minute_of_day, openings_on
from shared.domain.time import local_day


class Strictness(Enum):
    """What a rule does when it is broken: nothing, let in and tell, or refuse."""

    OFF = "off"
    SOFT = "soft"
    HARD = "hard"


class DoorWhenNotRecorded(Enum):
    """What the door does when a full disk kept the kiosk from writing an entry down."""

    STAY_SHUT = "stay_shut"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class DoorPolicy:
    """The rules an owner can set, with their defaults."""

    grace_days: int = 7
    ends_soon_days: int = 7
    dwell: timedelta = timedelta(hours=2)
    """Entries this close after the start of a visit belong to it."""
    reopen_window: timedelta = timedelta(seconds=30)
    """A fresh code this soon after a grant opens again; a card shown again meanwhile is told "you are in"."""
    roster_soft_after: timedelta = timedelta(hours=24)
    roster_hard_after: timedelta = timedelta(hours=72)
    roster_too_old: Strictness = Strictness.HARD
    """After ``roster_hard_after``, and for live codes when the time is lost: OFF and SOFT let in and flag it."""
    anti_passback: Strictness = Strictness.OFF
    documents: Strictness = Strictness.SOFT
    accepted_kinds: frozenset[PassKind] = frozenset(PassKind)
    linear_symbologies: frozenset[str] = frozenset()
    """Barcode kinds the scanner looks for, by zxing's names: Code128, Code39, EAN13, EAN8, ITF, Codabar."""
    when_not_recorded: DoorWhenNotRecorded = DoorWhenNotRecorded.STAY_SHUT
    neutral_refusals: bool = False
    show_names: bool = True


@dataclass(frozen=True, slots=True)
class Site:
    """A gym. ``gym_number`` and ``number`` (1 to 65535) stand for business and site in vouchers; None in ``hours`` means always open.

    ``exceptions`` replace a day's hours, holidays and one-off closings alike: an empty tuple means closed that day. The
    weekday of their windows is not looked at.
    """

    id: SiteId
    gym_number: int
    number: int
    name: str
    zone: ZoneInfo
    hours: tuple[Window, ...] | None = None
    exceptions: Mapping[date, tuple[Window, ...]] = field(default_factory=dict)
    capacity: int | None = None
    policy: DoorPolicy = field(default_factory=DoorPolicy)


def _windows_for(site: Site, day: date) -> tuple[Window, ...]:
    """The windows that begin on ``day``; the whole of it when the site never closes."""
    exception = site.exceptions.get(day)
    if exception is not None:
        return exception
    if site.hours is None:
        return (Window(day.weekday(), 0, MINUTES_A_DAY),)
    return tuple(window for window in site.hours if window.weekday == day.weekday())


def is_open(site: Site, at: datetime) -> bool:
    """Whether the site is open at an instant. Hours that pass midnight belong to the day they began on."""
    local = at.astimezone(site.zone)
    today, minute = local.date(), minute_of_day(local)
    if any(window.opens <= minute < window.closes for window in _windows_for(site, today)):
        return True
    yesterday = today - timedelta(days=1)
    return any(minute < window.closes - MINUTES_A_DAY for window in _windows_for(site, yesterday))


def opens_next(site: Site, at: datetime) -> datetime | None:
    """When a closed site opens again (aware UTC), looking 30 days ahead; None when it does not."""
    today = local_day(at, site.zone)
    for day in (today + timedelta(days=ahead) for ahead in range(31)):
        starts = (start for window in _windows_for(site, day) for start in openings_on(window, day, site.zone))
        opening = min((start for start in starts if start > at), default=None)
        if opening is not None:
            return opening
    return None
