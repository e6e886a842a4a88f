"""What every cache does, in process and in Redis."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest

from cloud_api.common.cache import MemoryCache
from cloud_api.common.redis_cache import RedisCache
from tests.support.servers import shared
from tests.support.servers.base import wait_until

LONG = timedelta(minutes=1)

pytestmark = pytest.mark.network


def _redis():
    return RedisCache(f"{shared.redis().url}/0?prefix={uuid4().hex}", timeout_s=5)


@pytest.fixture(params=[MemoryCache, _redis], ids=["memory", "redis"])
def cache(request):
    cache = request.param()
    yield cache
    if isinstance(cache, RedisCache):
        cache.close()


def test_what_is_set_is_there_under_its_key(cache):
    cache.set("a", b"\x00\xff one", ttl=LONG)
    cache.set("b", b"", ttl=LONG)
    assert cache.get("b", "a", "c") == [b"", b"\x00\xff one", None]
    assert cache.get() == []


def test_the_newest_value_counts(cache):
    cache.set("a", b"one", ttl=LONG)
    cache.set("a", b"two", ttl=LONG)
    assert cache.get("a") == [b"two"]


def test_a_value_ends_with_its_time(cache):
    cache.set("a", b"one", ttl=timedelta(milliseconds=30))
    cache.set("b", b"two", ttl=LONG)
    wait_until(lambda: cache.get("a") == [None], "it never ended", deadline_s=30)
    assert cache.get("b") == [b"two"]


def test_a_value_set_again_has_a_new_time(cache):
    cache.set("a", b"one", ttl=timedelta(milliseconds=30))
    cache.set("a", b"one", ttl=LONG)
    cache.set("mark", b"", ttl=timedelta(milliseconds=60))
    wait_until(lambda: cache.get("mark") == [None], "it never ended", deadline_s=30)
    assert cache.get("a") == [b"one"]


def test_what_is_deleted_is_gone(cache):
    cache.set("a", b"one", ttl=LONG)
    cache.delete("a")
    cache.delete("never there")
    assert cache.get("a") == [None]


def test_one_alone_may_add(cache):
    won = []

    def add(name):
        if cache.add("lock", name, ttl=LONG):
            won.append(name)

    threads = [threading.Thread(target=add, args=(b"%d" % number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert cache.get("lock") == won
    cache.delete("lock")
    assert cache.add("lock", b"next", ttl=LONG)


def test_what_was_added_ends_with_its_time(cache):
    assert cache.add("lock", b"one", ttl=timedelta(milliseconds=30))
    wait_until(lambda: cache.add("lock", b"two", ttl=LONG), "it never ended", deadline_s=30)


def test_it_says_that_it_can_be_used(cache):
    words, usable = cache.describe()
    assert words
    assert usable
