"""Reading through the cache: who loads, when a change shows, and what is said when nothing can be loaded."""

import threading
from datetime import timedelta

import pytest

from cloud_api.common.cache import MemoryCache
from cloud_api.common.conflict import Conflict
from cloud_api.common.readthrough import FRESH, KEPT, ReadThrough
from shared.contracts.base import Message
from shared.errors import Unavailable
from tests.support.servers.base import wait_until


class Number(Message):
    number: int


class Source:
    """Counts how often it was asked; may be held up, or be away."""

    def __init__(self):
        self.number = 1
        self.loads = 0
        self.away = False
        self.go = threading.Event()
        self.go.set()
        self.began = threading.Event()

    def __call__(self):
        self.loads += 1
        number = self.number
        self.began.set()
        assert self.go.wait(30)
        if self.away:
            raise Unavailable("The database cannot be used right now.")
        return Number(number=number)


@pytest.fixture
def source():
    return Source()


@pytest.fixture
def cache():
    return MemoryCache()


@pytest.fixture
def reader(cache, clock):
    return ReadThrough(cache, clock=clock, name="numbers", kind=Number)


def test_a_fresh_value_is_loaded_once(reader, source, clock):
    first = reader.read("a", source)
    clock.advance(FRESH - timedelta(milliseconds=1))
    assert reader.read("a", source) == first
    assert (first.value.number, first.stale, source.loads) == (1, False, 1)
    clock.advance(timedelta(milliseconds=1))
    assert reader.read("a", source).as_of == clock.at
    assert source.loads == 2


def test_each_key_is_its_own(reader, source):
    reader.read("a", source)
    source.number = 2
    assert reader.read("b", source).value.number == 2
    reader.changed("b")
    assert reader.read("a", source).value.number == 1


def test_a_change_shows_at_once(reader, source):
    reader.read("a", source)
    source.number = 2
    reader.changed("a")
    assert reader.read("a", source).value.number == 2


def test_a_reader_who_began_before_a_change_does_not_put_the_old_value_back(reader, source):
    source.go.clear()
    slow = threading.Thread(target=reader.read, args=("a", source))
    slow.start()
    assert source.began.wait(30)
    source.number = 2
    reader.changed("a")
    source.go.set()
    slow.join(30)
    assert reader.read("a", source).value.number == 2


def test_who_asks_after_a_change_does_not_wait_for_a_reader_from_before(reader, source):
    source.go.clear()
    slow = threading.Thread(target=reader.read, args=("a", source))
    slow.start()
    assert source.began.wait(30)
    reader.changed("a")
    assert reader.read("a", lambda: Number(number=2)).value.number == 2
    source.go.set()
    slow.join(30)


def test_fifty_threads_at_a_cold_key_load_once(reader, source):
    source.go.clear()
    found = []
    threads = [threading.Thread(target=lambda: found.append(reader.read("a", source))) for _ in range(50)]
    for thread in threads:
        thread.start()
    wait_until(source.began.is_set, "nobody loads", deadline_s=30)
    source.go.set()
    for thread in threads:
        thread.join(30)
    assert (len(found), source.loads) == (50, 1)


def test_another_process_that_loads_is_waited_for(cache, clock, source, reader):
    elsewhere = ReadThrough(cache, clock=clock, name="numbers", kind=Number)
    source.go.clear()
    slow = threading.Thread(target=elsewhere.read, args=("a", source))
    slow.start()
    assert source.began.wait(30)
    found = []
    mine = threading.Thread(target=lambda: found.append(reader.read("a", source)))
    mine.start()
    source.go.set()
    for thread in (slow, mine):
        thread.join(30)
    assert (found[0].value.number, source.loads) == (1, 1)


def test_a_process_that_died_while_loading_is_not_waited_for_long(cache, reader, source):
    cache.add("numbers:a:lock:", b"1", ttl=KEPT)
    assert reader.read("a", source).value.number == 1


def test_the_last_value_stands_in_and_says_so(reader, source, clock):
    first = reader.read("a", source)
    source.away = True
    clock.advance(FRESH)
    stale = reader.read("a", source)
    assert (stale.value, stale.as_of, stale.stale) == (first.value, first.as_of, True)
    reader.changed("a")
    assert reader.read("a", source).stale
    source.away = False
    assert not reader.read("a", source).stale


def test_no_old_value_stands_in_for_a_load_that_is_done_again(reader, source, clock):
    """The database answers: it only undid this one to let others through."""
    reader.read("a", source)
    clock.advance(FRESH)

    def undone():
        raise Conflict("undone")

    with pytest.raises(Conflict):
        reader.read("a", undone)
    assert not reader.read("a", source).stale


def test_without_a_last_value_the_error_is_told_to_all_who_wait(reader, source):
    source.away = True
    with pytest.raises(Unavailable):
        reader.read("a", source)
    source.away = False
    assert reader.read("a", source).value.number == 1


def test_a_bug_is_never_hidden_behind_the_last_value(reader, source, clock):
    reader.read("a", source)
    clock.advance(FRESH)
    with pytest.raises(ZeroDivisionError):
        reader.read("a", lambda: Number(number=1 // 0))


def test_what_another_version_wrote_is_loaded_anew(cache, reader, source):
    for content in (b"not JSON", b'["", "2026-03-18T12:00:00+00:00", {"other": 1}]', b"[1]", b"{}", b'["",null,{}]'):
        cache.set("numbers:a", content, ttl=KEPT)
        assert reader.read("a", source).value.number == 1
