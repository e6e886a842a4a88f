"""Who asks too often is refused before anything is read; everybody else is not."""

import logging
from datetime import timedelta

import pytest

from cloud_api.common import rate_limits
from cloud_api.common.keys import create_keys
from cloud_api.common.middleware import Shell
from cloud_api.common.rate_limits import DEVICE_HEARTBEAT, DEVICE_UPLOAD, PUBLIC, READ, SIGNED, WRITE, RateLimits
from cloud_api.common.tokens import Tokens
from tests.support.asgi import AsgiLoop

UPLOAD, HEARTBEAT = "/v1/devices/self/events", "/v1/devices/self/heartbeat"


class Counting:
    """A shared count that refuses once told to."""

    def __init__(self):
        self.asked = []
        self.wait_s = None

    def take(self, rule, subject):
        self.asked.append((rule, subject))
        return self.wait_s


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch):
    monkeypatch.setattr(rate_limits, "PAUSE_S", 0)


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    return create_keys(tmp_path_factory.mktemp("keys") / "secrets", gym_name="Harbour")


class Served:
    """The shell with limits, around a route that only answers; ``bodies`` are those that were read."""

    def __init__(self, keys, clock, shared=None):
        self.tokens = Tokens(keys, clock)
        self.limits = RateLimits(clock=clock, tokens=self.tokens, shared=shared)
        self.bodies = []
        self.loop = AsgiLoop(Shell(self.answer, clock=clock, limits=self.limits))

    async def answer(self, scope, receive, send):
        self.bodies.append((await receive())["body"])
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    def device(self, name):
        return self.loop.client(self.tokens.issue(subject=name, groups=["Kiosk"], extra={"custom:device_id": name}))

    def person(self, name):
        return self.loop.client(self.tokens.issue(subject=name, groups=["Staff"]))


@pytest.fixture
def served(keys, clock):
    served = Served(keys, clock)
    yield served
    served.loop.close()


def spend(client, amount, method="POST", path=UPLOAD):
    for _ in range(amount):
        assert client.request(method, path, content=b"x").status_code == 204


def refused(answer):
    assert answer.status_code == 429
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "too_many_tries"
    assert 1 <= int(answer.headers["Retry-After"]) <= 11
    assert answer.headers["X-Request-Id"]


def test_a_device_over_its_limit_is_refused_before_its_body_is_read(served):
    device = served.device("a")
    spend(device, DEVICE_UPLOAD.amount)
    served.bodies.clear()
    refused(device.post(UPLOAD, content=b"x" * 100_000))
    assert served.bodies == []


def test_another_device_and_the_same_ones_heartbeat_are_not(served):
    spend(served.device("a"), DEVICE_UPLOAD.amount)
    spend(served.device("b"), 1)
    spend(served.device("a"), DEVICE_HEARTBEAT.amount, path=HEARTBEAT)
    refused(served.device("a").post(HEARTBEAT))


def test_after_the_window_it_is_answered_again(served, clock):
    device = served.device("a")
    spend(device, DEVICE_UPLOAD.amount)
    wait_s = int(device.post(UPLOAD).headers["Retry-After"])
    clock.advance(timedelta(seconds=wait_s))
    spend(device, 1)


def test_a_person_may_read_more_than_write(served):
    person = served.person("p")
    spend(person, WRITE.amount)
    refused(person.put("/v1/members"))
    spend(person, READ.amount, "GET", "/v1/members")
    refused(person.get("/v1/plans"))


@pytest.mark.parametrize("token", [None, "nonsense", "a.b.c"])
def test_without_a_good_token_it_is_the_address_that_counts(served, token):
    spend(served.loop.client(token), PUBLIC.amount, path="/v1/sign-in")
    refused(served.loop.client("another").post("/v1/sign-in"))
    spend(served.person("p"), 1)


def test_health_is_always_answered(served):
    spend(served.loop.client(), PUBLIC.amount + 50, "GET", "/health/ready")


def test_a_flood_is_told_once_a_minute_and_names_no_address(served, clock, caplog):
    nobody = served.loop.client()
    with caplog.at_level(logging.WARNING):
        spend(nobody, PUBLIC.amount)
        for _ in range(300):
            refused(nobody.get("/v1/account"))
    assert [record.getMessage() for record in caplog.records] == ["too many requests of an address (public)"]
    assert "127.0.0.1" not in caplog.text


def test_who_uses_up_a_quarter_here_is_counted_for_all_processes(keys, clock):
    shared = Counting()
    served = Served(keys, clock, shared)
    spend(served.device("a"), DEVICE_UPLOAD.amount // 4)
    assert shared.asked == []
    spend(served.device("a"), 2)
    assert shared.asked == [(DEVICE_UPLOAD, "device:a")] * 2
    shared.wait_s = 2.3
    answer = served.device("a").post(UPLOAD)
    refused(answer)
    assert answer.headers["Retry-After"] == "3"
    served.loop.close()


def test_a_flood_does_not_reach_the_shared_count(keys, clock):
    shared = Counting()
    served = Served(keys, clock, shared)
    spend(served.device("a"), DEVICE_UPLOAD.amount)
    for _ in range(50):
        refused(served.device("a").post(UPLOAD))
    assert len(shared.asked) == DEVICE_UPLOAD.amount * 3 // 4
    served.loop.close()


def test_pictures_do_not_use_up_what_the_address_has_for_signing_in(served):
    picture = "/v1/objects/images/aa.jpg"
    with served.loop.client() as client:
        spend(client, SIGNED.amount, "GET", picture)
        refused(client.get(picture))
        spend(client, PUBLIC.amount, path="/v1/sign-in")
        refused(client.post("/v1/sign-in"))


def test_every_rule_has_its_own_name():
    assert len({rule.name for rule in rate_limits.RULES}) == len(rate_limits.RULES)


def test_who_goes_on_all_the_same_waits_for_the_refusal(keys, clock, monkeypatch):
    waited = []

    async def pause(seconds):
        waited.append(seconds)

    monkeypatch.setattr(rate_limits, "sleep", pause)
    served = Served(keys, clock)
    spend(served.device("a"), DEVICE_UPLOAD.amount)
    for _ in range(rate_limits.HEARD_AT_ONCE):
        refused(served.device("a").post(UPLOAD))
    assert waited == []
    refused(served.device("a").post(UPLOAD))
    assert waited == [rate_limits.PAUSE_S]
    served.loop.close()
