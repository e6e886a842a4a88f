"""The cache that all processes share, in Redis. When Redis is away it is an empty cache, not an error."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit, urlunsplit

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from shared.errors import InvalidInput

log = logging.getLogger(__name__)
_Answer = TypeVar("_Answer")

TIMEOUT_S = 0.25
PAUSE_S = 1.0
"""Redis away costs one time-out of one request in so many seconds."""


class Circuit:
    """Lets calls through until one fails; from then on one caller every ``pause_s`` seconds tries for all. Thread-safe."""

    def __init__(self, *, pause_s: float = PAUSE_S, ticks: Callable[[], float] = time.monotonic) -> None:
        self._pause_s = pause_s
        self._ticks = ticks
        self._broken = False
        self._next_try_at = 0.0
        self._lock = threading.Lock()

    def may_try(self) -> bool:
        with self._lock:
            if not self._broken:
                return True
            if self._ticks() < self._next_try_at:
                return False
            self._next_try_at = self._ticks() + self._pause_s
            return True

    def note(self, *, worked: bool) -> bool:
        """Remember how a call went; says whether that is news."""
        with self._lock:
            was_broken, self._broken = self._broken, not worked
            if not worked:
                self._next_try_at = self._ticks() + self._pause_s
            return was_broken == worked

    def ask(self, call: Callable[[], _Answer], *, otherwise: _Answer, without: str) -> _Answer:
        """What ``call`` answers; ``otherwise`` while Redis does not, ``without`` which the log then says we are."""
        if not self.may_try():
            return otherwise
        try:
            answer = call()
        except RedisError as error:
            if self.note(worked=False):
                log.warning("%s (%s)", without, type(error).__name__)
            return otherwise
        if self.note(worked=True):
            log.info("Redis is back")
        return answer


class RedisCache:
    """Keys in one Redis, all with a prefix. ``url`` is ``redis://…`` or ``rediss://…`` (TLS), with ``?prefix=``.

    Raises:
        InvalidInput: not such a URL.
    """

    def __init__(self, url: str, *, timeout_s: float = TIMEOUT_S, circuit: Circuit | None = None) -> None:
        address, self._prefix = split_cache_url(url)
        self._where = urlsplit(address).hostname or ""
        self._circuit = circuit or Circuit()
        try:
            self._client = Redis.from_url(
                address, socket_timeout=timeout_s, socket_connect_timeout=timeout_s, retry=Retry(NoBackoff(), 0)
            )
        except ValueError as error:
            raise InvalidInput(f"FIT_CACHE_URL: {error}", field="FIT_CACHE_URL") from error

    def get(self, *keys: str) -> list[bytes | None]:
        names = [self._prefix + key for key in keys]
        nothing: list[bytes | None] = [None] * len(keys)
        return self._ask(lambda: self._values(names), otherwise=nothing) if keys else nothing

    def set(self, key: str, value: bytes, *, ttl: timedelta) -> None:
        self._ask(lambda: self._client.set(self._prefix + key, value, px=ttl), otherwise=None)

    def add(self, key: str, value: bytes, *, ttl: timedelta) -> bool:
        return self._ask(lambda: bool(self._client.set(self._prefix + key, value, px=ttl, nx=True)), otherwise=True)

    def delete(self, key: str) -> None:
        self._ask(lambda: self._client.delete(self._prefix + key), otherwise=None)

    def describe(self) -> tuple[str, bool]:
        answers = self._ask(lambda: bool(self._client.ping()), otherwise=False)
        return f"Redis at {self._where} {'answers' if answers else 'does not answer'}", answers

    def close(self) -> None:
        self._client.close()

    def _values(self, names: list[str]) -> list[bytes | None]:
        return [value.encode() if isinstance(value, str) else value for value in self._client.mget(names)]

    def _ask(self, call: Callable[[], _Answer], *, otherwise: _Answer) -> _Answer:
        return self._circuit.ask(call, otherwise=otherwise, without="Redis is away, the database answers alone")


def split_cache_url(url: str) -> tuple[str, str]:
    """The address without our ``prefix``, and the prefix with its colon (``fit:`` when none is given).

    Raises:
        InvalidInput: not a URL of a Redis.
    """
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("redis", "rediss") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # of the port, and of an IPv6 address
        good = False
    if not good:
        raise InvalidInput("FIT_CACHE_URL must be redis://host:port/0 or rediss://host:port/0.", field="FIT_CACHE_URL")
    prefix = parse_qs(parts.query).get("prefix", ["fit"])[0]
    return urlunsplit(parts._replace(query="")), f"{prefix}:"
