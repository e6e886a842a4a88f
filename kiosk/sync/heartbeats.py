"""Status and clock: says how the kiosk is, and learns whether its disk forgot something."""

import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from kiosk.store.folder import Store
from kiosk.store.timekeeper import Look
from kiosk.sync.rounds import Round
from shared.client.devices import DeviceCloud
from shared.contracts.devices import CameraState, DoorState, Heartbeat
from shared.domain.ids import StreamId
from shared.errors import Rejected, Unavailable

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Vitals:
    """What only the running program knows. ``decode_rate`` in frames a second; ``not_recorded`` is the door's count."""

    camera: CameraState
    decode_rate: float
    not_recorded: int
    door: DoorState = DoorState.NONE


class Heartbeats:
    """One heartbeat a step. Used by one thread."""

    def __init__(self, store: Store, cloud: DeviceCloud, vitals: Callable[[], Vitals], *, program_version: str) -> None:
        self._store = store
        self._cloud = cloud
        self._vitals = vitals
        self._version = program_version

    def step(self) -> Round:
        try:
            heartbeat = self._heartbeat()
            answer = self._cloud.heartbeat(heartbeat)
            self._look_for_lost_numbers(StreamId(heartbeat.stream_id), answer.last_number_seen)
        except (Unavailable, Rejected) as error:
            return Round(error=error)
        return Round(done=1)

    def _look_for_lost_numbers(self, stream_id: StreamId, last_seen: int) -> None:
        """Numbers the cloud has and this disk never gave: it was restored from an older state. Do not use them again."""
        current, last = self._store.events.current_stream()
        if current == stream_id and last_seen > last:
            self._store.events.open_stream(StreamId(uuid.uuid4()))

    def _heartbeat(self) -> Heartbeat:
        look = self._store.timekeeper.look()
        stream_id, last_number = self._store.events.current_stream()
        queue = self._store.outbox.state()
        head = self._store.roster.head
        vitals = self._vitals()
        return Heartbeat(
            program_version=self._version,
            stream_id=stream_id,
            last_number=last_number,
            queue=queue.unsent,
            oldest_unsent_at=queue.oldest_unsent_at,
            quarantined=queue.quarantined,
            roster_epoch=None if head is None else head.epoch,
            roster_version=None if head is None else head.version,
            roster_age_s=self._roster_age_s(look),
            clock_offset_ms=None if look.offset is None else round(look.offset.total_seconds() * 1000),
            time_quality=look.door.quality,
            camera=vitals.camera,
            decode_rate=vitals.decode_rate,
            disk_free_mib=self._disk_free_mib(),
            not_recorded=vitals.not_recorded,
            door=vitals.door,
        )

    def _roster_age_s(self, look: Look) -> int | None:
        age = self._store.roster.age(look)
        return None if age is None else int(age.total_seconds())

    def _disk_free_mib(self) -> int:
        return shutil.disk_usage(self._store.folder).free // _MIB
