"""Limits that several processes share count in one Redis; without it each process counts for itself, refusing nobody."""

import logging

import pytest

from cloud_api.common.rate_limits import DEVICE_HEARTBEAT, WRITE
from cloud_api.common.redis_limits import RedisCounts
from shared.clock import SystemClock
from tests.support.servers import shared as servers
from tests.support.servers.redis import Redis


@pytest.fixture
def url():
    from uuid import uuid4

    return f"{servers.redis().url}?prefix={uuid4().hex}"


def test_two_processes_count_together_and_say_how_long_to_wait(url):
    one, two = (RedisCounts(url, clock=SystemClock()) for _ in range(2))
    for number in range(DEVICE_HEARTBEAT.amount):
        assert (one, two)[number % 2].take(DEVICE_HEARTBEAT, "device:a") is None
    for counts in (one, two):
        wait_s = counts.take(DEVICE_HEARTBEAT, "device:a")
        assert wait_s is not None
        assert 0 < wait_s <= 20
    assert one.take(DEVICE_HEARTBEAT, "device:b") is None
    assert one.take(WRITE, "device:a") is None


def test_when_redis_has_gone_nobody_is_refused_and_it_is_said_once(tmp_path, caplog):
    server = Redis(tmp_path / "redis")
    server.start()
    counts = RedisCounts(server.url, clock=SystemClock())
    assert counts.take(WRITE, "person:p") is None
    server.kill()
    try:
        with caplog.at_level(logging.WARNING):
            assert [counts.take(WRITE, "person:p") for _ in range(WRITE.amount * 3)] == [None] * WRITE.amount * 3
        told = [record.getMessage() for record in caplog.records]
        assert told == ["Redis does not count requests (ConnectionError): each process does for itself"]
    finally:
        server.remove()
