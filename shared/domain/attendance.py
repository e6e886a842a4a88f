"""Attendance: what happened at a door, as facts that never change."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from shared.domain.device import Direction
from shared.domain.ids import EventId, MemberId, SiteId


class EventKind(Enum):
    """What an attendance event tells.

    ``VOID`` takes back the check-in it names (someone did not pass the door); ``CLOCK_JUMP`` records a wall clock that
    was turned; ``MANUAL`` is a check-in by staff.
    """

    SCAN = "scan"
    MANUAL = "manual"
    VOID = "void"
    CLOCK_JUMP = "clock_jump"


class Outcome(Enum):
    """What the door said to a scan."""

    GRANTED = "granted"
    DENIED = "denied"
    NOT_RECORDED = "not_recorded"


@dataclass(frozen=True, slots=True)
class CheckIn:
    """A granted scan or a manual check-in, as visits are derived from them.

    ``at`` is the effective time (aware UTC): the door's time, or the server's correction of it.
    """

    event_id: EventId
    member_id: MemberId
    site_id: SiteId
    at: datetime
    direction: Direction = Direction.ENTRY
