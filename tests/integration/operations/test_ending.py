"""Asked to end, a server says that it is not ready, finishes what it has begun, lets go who waits, and exits with 0."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import httpx
import pytest

from tests.support.live import eventually, live_gym
from tests.support.serving import METRICS_TOKEN, make_gym, serving

PARALLEL = 6


@pytest.fixture
def data(tmp_path):
    return make_gym(tmp_path / "gym")


def sign_out(server):
    """A request that needs to write; it answers 204 whatever the token."""
    with server.client() as client:
        return client.post("/v1/sign-out", json={"refresh_token": "x" * 43}).status_code


def test_requests_that_are_running_are_all_answered(data):
    with serving(data) as server, ThreadPoolExecutor(PARALLEL) as pool:
        with closing(sqlite3.connect(data / "fit.db", isolation_level=None)) as blocker:
            blocker.execute("BEGIN IMMEDIATE")
            answers = [pool.submit(sign_out, server) for _ in range(PARALLEL)]
            eventually(lambda: server.metric("fit_requests_running") == PARALLEL + 1)  # and the one that asks
            server.program.process.terminate()
            eventually(lambda: not is_accepting(server))
            assert not any(answer.done() for answer in answers)
            blocker.execute("ROLLBACK")
        assert [answer.result(30) for answer in answers] == [204] * PARALLEL
        assert server.program.wait() == 0


def is_accepting(server):
    try:
        with server.client() as client:
            client.get("/health/live")
    except httpx.TransportError:
        return False
    return True


def test_while_it_drains_it_is_not_ready_and_still_answers(data):
    with serving(data, {"FIT_DRAIN_S": "300"}) as server, server.client() as client:
        assert client.get("/health/ready").status_code == 200
        server.program.process.terminate()
        eventually(lambda: client.get("/health/ready").status_code == 503)
        answer = client.get("/health/ready")
        assert answer.json()["detail"] == "Not ready: serving."
        assert answer.headers["Connection"] == "close"
        assert client.get("/health/live").status_code == 200
        assert client.get("/v1/health").status_code == 200
        server.program.process.terminate()  # asked twice: at once
        assert server.program.wait() == 0


def test_whoever_waits_for_a_hint_is_let_go(tmp_path, monkeypatch):
    monkeypatch.setenv("FIT_METRICS_TOKEN", METRICS_TOKEN)
    with live_gym(tmp_path) as (gym, _stack), ThreadPoolExecutor(1) as pool:
        device, watching = gym.device_client(), gym.client(METRICS_TOKEN)
        snapshot = device.client.get("/v1/devices/self/snapshot").json()
        known = {"epoch": snapshot["epoch"], "version": snapshot["version"]}
        waiting = pool.submit(device.client.get, "/v1/devices/self/hint", params={**known, "wait": 25})
        eventually(lambda: "fit_hints_waiting 1.0" in watching.get("/metrics").text)
        assert gym.server.stop() == 0
        assert waiting.result(30).json() == {**known, "open": None}
