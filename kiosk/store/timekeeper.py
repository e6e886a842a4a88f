"""The door's time: what the clocks say, what the servers said, what was stored (decision 0005)."""

import json
import threading
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from kiosk.store.database import StoreFailed
from kiosk.store.instants import from_us, to_us
from kiosk.store.meta import NEWEST_AT, SAMPLE, Meta
from shared.domain.time import Clock, DoorTime, ServerSample, TimeQuality, door_time

LONGEST_ROUND_TRIP = timedelta(seconds=10)
"""An answer that took longer says too little about the time."""
JUMP = timedelta(seconds=2)
"""The wall clock was turned when it and the boot clock part by more."""
_COMPARED_FOR = timedelta(hours=1)
_STORED_EVERY = timedelta(minutes=1)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Look:
    """One look at all clocks. ``offset`` is server minus wall clock when last measured."""

    door: DoorTime
    wall_at: datetime
    boot_ns: int
    boot_id: str
    offset: timedelta | None


class Timekeeper:
    """Keeps the best server sample of the last hour and the newest time ever stored. Any thread.

    The best is the one with the shortest round trip. Samples that contradict each other mean that the server's clock
    was set: then only the new one counts.
    """

    def __init__(self, clock: Clock, meta: Meta) -> None:
        self._clock = clock
        self._meta = meta
        self._lock = threading.Lock()
        self._recent: deque[ServerSample] = deque(maxlen=240)
        self._sample = _read_sample(meta.find(SAMPLE))
        newest = meta.find(NEWEST_AT)
        self._newest = None if newest is None else from_us(newest)
        self._lost_from: tuple[datetime, int] | None = None
        self._stored_ns: int | None = None
        self._parted: timedelta | None = None

    def look(self) -> Look:
        """What time it is at the door, and what every clock says."""
        with self._lock:
            wall, boot_ns, boot_id = self._clock.now(), self._clock.boot_ns(), self._clock.boot_id()
            sample = self._sample
            at = door_time(wall=wall, boot_ns=boot_ns, boot_id=boot_id, sample=sample, newest_stored_at=self._newest)
            return Look(
                self._crept(at, boot_ns), wall, boot_ns, boot_id, None if sample is None else sample.wall_offset
            )

    def keep(self, at: DoorTime) -> None:
        """Remember a time that was just stored with an event. The store's commit applies the same rule."""
        with self._lock:
            if at.quality in (TimeQuality.SYNCED, TimeQuality.HELD) or self._newest is None:
                self._newest = at.at
            else:
                self._newest = max(self._newest, at.at)

    def take(self, server_at: datetime, round_trip: timedelta) -> None:
        """Learn from an answer that arrived just now and carried the server's time."""
        if not timedelta(0) <= round_trip <= LONGEST_ROUND_TRIP:
            return
        wall, boot_ns, boot_id = self._clock.now(), self._clock.boot_ns(), self._clock.boot_id()
        arrived_at = server_at + round_trip / 2
        new = ServerSample(arrived_at, boot_ns, boot_id, arrived_at - wall, round_trip)
        with self._lock:
            self._sample = best = replace(self._best_with(new), wall_offset=new.wall_offset)
            self._newest = arrived_at
            due = self._stored_ns is None or boot_ns - self._stored_ns >= _STORED_EVERY / _MICROSECOND * 1000
            if due:
                self._stored_ns = boot_ns
        if due:
            with suppress(StoreFailed):  # a full disk: the sample still counts until the next start
                self._meta.set({SAMPLE: _write_sample(best), NEWEST_AT: to_us(arrived_at)})

    def jump(self) -> timedelta | None:
        """How far the wall clock was turned since the last call, when it was."""
        with self._lock:
            parted = self._clock.now() - from_us(self._clock.boot_ns() // 1000)
            before, self._parted = self._parted, parted
        return parted - before if before is not None and abs(parted - before) > JUMP else None

    def _best_with(self, new: ServerSample) -> ServerSample:
        agreeing = [
            old
            for old in self._recent
            if old.boot_id == new.boot_id and _elapsed(old, new) <= _COMPARED_FOR and _agree(old, new)
        ]
        self._recent = deque([*agreeing, new], maxlen=self._recent.maxlen)
        return min(self._recent, key=lambda sample: sample.round_trip)

    def _crept(self, at: DoorTime, boot_ns: int) -> DoorTime:
        """Lost time still passes: it starts at the newest stored time and goes on by the boot clock.

        If it stood still, everything would have happened just now for ever.
        """
        if not at.is_lost:
            self._lost_from = None
            return at
        if self._lost_from is None:
            self._lost_from = (at.at, boot_ns)
        start, since_ns = self._lost_from
        return replace(at, at=max(at.at, start + _microseconds(boot_ns - since_ns)))


def _elapsed(old: ServerSample, new: ServerSample) -> timedelta:
    return _microseconds(new.boot_ns - old.boot_ns)


def _agree(old: ServerSample, new: ServerSample) -> bool:
    """Whether both tell one time, within what their round trips leave open and the boot clock may drift."""
    apart = abs(new.server_at - old.server_at - _elapsed(old, new))
    return apart <= (old.round_trip + new.round_trip) / 2 + JUMP


def _microseconds(nanoseconds: int) -> timedelta:
    return timedelta(microseconds=nanoseconds // 1000)


def _write_sample(sample: ServerSample) -> str:
    return json.dumps(
        {
            "server_at": to_us(sample.server_at),
            "boot_ns": sample.boot_ns,
            "boot_id": sample.boot_id,
            "wall_offset": sample.wall_offset // _MICROSECOND,
            "round_trip": sample.round_trip // _MICROSECOND,
        }
    )


def _read_sample(text: str | None) -> ServerSample | None:
    if text is None:
        return None
    facts = json.loads(text)
    return ServerSample(
        from_us(facts["server_at"]),
        facts["boot_ns"],
        facts["boot_id"],
        facts["wall_offset"] * _MICROSECOND,
        facts["round_trip"] * _MICROSECOND,
    )
