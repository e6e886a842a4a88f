"""Upload: hands in what waits, and holds nothing up behind a bad event (promises 3 and 4).

An event waits ──▶ sent ──▶ settled (stored, duplicate, conflict or refused: its number is closed)
      ▲              │ later, or not named in the answer: waits again; three times: set aside
      │              │ no contact: waits again
      │              ╰ the cloud fails on the batch three times: half the batch, until the bad event stands alone;
      │                set aside as soon as any other event was settled, which shows that the cloud works
      ╰── set aside: tried alone once an hour
"""

import uuid
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from pydantic import ValidationError

from kiosk.store.folder import Store
from kiosk.store.outbox import Batch, Waiting
from kiosk.sync.rounds import Round
from shared import faults
from shared.client.errors import DeviceRevoked, NotRecognised, ServerFailed
from shared.contracts.devices import MAX_BATCH, EventRecord, EventUpload, UploadAnswer
from shared.domain.ids import EventId, StreamId
from shared.domain.time import TimeQuality
from shared.errors import FitError, Rejected, Unavailable

FAILURES_BEFORE_HALVING = 3
TRY_ASIDE_AGAIN = timedelta(hours=1)

Send = Callable[[EventUpload], UploadAnswer]
"""``DeviceCloud.upload``, or the salvage call of a revoked device."""


class Pusher:
    """One upload a step. Used by one thread; what it remembers may be lost at any time."""

    def __init__(self, store: Store, send: Send, *, limit: int = MAX_BATCH) -> None:
        self._store = store
        self._outbox = store.outbox
        self._send = send
        self._most = self._limit = limit
        self._failures = 0
        self._suspects: dict[EventId, Waiting] = {}
        self._postponed: Counter[EventId] = Counter()

    def step(self) -> Round:
        """Send the oldest events that wait, or tend what was set aside when none does."""
        try:
            batch = self._outbox.next_batch(self._limit, without=self._suspects)
            return self._tidy_up() if batch is None else self._push(batch)
        except Unavailable as error:  # the store's too: a full disk must not end the thread
            return Round(error=error)

    def _push(self, batch: Batch) -> Round:
        upload, unreadable = _upload_of(batch)
        if unreadable:
            self._outbox.set_aside(unreadable, at=self._now(), why="cannot be read")
            return Round(more=True)
        try:
            answer = self._send(upload)
        except (DeviceRevoked, NotRecognised) as error:
            return Round(error=error)
        except (ServerFailed, Rejected) as error:
            return self._blame(batch, error)
        faults.reach("push.sent")
        return self._settle(batch, answer)

    def _blame(self, batch: Batch, error: FitError) -> Round:
        """The cloud failed on this very batch: after some tries look for the event it cannot bear."""
        self._failures += 1
        if self._failures >= FAILURES_BEFORE_HALVING:
            self._failures = 0
            if len(batch.events) == 1:
                self._suspects[batch.events[0].id] = batch.events[0]
            self._limit = max(1, len(batch.events) // 2)
        return Round(error=error)

    def _settle(self, batch: Batch, answer: UploadAnswer) -> Round:
        """Note the answer, event by event. A new stream comes first: its need is told with this answer only."""
        if answer.open_new_stream and batch.stream_id == self._store.events.current_stream()[0]:
            self._store.events.open_stream(StreamId(uuid.uuid4()))
        settled = self._outbox.acknowledge(batch, answer.results, at=self._now())
        again = self._outbox.send_again(batch.stream_id, answer.missing) if answer.missing else 0
        for event_id in settled:
            self._postponed.pop(event_id, None)
        self._postpone([event for event in batch.events if event.id not in settled])
        if settled:
            self._set_suspects_aside()
            self._failures = 0
            self._limit = min(self._most, self._limit * 2)
        return Round(done=len(settled), more=bool(settled) and not again)

    def _postpone(self, events: list[Waiting]) -> None:
        """Events told to come later wait; those told so again and again must not fill the batch for ever."""
        self._postponed.update(event.id for event in events)
        stuck = [event for event in events if self._postponed[event.id] >= FAILURES_BEFORE_HALVING]
        if stuck:
            self._outbox.set_aside(stuck, at=self._now(), why="later")
            for event in stuck:
                del self._postponed[event.id]

    def _set_suspects_aside(self) -> None:
        if self._suspects:
            self._outbox.set_aside(self._suspects.values(), at=self._now(), why="the cloud fails on it")
            self._suspects.clear()

    def _tidy_up(self) -> Round:
        """Nothing waits. Suspects without a witness are no longer suspected; one event set aside gets another try."""
        self._suspects.clear()
        now = self._store.timekeeper.look().door
        batch = self._outbox.quarantined(tried_before=now.at - TRY_ASIDE_AGAIN)
        if batch is not None:
            return self._try_again(batch)
        if now.quality in (TimeQuality.SYNCED, TimeQuality.HELD):
            self._prune(now.at)
        return Round()

    def _prune(self, now: datetime) -> None:
        """Only as far as the cloud last confirmed the roster: since then it may have been restored unheard of."""
        head = self._store.roster.head
        if head is not None:
            self._outbox.prune(min(now, head.confirmed.at))

    def _try_again(self, batch: Batch) -> Round:
        upload, unreadable = _upload_of(batch)
        try:
            answer = None if unreadable else self._send(upload)
        except (DeviceRevoked, NotRecognised) as error:
            return Round(error=error)
        except (ServerFailed, Rejected):
            answer = None
        if answer is not None:
            faults.reach("push.sent")
            if self._outbox.acknowledge(batch, answer.results, at=self._now()):
                return Round(done=1, more=True)
        self._outbox.set_aside(batch.events, at=self._now(), why="tried again in vain")
        return Round()

    def _now(self) -> datetime:
        return self._store.timekeeper.look().door.at


def _upload_of(batch: Batch) -> tuple[EventUpload, list[Waiting]]:
    """The message, and the events whose text on this disk was damaged."""
    records, unreadable = [], []
    for event in batch.events:
        try:
            records.append(EventRecord.model_validate_json(event.body))
        except ValidationError:
            unreadable.append(event)
    return EventUpload(stream_id=batch.stream_id, events=records), unreadable
