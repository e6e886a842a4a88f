"""The port of the cache, and the cache that one process keeps for itself."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta
from typing import Protocol

MAX_ENTRIES = 10_000


class Cache(Protocol):
    """Bytes by key, for a while. Thread-safe.

    Anything may be lost at any time, so nothing is kept here only. A cache that is away answers as an empty one and
    never raises. Nothing that names a person is put into it: others may be able to read it.
    """

    def get(self, *keys: str) -> list[bytes | None]:
        """The values in the order of the keys; None for what is not there (any more)."""

    def set(self, key: str, value: bytes, *, ttl: timedelta) -> None:
        """Keep a value for at most ``ttl`` (a millisecond or more)."""

    def add(self, key: str, value: bytes, *, ttl: timedelta) -> bool:
        """Keep a value unless the key has one; says whether it did. True also when the cache is away."""

    def delete(self, key: str) -> None:
        """Forget a value, if there is one."""

    def describe(self) -> tuple[str, bool]:
        """What it is, in words for the operator, and whether it can be used now."""


class MemoryCache:
    """The cache of one process. Keeps ``max_entries``, then forgets what was not asked for longest.

    ``ticks`` is a monotonic clock in seconds.
    """

    def __init__(self, *, max_entries: int = MAX_ENTRIES, ticks: Callable[[], float] = time.monotonic) -> None:
        self._max_entries = max_entries
        self._ticks = ticks
        self._entries: OrderedDict[str, tuple[bytes, float]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, *keys: str) -> list[bytes | None]:
        with self._lock:
            return [self._find(key) for key in keys]

    def set(self, key: str, value: bytes, *, ttl: timedelta) -> None:
        with self._lock:
            self._put(key, value, ttl)

    def add(self, key: str, value: bytes, *, ttl: timedelta) -> bool:
        with self._lock:
            if self._find(key) is not None:
                return False
            self._put(key, value, ttl)
            return True

    def delete(self, key: str) -> None:
        with self._lock:
            self._entries.pop(key, None)

    def describe(self) -> tuple[str, bool]:
        return "each process for itself", True

    def __len__(self) -> int:
        return len(self._entries)

    def _find(self, key: str) -> bytes | None:
        value, ends_at = self._entries.get(key, (None, 0.0))
        if value is None or self._ticks() >= ends_at:
            self._entries.pop(key, None)
            return None
        self._entries.move_to_end(key)
        return value

    def _put(self, key: str, value: bytes, ttl: timedelta) -> None:
        self._entries[key] = (value, self._ticks() + ttl.total_seconds())
        self._entries.move_to_end(key)
        while len(self._entries) > self._max_entries:
            self._entries.popitem(last=False)
