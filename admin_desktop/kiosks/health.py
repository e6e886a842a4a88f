"""How a kiosk is, from its last heartbeat and what the cloud has of it: seven lights, and the one thing to say. Qt-free."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.contracts.devices import CameraState, Heartbeat
from shared.contracts.gym import SiteView
from shared.contracts.kiosks import DeviceInfo
from shared.domain.device import DeviceStatus
from shared.domain.site import DoorPolicy, Strictness
from shared.domain.time import TimeQuality

SILENT_AFTER = timedelta(seconds=150)
"""A kiosk says how it is once a minute; two in a row may be lost."""
WAITING_LONG = timedelta(minutes=5)
CLOCK_OFF = timedelta(minutes=1)
SLOW_READS = 5.0
"""Pictures a second."""
DISK_LOW_MIB, DISK_FULL_MIB = 2048, 256


@dataclass(frozen=True, slots=True)
class Health:
    """A kiosk at an instant. ``now`` is when the cloud last answered, so that nothing looks old for its silence."""

    info: DeviceInfo
    site: SiteView | None
    now: datetime

    @property
    def heartbeat(self) -> Heartbeat | None:
        return self.info.heartbeat

    @property
    def policy(self) -> DoorPolicy:
        return DoorPolicy() if self.site is None else self.site.policy.to_domain()

    @property
    def silent_for(self) -> timedelta | None:
        """Since the last heartbeat; None when there was none since it was paired."""
        at = self.info.heartbeat_at
        if at is None or (self.info.enrolled_at is not None and at < self.info.enrolled_at):
            return None
        return max(timedelta(0), self.now - at)

    @property
    def is_silent(self) -> bool:
        return self.silent_for is None or self.silent_for > SILENT_AFTER

    @property
    def list_age(self) -> timedelta | None:
        """How old the roster on it is by now; None before its first."""
        beat, silent_for = self.heartbeat, self.silent_for
        if beat is None or beat.roster_age_s is None or silent_for is None:
            return None
        return timedelta(seconds=beat.roster_age_s) + silent_for

    @property
    def good_until(self) -> datetime | None:
        """When a kiosk that stays without contact stops letting people in; None when its site lets it go on."""
        age = self.list_age
        if age is None or self.policy.roster_too_old is not Strictness.HARD:
            return None
        return self.now - age + self.policy.roster_hard_after

    @property
    def is_outdated(self) -> bool:
        return self.good_until is not None and self.good_until <= self.now

    @property
    def waits_for(self) -> timedelta:
        """How long the oldest unsent entry has waited."""
        oldest = None if self.heartbeat is None else self.heartbeat.oldest_unsent_at
        return timedelta(0) if oldest is None else max(timedelta(0), self.now - oldest)

    @property
    def clock_off(self) -> timedelta:
        """How far its own clock is ahead of the server's; below zero: behind."""
        offset = None if self.heartbeat is None else self.heartbeat.clock_offset_ms
        return timedelta(milliseconds=-(offset or 0))

    @property
    def is_restored(self) -> bool:
        """Whether it says a lower last number than the cloud has of the same stream."""
        beat = self.heartbeat
        return beat is not None and any(
            each.id == beat.stream_id and each.last_number > beat.last_number for each in self.info.streams
        )

    def missing(self) -> list[tuple[int, int]]:
        """Ranges of numbers that never arrived, without those that still wait on the kiosk: its newest."""
        found: list[tuple[int, int]] = []
        for stream in self.info.streams:
            beat = self.heartbeat
            waiting = beat.queue if beat is not None and beat.stream_id == stream.id else 0
            newest = stream.last_number - waiting
            found += [(first, min(last, newest)) for first, last in stream.missing if first <= newest]
        return found

    def knows_rules(self) -> bool:
        """Whether it has said that it has the hours, limits and policies that its site has now."""
        beat, place = self.heartbeat, self.info.roster
        if beat is None or place is None or beat.roster_version is None:
            return False
        return beat.roster_epoch == place.epoch and beat.roster_version >= place.rules_version


Check = Callable[[Health, Heartbeat], bool]
_CHECKS: Mapping[str, Check] = {
    "outdated": lambda health, _: health.is_silent and health.is_outdated,
    "silent": lambda health, _: health.is_silent and health.good_until is not None,
    "silent_for_long": lambda health, _: health.is_silent,
    "unrecorded": lambda _, beat: beat.not_recorded > 0,
    "disk_full": lambda _, beat: beat.disk_free_mib < DISK_FULL_MIB,
    "camera_lost": lambda _, beat: beat.camera is CameraState.LOST,
    "camera_none": lambda _, beat: beat.camera is CameraState.NONE,
    "time_lost": lambda _, beat: beat.time_quality is TimeQuality.LOST,
    "restored": lambda health, _: health.is_restored,
    "missing": lambda health, _: bool(health.missing()),
    "waiting": lambda health, _: health.waits_for > WAITING_LONG,
    "quarantined": lambda _, beat: beat.quarantined > 0,
    "list_old": lambda health, _: (health.list_age or timedelta(0)) > health.policy.roster_soft_after,
    "time_guessed": lambda _, beat: beat.time_quality is TimeQuality.GUESSED,
    "slow": lambda _, beat: beat.decode_rate < SLOW_READS,
    "disk_low": lambda _, beat: beat.disk_free_mib < DISK_LOW_MIB,
    "clock_off": lambda health, _: abs(health.clock_off) > CLOCK_OFF,
}
"""What can be wrong, the worst first."""

BAD = frozenset({"outdated", "unrecorded", "disk_full", "camera_lost", "camera_none", "unheard"})
"""Where the door does not do its work."""


def find_trouble(health: Health) -> str | None:
    """The worst that is wrong with a kiosk, by name; None when it is well."""
    if health.info.status is DeviceStatus.REVOKED:
        return "locked"
    if health.info.status is DeviceStatus.AWAITING:
        return "awaiting"
    beat = health.heartbeat
    if beat is None or health.silent_for is None:
        return "unheard"
    return next((name for name, is_wrong in _CHECKS.items() if is_wrong(health, beat)), None)
