"""The bounds of the cache in process, the circuit before Redis, and Redis' URL."""

from datetime import timedelta

import pytest

from cloud_api.common.cache import MemoryCache
from cloud_api.common.redis_cache import Circuit, split_cache_url
from shared.errors import InvalidInput

LONG = timedelta(minutes=1)


class Ticks:
    def __init__(self):
        self.s = 100.0

    def __call__(self):
        return self.s


def test_the_cache_in_process_forgets_what_was_not_asked_for_longest():
    cache = MemoryCache(max_entries=3)
    for key in "abc":
        cache.set(key, key.encode(), ttl=LONG)
    cache.get("a")
    cache.set("d", b"d", ttl=LONG)
    assert cache.get("a", "b", "c", "d") == [b"a", None, b"c", b"d"]
    assert len(cache) == 3


def test_the_cache_in_process_lets_go_of_what_ended():
    ticks = Ticks()
    cache = MemoryCache(ticks=ticks)
    cache.set("a", b"a", ttl=timedelta(seconds=5))
    ticks.s += 4.99
    assert cache.get("a") == [b"a"]
    ticks.s += 0.01
    assert cache.get("a") == [None]
    assert len(cache) == 0


def test_one_caller_a_second_tries_whether_redis_is_back():
    ticks = Ticks()
    circuit = Circuit(pause_s=1, ticks=ticks)
    assert [circuit.may_try() for _ in range(3)] == [True] * 3
    assert circuit.note(worked=False)
    assert [circuit.may_try() for _ in range(3)] == [False] * 3
    ticks.s += 1
    assert [circuit.may_try() for _ in range(3)] == [True, False, False]
    assert not circuit.note(worked=False)
    ticks.s += 1
    assert circuit.may_try()
    assert circuit.note(worked=True)
    assert [circuit.may_try() for _ in range(3)] == [True] * 3


@pytest.mark.parametrize(
    ("url", "address", "prefix"),
    [
        ("redis://cache:6379/2?prefix=harbour", "redis://cache:6379/2", "harbour:"),
        ("rediss://:secret@cache:6380/0", "rediss://:secret@cache:6380/0", "fit:"),
    ],
)
def test_the_prefix_is_ours_and_the_rest_is_redis(url, address, prefix):
    assert split_cache_url(url) == (address, prefix)


@pytest.mark.parametrize("url", ["http://cache", "redis:///0", "cache:6379", "redis://[x/0", "redis://cache:port/0"])
def test_anything_else_is_refused_in_plain_words(url):
    with pytest.raises(InvalidInput, match="FIT_CACHE_URL"):
        split_cache_url(url)
