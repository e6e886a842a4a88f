"""A cloud that does what a test tells it: a real roster and event store in memory, with failures by script."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from shared.client.errors import SnapshotRequired
from shared.contracts.devices import (
    EventResult,
    EventStatus,
    EventUpload,
    FeedAnswer,
    Heartbeat,
    HeartbeatAnswer,
    Hint,
    SalvageUpload,
    Snapshot,
    UploadAnswer,
)
from shared.contracts.roster import RosterRow
from tests.support.small_gym import SmallGym


@dataclass
class ScriptedCloud:
    """A :class:`shared.client.devices.DeviceCloud`.

    ``before`` and ``after`` are queues of errors (or None) by call name, raised before the call has its effect (the
    request was lost) and after it (the answer was lost). ``status_of`` says what to answer for an event. ``calls`` are
    the names of all calls in order.
    """

    gym: SmallGym
    before: dict[str, deque[Exception | None]] = field(default_factory=dict)
    after: dict[str, deque[Exception | None]] = field(default_factory=dict)
    status_of: Callable[[UUID], EventStatus | Exception | None] = lambda _event_id: None
    events: dict[UUID, tuple[UUID, int, str]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    uploads: list[EventUpload] = field(default_factory=list)
    salvaged: list[SalvageUpload] = field(default_factory=list)
    heartbeats: list[Heartbeat] = field(default_factory=list)
    oldest_version: int = 0
    last_number_seen: int | None = None

    def fail(self, call: str, *errors: Exception | None, after: bool = False) -> None:
        """Let the next calls of a name fail; None lets one pass."""
        (self.after if after else self.before).setdefault(call, deque()).extend(errors)

    def snapshot(self) -> Snapshot:
        self._enter("snapshot")
        answer = self.gym.snapshot()
        self._leave("snapshot")
        return answer

    def feed(self, epoch: UUID, version: int, limit: int) -> FeedAnswer:
        self._enter("feed")
        gym = self.gym
        if epoch != gym.epoch or version > gym.version or version < self.oldest_version:
            raise SnapshotRequired("take a snapshot", code="snapshot_required")
        rows = sorted((row for row in gym.rows.values() if row.version > version), key=_version)[:limit]
        reached = rows[-1].version if len(rows) == limit else gym.version
        self._leave("feed")
        return FeedAnswer(
            epoch=gym.epoch,
            version=reached,
            head_version=gym.version,
            checksum=gym.checksum,
            rows=rows,
            more=reached < gym.version,
        )

    def hint(self, epoch: UUID, version: int, wait_s: int) -> Hint:
        self._enter("hint")
        self._leave("hint")
        return Hint(epoch=self.gym.epoch, version=self.gym.version)

    def upload(self, upload: EventUpload) -> UploadAnswer:
        self._enter("upload")
        self.uploads.append(upload)
        answer = self._store(upload)
        self._leave("upload")
        return answer

    def heartbeat(self, heartbeat: Heartbeat) -> HeartbeatAnswer:
        self._enter("heartbeat")
        self.heartbeats.append(heartbeat)
        seen = heartbeat.last_number if self.last_number_seen is None else self.last_number_seen
        self._leave("heartbeat")
        return HeartbeatAnswer(have_up_to=seen, last_number_seen=seen)

    def salvage(self, upload: SalvageUpload) -> UploadAnswer:
        self._enter("salvage")
        self.salvaged.append(upload)
        answer = self._store(EventUpload.model_validate_json(upload.payload))
        self._leave("salvage")
        return answer

    def restore(self, known: dict[UUID, tuple[UUID, int, str]]) -> None:
        """Go back to an older state of the event store, as a restored backup does, with a new epoch."""
        self.events = dict(known)
        self.gym.epoch = UUID(int=self.gym.epoch.int ^ 1)

    def numbers(self, stream_id: UUID) -> set[int]:
        return {number for stream, number, _ in self.events.values() if stream == stream_id}

    def _store(self, upload: EventUpload) -> UploadAnswer:
        reused = False
        results = []
        for event in upload.events:
            status = self.status_of(event.id)
            if isinstance(status, Exception):
                raise status
            body = event.model_dump_json()
            if status in (EventStatus.LATER, EventStatus.REFUSED):
                results.append(EventResult(id=event.id, number=event.number, status=status, flags=[]))
                continue
            if event.id in self.events:
                status = EventStatus.DUPLICATE if self.events[event.id][2] == body else EventStatus.CONFLICT
            else:
                reused |= event.number in self.numbers(upload.stream_id)
                self.events[event.id] = (upload.stream_id, event.number, body)
                status = EventStatus.STORED
            results.append(EventResult(id=event.id, number=event.number, status=status, flags=[]))
        return self._answer(upload.stream_id, results, reused=reused)

    def _answer(self, stream_id: UUID, results: list[EventResult], *, reused: bool) -> UploadAnswer:
        numbers = self.numbers(stream_id)
        high = max(numbers, default=0)
        gaps = [number for number in range(1, high) if number not in numbers]
        return UploadAnswer(
            results=results,
            have_up_to=gaps[0] - 1 if gaps else high,
            missing=[(number, number) for number in gaps[:100]],
            open_new_stream=reused,
        )

    def _enter(self, call: str) -> None:
        self.calls.append(call)
        _raise_next(self.before, call)

    def _leave(self, call: str) -> None:
        _raise_next(self.after, call)


def _version(row: RosterRow) -> int:
    return row.version


def _raise_next(script: dict[str, deque[Exception | None]], call: str) -> None:
    queue = script.get(call)
    error = queue.popleft() if queue else None
    if error is not None:
        raise error
