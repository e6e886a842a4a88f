"""Tries at passwords and codes, and challenges, count for all processes that share a Redis; without it in each."""

import logging
from datetime import timedelta
from uuid import uuid4

import pytest
from argon2 import PasswordHasher
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from redis import Redis as Client

from cloud_api.common.database import Conflict
from cloud_api.common.redis_tries import RedisTries
from cloud_api.devices import enrolment
from cloud_api.devices.routes import ENROL_TRIES
from cloud_api.identity import passwords
from cloud_api.identity.routes import SIGN_IN_TRIES
from tests.support.answers import refusal
from tests.support.cloud import GYM_DATABASE, Gym, a_gym
from tests.support.servers import shared as servers
from tests.support.servers.base import wait_until
from tests.support.servers.redis import Redis

WINDOW = timedelta(minutes=5)
EMAIL, PASSWORD = "ada@fit.test", "correct horse battery"


@pytest.fixture
def redis(tmp_path):
    """A Redis of the test's own, to be killed."""
    server = Redis(tmp_path / "redis").start()
    yield server
    server.remove()


@pytest.fixture
def processes(tmp_path, monkeypatch, redis):
    """Two processes that serve one gym on one Redis."""
    monkeypatch.setenv(GYM_DATABASE, "mysql")
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._nobodys_hash.cache_clear()
    environ, services = {"FIT_CACHE_URL": f"{redis.url}/0?prefix=harbour"}, ("identity", "devices")
    with a_gym(tmp_path, services=services, environ=environ) as gym:
        there = {**environ, "FIT_DATABASE_URL": gym.settings.database_url}
        other = Gym(gym.settings.data, gym.made, gym.clock, services=services, environ=there)
        yield gym, other
        other.close()
    passwords._nobodys_hash.cache_clear()


def enrol(gym, code="ABCDEFGH"):
    with gym.client() as client:
        return gym.ask_to_enrol(client, code, Ed25519PrivateKey.generate())


def new_code(gym):
    answer = gym.owner.post("/v1/devices", json={"site_id": str(gym.site_id), "name": "Door"})
    return answer.json()["code"]


def sign_in(gym, password="a guess"):
    with gym.client() as client:
        return client.post("/v1/sign-in", json={"email": EMAIL, "password": password})


def become_owner(gym):
    body = {"token": gym.owner_secret, "password": PASSWORD, "name": "Ada", "email": EMAIL}
    with gym.client() as client:
        client.post("/v1/invitations/redeem", json=body).raise_for_status()


def test_codes_cannot_be_guessed_at_one_process_after_the_other(processes):
    for number in range(ENROL_TRIES):
        refusal(enrol(processes[number % 2]), 410, "code_spent")
    for gym in processes:
        answer = enrol(gym, new_code(gym))
        problem = refusal(answer, 429, "too_many_tries")
        assert 590 <= int(answer.headers["Retry-After"]) == problem.retry_after_s <= 600


def test_a_password_cannot_be_guessed_at_one_process_after_the_other_and_a_success_counts_everywhere(processes):
    one, other = processes
    become_owner(one)
    for number in range(SIGN_IN_TRIES - 1):
        refusal(sign_in(processes[number % 2]), 401, "wrong_credentials")
    assert sign_in(other, PASSWORD).status_code == 200
    for number in range(SIGN_IN_TRIES):
        refusal(sign_in(processes[number % 2]), 401, "wrong_credentials")
    for gym in processes:
        refusal(sign_in(gym, PASSWORD), 429, "too_many_tries")


def test_a_try_that_the_database_undid_is_none_in_either(processes, monkeypatch):
    code, one = new_code(processes[0]), processes[0]
    real, undone = enrolment.enrol, iter(range(ENROL_TRIES))

    def unlucky(session, *arguments, **facts):
        if next(undone, None) is not None:
            raise Conflict("undone")
        return real(session, *arguments, **facts)

    monkeypatch.setattr(enrolment, "enrol", unlucky)
    while undone.__length_hint__():
        enrol(one)
    assert enrol(processes[1], code).status_code == 201


def challenged(gym, kiosk):
    with gym.client() as client:
        nonce = client.post("/v1/device-tokens/challenge", json={"device_id": str(kiosk.id)}).json()["nonce"]
    return kiosk.signed(nonce)


def buy(gym, request):
    with gym.client() as client:
        return client.post("/v1/device-tokens", json=request)


def test_a_challenge_counts_once_whichever_process_is_asked(processes):
    one, other = processes
    request = challenged(one, one.kiosk())
    assert buy(other, request).status_code == 200
    for gym in processes:
        refusal(buy(gym, request), 409, "challenge_spent")


def test_while_redis_is_away_each_process_counts_for_itself_from_what_it_saw(processes, redis, caplog):
    one = processes[0]
    kiosk = one.kiosk()
    for gym in processes:
        refusal(enrol(gym), 410, "code_spent")
    redis.kill()
    with caplog.at_level(logging.WARNING):
        for gym in processes:
            for _ in range(ENROL_TRIES - 1):
                refusal(enrol(gym), 410, "code_spent")
            refusal(enrol(gym), 429, "too_many_tries")
        request = challenged(one, kiosk)
        assert buy(one, request).status_code == 200
        refusal(buy(one, request), 409, "challenge_spent")
    said = "Redis does not count tries: each process does for itself (ConnectionError)"
    assert [record.getMessage() for record in caplog.records].count(said) == len(processes)
    redis.start()
    wait_until(lambda: _is_spent_everywhere(processes, kiosk), "Redis is not used again")


def _is_spent_everywhere(processes, kiosk):
    request = challenged(processes[0], kiosk)
    assert buy(processes[0], request).status_code == 200
    return buy(processes[1], request).status_code == 409


def test_redis_is_told_neither_addresses_nor_codes(processes, redis):
    sign_in(processes[0])
    enrol(processes[0])
    with Client.from_url(redis.url) as client:
        keys = client.keys("harbour:tries:*")
        content = b" ".join([*keys, *(client.zrange(key, 0, -1)[0] for key in keys)])
        assert all(0 < client.pttl(key) <= 600_000 for key in keys)
    assert len(keys) == 4
    for told in (EMAIL, "fit.test", "127.0.0.1", "ABCDEFGH"):
        assert told.encode() not in content


def test_the_window_slides_and_a_try_taken_back_is_free_again():
    url, short = f"{servers.redis().url}?prefix={uuid4().hex}", timedelta(milliseconds=50)
    one, two = (RedisTries(url, secret=b"s") for _ in range(2))
    assert [one.take("a", str(n), tries=3, window=WINDOW) for n in range(3)] == [0, 0, 0]
    assert 299 <= two.take("a", "3", tries=3, window=WINDOW) <= 300
    two.take_back("a", "1")
    assert one.take("a", "4", tries=3, window=WINDOW) == 0
    assert two.take("a", "5", tries=3, window=WINDOW) > 0
    assert one.take("b", "6", tries=3, window=WINDOW) == 0
    two.forget("a")
    assert one.take("a", "7", tries=1, window=WINDOW) == 0
    assert one.take("c", "8", tries=1, window=short) == 0
    wait_until(lambda: two.take("c", "9", tries=1, window=short) == 0, "the window never ends")
