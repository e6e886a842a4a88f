"""Rate limits in process memory: so many tries in so long, per key."""

import threading
from collections import OrderedDict, deque
from datetime import timedelta

from starlette.requests import Request

from cloud_api.common.problems import TooManyTries
from shared.domain.time import Clock

_MAX_KEYS = 10_000


def sender_of(request: Request) -> str:
    """Who sends, as far as a limit is concerned: the address at the other end of the connection."""
    return "" if request.client is None else request.client.host


class RateLimit:
    """At most ``tries`` within ``window`` for a key. Measured on the boot clock, so that no clock change matters.

    Thread-safe. Each process counts for itself; the oldest keys are forgotten beyond 10,000.
    """

    def __init__(self, clock: Clock, *, tries: int, window: timedelta) -> None:
        self._clock = clock
        self._tries = tries
        self._window_ns = int(window.total_seconds() * 1e9)
        self._seen: OrderedDict[str, deque[int]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str) -> int:
        """Count one try, if there is one left; how many there are in the window now.

        Raises:
            TooManyTries: with the seconds until the next try counts.
        """
        with self._lock:
            times = self._recent(key)
            now = self._clock.boot_ns()
            if len(times) >= self._tries:
                wait_s = (times[0] + self._window_ns - now) // 10**9 + 1
                raise TooManyTries("Too many tries. Please wait a little.", retry_after_s=wait_s)
            times.append(now)
            while len(self._seen) > _MAX_KEYS:
                self._seen.popitem(last=False)
            return len(times)

    def take_back(self, key: str) -> None:
        """Count the newest try of a key no more."""
        with self._lock:
            if times := self._seen.get(key):
                times.pop()

    def forget(self, key: str) -> None:
        """Start over for a key, after a success."""
        with self._lock:
            self._seen.pop(key, None)

    def _recent(self, key: str) -> deque[int]:
        times = self._seen.setdefault(key, deque())
        self._seen.move_to_end(key)
        now = self._clock.boot_ns()
        while times and now - times[0] >= self._window_ns:
            times.popleft()
        return times
