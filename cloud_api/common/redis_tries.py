"""Tries at a secret counted in a Redis that all processes reach."""

import hashlib
import hmac
from datetime import timedelta

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from cloud_api.common.redis_cache import TIMEOUT_S, Circuit, split_cache_url

_WITHOUT = "Redis does not count tries: each process does for itself"
_TAKE = """
local time, window = redis.call('TIME'), tonumber(ARGV[2])
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[1]) then
  return redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2] + window - now
end
redis.call('ZADD', KEYS[1], now, ARGV[3])
redis.call('PEXPIRE', KEYS[1], window)
return 0
"""
"""A sorted set for each key: marks by the time of their try, in milliseconds of Redis' own clock. Runs as one."""


class RedisTries:
    """Counts exactly, in a window that slides. ``url`` as for the cache.

    Keys name people by their e-mail address and senders by theirs: Redis is told a keyed hash of them (``secret``).
    """

    def __init__(self, url: str, *, secret: bytes, circuit: Circuit | None = None) -> None:
        address, self._prefix = split_cache_url(url)
        self._secret = secret
        self._circuit = circuit or Circuit()
        self._client = Redis.from_url(
            address, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S, retry=Retry(NoBackoff(), 0)
        )
        self._take = self._client.register_script(_TAKE)

    def take(self, key: str, mark: str, *, tries: int, window: timedelta) -> float | None:
        arguments: list[int | str] = [tries, window // timedelta(milliseconds=1), mark]
        return self._circuit.ask(lambda: self._wait_s(key, arguments), otherwise=None, without=_WITHOUT)

    def take_back(self, key: str, mark: str) -> None:
        self._circuit.ask(lambda: self._client.zrem(self._name(key), mark), otherwise=0, without=_WITHOUT)

    def forget(self, key: str) -> None:
        self._circuit.ask(lambda: self._client.delete(self._name(key)), otherwise=0, without=_WITHOUT)

    def _wait_s(self, key: str, arguments: list[int | str]) -> float | None:
        return int(self._take(keys=[self._name(key)], args=arguments)) / 1000

    def _name(self, key: str) -> str:
        return f"{self._prefix}tries:{hmac.digest(self._secret, key.encode(), hashlib.sha256).hex()}"
