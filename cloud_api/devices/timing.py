"""When an event really happened, as far as can be told afterwards (hard case: time at the door). Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.contracts.devices import EventRecord
from shared.domain.time import TimeQuality

AHEAD = timedelta(minutes=2)
"""A door may be this far ahead of the server without a word."""

CLOCK_IN_FUTURE = "clock_in_future"
CLOCK_CORRECTED = "clock_corrected"
BOOT_CLOCK_BACK = "boot_clock_back"

_GOOD = frozenset({TimeQuality.SYNCED, TimeQuality.HELD})


def effective_times(events: Sequence[EventRecord], *, now: datetime) -> list[tuple[datetime, tuple[str, ...]]]:
    """The corrected time of each event (aware UTC), and what was noticed about its clocks.

    A door's time that rests on a server's is believed. A guessed or lost one is worked out from the boot clock when
    the batch holds a believed one of the same boot; else it stays as the door said. Nothing happens after it arrived:
    a time more than two minutes ahead becomes ``now``.
    """
    latest = now + AHEAD
    anchors = {event.boot_id: event for event in events if event.time_quality in _GOOD and event.door_at <= latest}
    newest: dict[str, tuple[int, int]] = {}
    return [_effective(event, anchors.get(event.boot_id), newest, latest, now) for event in events]


def _effective(
    event: EventRecord,
    anchor: EventRecord | None,
    newest: dict[str, tuple[int, int]],
    latest: datetime,
    now: datetime,
) -> tuple[datetime, tuple[str, ...]]:
    at = event.door_at
    flags: tuple[str, ...] = ()
    if event.time_quality not in _GOOD and anchor is not None:
        corrected = _by_boot_clock(event, anchor)
        at, flags = corrected or at, (CLOCK_CORRECTED,) if corrected else ()
    if at > latest:
        at, flags = now, (*flags, CLOCK_IN_FUTURE)
    number, boot_ms = newest.get(event.boot_id, (0, 0))
    if event.number > number:
        if event.boot_ms < boot_ms:
            flags = (*flags, BOOT_CLOCK_BACK)
        newest[event.boot_id] = event.number, event.boot_ms
    return at, flags


def _by_boot_clock(event: EventRecord, anchor: EventRecord) -> datetime | None:
    try:
        return anchor.door_at + timedelta(milliseconds=event.boot_ms - anchor.boot_ms)
    except OverflowError:
        return None
