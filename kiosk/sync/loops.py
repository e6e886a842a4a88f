"""The two loops, a turn at a time, and the threads that run them. A turn returns how many seconds to wait."""

import logging
import threading
import time
from collections.abc import Callable

from kiosk.store.contact import Contact
from kiosk.store.reserve import Reserve
from kiosk.sync.backoff import Backoff
from kiosk.sync.heartbeats import Heartbeats
from kiosk.sync.pull import LONGEST_WAIT, Puller
from kiosk.sync.push import Pusher
from kiosk.sync.rounds import Round
from kiosk.sync.wipe import Wipe
from shared.client.errors import ServerFailed

_log = logging.getLogger(__name__)

PUSH_EVERY_S = 2.0
"""An event waits this long at most before it is sent, unless 500 wait already."""
ROSTER_FIRST_S = 5.0
"""After an outage the upload lets the roster go first, but for no longer."""
HEARTBEAT_EVERY_S = 60.0
RESERVE_EVERY_S = 60.0
_PULL_AGAIN_AT_MOST_S = 30.0
_BAD_BATCH_AT_MOST_S = 5.0
_STOPPING_S = 3.0


class PushLoop:
    """Uploads; and when the gym takes the kiosk back, carries that out instead."""

    def __init__(self, pusher: Pusher, wipe: Wipe, contact: Contact, backoff: Backoff) -> None:
        self._pusher = pusher
        self._wipe = wipe
        self._contact = contact
        self._backoff = backoff

    def turn(self) -> float:
        if self._wipe.is_ordered:
            return self._after(self._wipe.step())
        if not self._contact.is_there:
            self._contact.wait(ROSTER_FIRST_S)
        done = self._pusher.step()
        if done.wipe is not None and self._wipe.accept(done.wipe):
            return 0.0
        return self._after(done)

    def _after(self, done: Round) -> float:
        if done.error is not None:
            most = _BAD_BATCH_AT_MOST_S if isinstance(done.error, ServerFailed) else None
            return self._backoff.after(done.error, most_s=most)
        self._backoff.reset()
        return 0.0 if done.more else PUSH_EVERY_S


class PullLoop:
    """Status and clock, then roster, then a long poll for the next change; at the latest every 30 s it asks anew."""

    def __init__(
        self,
        puller: Puller,
        heartbeats: Heartbeats,
        wipe: Wipe,
        backoff: Backoff,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._puller = puller
        self._heartbeats = heartbeats
        self._wipe = wipe
        self._backoff = backoff
        self._monotonic = monotonic
        self._next_heartbeat = monotonic()
        self._expects_change = self._took_snapshot = False

    def beat_soon(self) -> None:
        """Say with the next turn how the kiosk is: something about it has changed. Any thread."""
        self._next_heartbeat = self._monotonic()

    def turn(self) -> float:
        if self._wipe.is_ordered:
            return HEARTBEAT_EVERY_S
        if self._monotonic() >= self._next_heartbeat:
            self._beat()
        done = self._puller.step()
        if self._is_ordered_by(done):
            return HEARTBEAT_EVERY_S
        if done.error is not None:
            self._next_heartbeat = self._monotonic()  # status and clock come first when contact is back
            return self._backoff.after(done.error)
        return self._after_poll(done)

    def _after_poll(self, done: Round) -> float:
        """A second snapshot running, or a change that was announced and is not there: something is wrong, go slowly."""
        strange = (done.snapshot and self._took_snapshot) or (self._expects_change and not done.done)
        self._took_snapshot, self._expects_change = done.snapshot, False
        if strange:
            return self._backoff.after(None)
        return 0.0 if done.more else self._listen()

    def _listen(self) -> float:
        started = self._monotonic()
        heard = self._puller.listen()
        if self._is_ordered_by(heard):
            return HEARTBEAT_EVERY_S
        if heard.error is not None:
            return min(_PULL_AGAIN_AT_MOST_S, self._backoff.after(heard.error))
        self._expects_change = heard.more
        if heard.more or heard.done:
            return 0.0
        self._backoff.reset()  # the roster is at the cloud's head, both sides say so
        return max(0.0, LONGEST_WAIT.total_seconds() - (self._monotonic() - started))

    def _beat(self) -> None:
        self._next_heartbeat = self._monotonic() + HEARTBEAT_EVERY_S
        self._is_ordered_by(self._heartbeats.step())

    def _is_ordered_by(self, done: Round) -> bool:
        return done.wipe is not None and self._wipe.accept(done.wipe)


def keep_reserve(reserve: Reserve) -> Callable[[], float]:
    """Turns of a thread that writes the reserve at the start and again after it was needed: 64 MiB take their time."""

    def turn() -> float:
        reserve.ensure()
        return RESERVE_EVERY_S

    return turn


class SyncThreads:
    """Runs turns in daemon threads until stopped, or until ``is_over`` says so (the wipe is done)."""

    def __init__(self, turns: dict[str, Callable[[], float]], *, is_over: Callable[[], bool] = lambda: False) -> None:
        self._stopped = threading.Event()
        self._is_over = is_over
        self._threads = [
            threading.Thread(target=self._run, args=(turn,), name=name, daemon=True) for name, turn in turns.items()
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> bool:
        """Ask them to end; True when they did within a few seconds. One that waits at the server ends with the process."""
        self._stopped.set()
        for thread in self._threads:
            thread.join(_STOPPING_S)
        return not any(thread.is_alive() for thread in self._threads)

    def _run(self, turn: Callable[[], float]) -> None:
        backoff = Backoff()
        while not self._stopped.is_set() and not self._is_over():
            try:
                wait_s = turn()
            except Exception:  # noqa: BLE001  # the main loop of a worker: log and carry on
                _log.exception("syncing failed in a way nobody thought of")
                wait_s = backoff.after(None)
            else:
                backoff.reset()
            self._stopped.wait(wait_s)
