"""Whoever goes on asking over a limit is refused from a note at the connection: in order, by the same rule, and not for ever."""

import http.client
import json

import pytest

from cloud_api.common.rate_limits import HEARD_AT_ONCE, PUBLIC
from tests.support.processes import DEADLINE_S
from tests.support.serving import make_gym, serving

OVER = PUBLIC.amount + HEARD_AT_ONCE + 1
ASKED, TOKEN = "/v1/account", "a-token-for-metrics"


@pytest.fixture
def flood(tmp_path):
    data = make_gym(tmp_path / "gym")
    with serving(data, {"FIT_TLS": "off", "FIT_RATE_LIMITS": "on", "FIT_METRICS_TOKEN": TOKEN}) as server:
        made = Flood(server)
        yield made
        made.connection.close()


class Flood:
    """One kept connection; requests without a token, of which an address has so many."""

    def __init__(self, server):
        self.connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=DEADLINE_S)

    def ask(self, path=ASKED, **headers):
        self.connection.request("GET", path, headers=headers)
        answer = self.connection.getresponse()
        return answer.status, answer.headers, answer.read()

    def until_it_is_noted(self):
        """Ask until the connection refuses by itself."""
        return [self.ask()[0] for _ in range(OVER)]

    def refusals(self):
        """What the metrics page has counted."""
        page = self.ask("/metrics", Authorization=f"Bearer {TOKEN}")[2].decode()
        line = next(line for line in page.splitlines() if line.startswith('fit_requests_limited_total{rule="public"}'))
        return float(line.split()[-1])


def test_refusals_from_the_note_are_like_the_others_and_are_counted(flood):
    assert flood.until_it_is_noted() == [401] * PUBLIC.amount + [429] * (HEARD_AT_ONCE + 1)
    before = flood.refusals()
    status, headers, body = flood.ask()
    assert status == 429
    problem = json.loads(body)
    assert problem["retry_after_s"] == int(headers["Retry-After"])
    assert headers["Content-Type"] == "application/problem+json"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert flood.refusals() == before + 1


def test_other_requests_of_the_same_connection_are_looked_at(flood):
    flood.until_it_is_noted()
    flood.ask()
    assert flood.ask("/health/live")[0] == 200
    assert flood.ask(ASKED, Authorization="Bearer other")[2] != b""
    assert flood.ask()[0] == 429


def test_answers_come_in_the_order_of_requests_that_do_not_wait(flood):
    flood.until_it_is_noted()
    socket = flood.connection.sock
    one = b"GET %b HTTP/1.1\r\nHost: fit\r\n\r\n"
    socket.sendall(one % ASKED.encode() + one % ASKED.encode() + one % b"/health/live")
    answers = b""
    while answers.count(b"HTTP/1.1 ") < 3 or not answers.endswith(b"}"):
        answers += socket.recv(65536)
    assert [answers.split(b"HTTP/1.1 ")[place][:3] for place in (1, 2, 3)] == [b"429", b"429", b"200"]


def test_a_body_of_a_refused_request_is_passed_over(flood):
    for _ in range(OVER):
        flood.connection.request("POST", "/v1/sign-out", body=b"{}")
        flood.connection.getresponse().read()
    flood.connection.request("POST", "/v1/sign-out", body=b'{"refresh_token": "%b"}' % (b"x" * 50_000))
    answer = flood.connection.getresponse()
    assert (answer.status, bool(answer.read())) == (429, True)
    assert flood.ask("/health/live")[0] == 200


def test_after_its_time_the_note_counts_no_more(flood):
    flood.until_it_is_noted()
    statuses = set()
    for _ in range(120):  # a refusal takes a quarter of a second
        statuses.add(flood.ask()[0])
        if 401 in statuses:
            break
    assert statuses == {401, 429}
