"""Reading through the cache: one loader per key, nothing older than the last change, the last value in an outage.

Each key has a *generation*: a random word in the cache that every change of the thing replaces, after its commit. An
entry carries the generation it was loaded under and counts only while that is the current one, so a slow reader who
began before a change cannot put an old value back. What a process could not say any more, because it died between
commit and change of generation or because Redis was away, is bounded by the short time that an entry is fresh.
"""

import json
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from pydantic import ValidationError

from cloud_api.common.cache import Cache
from cloud_api.common.conflict import Conflict
from shared.contracts.base import Message
from shared.domain.time import Clock
from shared.errors import Unavailable

FRESH = timedelta(seconds=5)
KEPT = timedelta(hours=1)
"""How long the last value may stand in when it cannot be loaded anew."""
_LOCKED = timedelta(seconds=2)
_WAIT_S, _WAITS = 0.025, 20
"""Another process that loads the same is waited for half a second; then everybody loads for himself."""

_Value = TypeVar("_Value", bound=Message)


@dataclass(frozen=True, slots=True)
class Reading(Generic[_Value]):
    """A value as it was at ``as_of`` (aware UTC). ``stale``: it could not be loaded anew, this is the last one."""

    value: _Value
    as_of: datetime
    stale: bool = False


@dataclass(frozen=True, slots=True)
class _Entry(Generic[_Value]):
    generation: str
    reading: Reading[_Value]


class ReadThrough(Generic[_Value]):
    """Values of one kind, under keys ``<name>:<key>``. Change ``name`` whenever the kind changes. Thread-safe."""

    def __init__(self, cache: Cache, *, clock: Clock, name: str, kind: type[_Value], fresh: timedelta = FRESH) -> None:
        self._cache = cache
        self._clock = clock
        self._name = name
        self._kind = kind
        self._fresh = fresh
        self._flights: dict[tuple[str, str], Future[Reading[_Value]]] = {}
        self._lock = threading.Lock()

    def read(self, key: str, load: Callable[[], _Value]) -> Reading[_Value]:
        """The value, from the cache while it is fresh and unchanged, else from ``load``.

        Raises:
            Conflict: loading was undone, and is to be done again.
            Unavailable: it could not be loaded, and no value of the last hour is known.
        """
        generation, entry = self._look(key)
        if entry is not None and self._is_good(entry, generation):
            return entry.reading
        try:
            return self._load_once(key, generation, load)
        except Conflict:
            raise
        except Unavailable:
            if entry is None:
                raise
            return Reading(entry.reading.value, entry.reading.as_of, stale=True)

    def changed(self, key: str) -> None:
        """Say, after the commit, that the thing has changed: what was loaded before counts no more."""
        self._cache.set(self._generation_key(key), secrets.token_hex(8).encode(), ttl=2 * KEPT)

    def _load_once(self, key: str, generation: str, load: Callable[[], _Value]) -> Reading[_Value]:
        """Load, or take what another thread is loading under the same generation."""
        with self._lock:
            flight = self._flights.get((key, generation))
            mine = flight is None
            if flight is None:
                flight = self._flights[key, generation] = Future()
        if not mine:
            return flight.result()
        try:
            flight.set_result(self._load(key, generation, load))
        except BaseException as error:  # noqa: BLE001  # whatever it is, those who wait must hear of it
            flight.set_exception(error)
        finally:
            with self._lock:
                del self._flights[key, generation]
        return flight.result()

    def _load(self, key: str, generation: str, load: Callable[[], _Value]) -> Reading[_Value]:
        lock = f"{self._name}:{key}:lock:{generation}"
        if not self._cache.add(lock, b"1", ttl=_LOCKED):
            entry = self._wait_for_another(key, generation)
            if entry is not None:
                return entry.reading
        try:
            reading = Reading(as_of=self._clock.now(), value=load())
            self._cache.set(f"{self._name}:{key}", _pack(generation, reading), ttl=KEPT)
        finally:
            self._cache.delete(lock)
        return reading

    def _wait_for_another(self, key: str, generation: str) -> _Entry[_Value] | None:
        pause = threading.Event()
        for _ in range(_WAITS):
            pause.wait(_WAIT_S)
            current, entry = self._look(key)
            if current != generation:
                return None
            if entry is not None and self._is_good(entry, generation):
                return entry
        return None

    def _look(self, key: str) -> tuple[str, _Entry[_Value] | None]:
        generation, packed = self._cache.get(self._generation_key(key), f"{self._name}:{key}")
        return (generation or b"").decode("ascii"), None if packed is None else self._unpack(packed)

    def _is_good(self, entry: _Entry[_Value], generation: str) -> bool:
        age = self._clock.now() - entry.reading.as_of
        return entry.generation == generation and abs(age) < self._fresh  # clocks of two machines may differ a little

    def _unpack(self, packed: bytes) -> _Entry[_Value] | None:
        try:
            generation, as_of, value = json.loads(packed)
            return _Entry(generation, Reading(self._kind.model_validate(value), datetime.fromisoformat(as_of)))
        except (ValueError, TypeError, ValidationError):  # of another version of this program
            return None

    def _generation_key(self, key: str) -> str:
        return f"{self._name}:{key}:generation"


def _pack(generation: str, reading: Reading[_Value]) -> bytes:
    return json.dumps([generation, reading.as_of.isoformat(), reading.value.model_dump(mode="json")]).encode()
