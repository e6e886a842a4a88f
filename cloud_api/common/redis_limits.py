"""Requests counted in a Redis that all processes reach."""

import logging

from limits import RateLimitItemPerSecond
from limits.storage import RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from redis import ConnectionPool
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from cloud_api.common.rate_limits import WINDOW, Rule
from cloud_api.common.redis_cache import TIMEOUT_S, Circuit, split_cache_url
from shared.domain.time import Clock

log = logging.getLogger(__name__)


class RedisCounts:
    """Counts in a Redis that all processes reach (sliding windows). When it does not answer, nobody is refused by it.

    ``url`` as for the cache.
    """

    def __init__(self, url: str, *, clock: Clock, circuit: Circuit | None = None) -> None:
        address, prefix = split_cache_url(url)
        pool = ConnectionPool.from_url(
            address, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S, retry=Retry(NoBackoff(), 0)
        )
        storage = RedisStorage(address, connection_pool=pool, key_prefix=f"{prefix}limits")
        self._limiter = SlidingWindowCounterRateLimiter(storage)
        self._clock = clock
        self._circuit = circuit or Circuit()

    def take(self, rule: Rule, subject: str) -> float | None:
        if not self._circuit.may_try():
            return None
        item = RateLimitItemPerSecond(rule.amount, int(WINDOW.total_seconds()), namespace="fit")
        try:
            free = self._limiter.hit(item, rule.name, subject)
            stats = None if free else self._limiter.get_window_stats(item, rule.name, subject)
        except RedisError as error:
            if self._circuit.note(worked=False):
                log.warning("Redis does not count requests (%s): each process does for itself", type(error).__name__)
            return None
        self._circuit.note(worked=True)
        return None if stats is None else stats.reset_time - self._clock.now().timestamp()
