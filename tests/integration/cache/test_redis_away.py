"""Redis killed while the cloud runs, and two processes that share one."""

from uuid import uuid4

import pytest
from redis import Redis as Client

from cloud_api.common.redis_cache import Circuit, RedisCache
from tests.support.cloud import GYM_DATABASE, Gym, a_gym
from tests.support.reception import Desk, arrival, ok
from tests.support.servers import shared
from tests.support.servers.base import wait_until
from tests.support.servers.redis import Redis


@pytest.fixture
def redis(tmp_path):
    server = Redis(tmp_path / "redis").start()
    yield server
    server.remove()


def count(desk, client=None):
    return ok((client or desk.client).get(f"/v1/sites/{desk.site_id}/occupancy"))["inside"]


def keys(redis):
    with Client.from_url(redis.url) as client:
        return client.keys("*")


def test_redis_killed_the_database_answers_and_redis_back_it_is_used_again(tmp_path, redis):
    with a_gym(tmp_path, environ={"FIT_CACHE_URL": f"{redis.url}/0?prefix=harbour"}) as gym:
        desk = Desk(gym)
        desk.record(arrival(desk.site_id, member_id=desk.member()))
        assert count(desk) == 1
        assert all(key.startswith(b"harbour:") for key in keys(redis))
        redis.kill()
        desk.record(arrival(desk.site_id, member_id=desk.member()))
        assert [count(desk) for _ in range(20)] == [2] * 20
        redis.start()
        wait_until(lambda: count(desk) == 2 and keys(redis), "Redis is not used again", deadline_s=30)
        desk.record(arrival(desk.site_id, member_id=desk.member()))
        assert count(desk) == 3


def test_nothing_personal_is_in_redis(tmp_path, redis):
    with a_gym(tmp_path, environ={"FIT_CACHE_URL": redis.url}) as gym:
        desk = Desk(gym)
        desk.record(arrival(desk.site_id, member_id=desk.member(given_name="Torbjørg", family_name="Quist")))
        assert ok(desk.client.get(f"/v1/sites/{desk.site_id}/inside"))["items"][0]["name"] == "Torbjørg Quist"
    with Client.from_url(redis.url) as client:
        content = b"".join(client.get(key) for key in client.keys("*"))
    assert b"since" in content
    assert b"Quist" not in content
    assert b"Torbj" not in content


def test_a_silent_redis_costs_one_time_out_until_the_pause_is_over(redis):
    """It takes connections and never answers, as behind a broken network."""
    now, failed = [0.0], []

    class Watched(Circuit):
        def note(self, *, worked):
            failed.append(not worked)
            return super().note(worked=worked)

    cache = RedisCache(f"{redis.url}/0", timeout_s=0.1, circuit=Watched(pause_s=1, ticks=lambda: now[0]))
    with Client.from_url(redis.url) as client:
        client.client_pause(60_000, all=True)
    for _ in range(100):
        assert cache.get("a") == [None]
    assert failed == [True]
    now[0] += 1
    for _ in range(100):
        assert cache.get("a") == [None]
    assert failed == [True, True]
    cache.close()


def test_two_processes_see_each_others_changes_at_once(tmp_path, monkeypatch):
    monkeypatch.setenv(GYM_DATABASE, "mysql")
    environ = {"FIT_CACHE_URL": f"{shared.redis().url}/0?prefix={uuid4().hex}"}
    with a_gym(tmp_path, environ=environ) as gym:
        there = {**environ, "FIT_DATABASE_URL": gym.settings.database_url}
        other = Gym(gym.settings.data, gym.made, gym.clock, environ=there)
        try:
            desk, second = Desk(gym), Desk(other)
            assert (count(desk), count(second)) == (0, 0)
            desk.record(arrival(desk.site_id, member_id=desk.member()))
            assert (count(second), count(desk)) == (1, 1)
            second.record(arrival(desk.site_id, member_id=second.member()))
            assert (count(desk), count(second)) == (2, 2)
        finally:
            other.close()
