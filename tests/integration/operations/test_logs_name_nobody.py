"""Whatever is sent, and however it fails: nothing of it is in the log, in either form, at any level."""

import io
import json
import logging
from collections import Counter
from contextlib import contextmanager

import pytest
from sqlalchemy.exc import IntegrityError

from cloud_api.common.database import Database
from cloud_api.common.json_logs import JsonLines, Lines
from cloud_api.sample.making import make_sample
from shared.domain.roles import Group
from tests.support.live import LiveGym, live_gym
from tests.support.planting import Planter
from tests.support.processes import Strike


@pytest.fixture
def written():
    """Everything that any logger says from here on, as both formatters write it."""
    root, texts = logging.getLogger(), io.StringIO()
    before = root.level, logging.getLogger("cloud_api").level
    handlers = []
    for formatter in (JsonLines(), Lines()):
        handlers.append(logging.StreamHandler(texts))
        handlers[-1].setFormatter(formatter)
        root.addHandler(handlers[-1])
    root.setLevel(logging.DEBUG)
    logging.getLogger("cloud_api").setLevel(logging.DEBUG)
    yield texts
    for handler in handlers:
        root.removeHandler(handler)
    root.setLevel(before[0])
    logging.getLogger("cloud_api").setLevel(before[1])


def known_of(client, gym):
    """Ids of things that are there, so that not every request ends at a 404."""
    members = client.get("/v1/members").json()["items"]
    person = next(item for item in members if item["memberships"])
    return {
        "site_id": str(gym.site_id),
        "plan_id": client.get("/v1/plans").json()["items"][0]["id"],
        "member_id": person["id"],
        "membership_id": person["memberships"][0]["id"],
    }


def send_all(planter, person, kiosk, nobody):
    """Send every request as who may do it, and some as nobody; how often what was answered."""
    answers = Counter()
    for number, request in enumerate(planter.requests()):
        if request["url"].startswith("/v1/account/password") or request["method"] == "DELETE":
            continue  # would sign us out
        client = kiosk if "/self/" in request["url"] else person
        for sender in (client, nobody) if number % 10 == 0 else (client,):
            answers[sender.request(**request).status_code // 100] += 1
    return answers


def found_in(text, planter):
    return [plant for plant in planter.planted if plant in text]


def test_no_request_leaves_anything_in_the_log(gym, tmp_path, written):
    make_sample(gym.cloud, members=5, seed=1, out=tmp_path)
    known = known_of(gym.owner, gym)
    planter = Planter(gym.app.openapi(), known)
    answers = send_all(planter, gym.owner, gym.kiosk().client, gym.client(planter.plant()))
    assert len(planter.planted) > 500
    assert answers[2] > 30  # some of it is taken in
    assert answers[4] > 100
    assert answers[5] == 0
    assert written.getvalue().count('"message": "request"') > 200
    assert found_in(written.getvalue(), planter) == []


def test_a_handler_that_fails_with_what_it_was_given_leaves_none_of_it(gym, monkeypatch, written):
    planter = Planter(gym.app.openapi(), {})
    token = gym.token_of(Group.OWNER)

    @contextmanager
    def failing(_database):
        values = {"email": planter.plant("email")}
        driver = Exception(f"Duplicate entry '{planter.plant()}'")
        raise KeyError(planter.plant()) from IntegrityError("INSERT INTO person", values, driver)
        yield

    monkeypatch.setattr(Database, "transaction", failing)
    monkeypatch.setattr(Database, "reading", failing)
    answers = send_all(planter, gym.client(token), gym.client(token), gym.client())
    assert answers[5] > 30
    text = written.getvalue()
    assert text.count("KeyError") > 30
    assert "sqlalchemy.exc.IntegrityError" in text
    assert found_in(text, planter) == []


@pytest.mark.parametrize("name", ["asyncio", "urllib3.connectionpool", "botocore.endpoint", "py.warnings"])
def test_what_libraries_say_is_kept_out(written, name):
    error = ValueError("about Nora")
    logging.getLogger(name).error("Task exception was never retrieved: Nora %s", "Nora", exc_info=error)
    assert "ValueError" in written.getvalue()
    assert name in written.getvalue()
    assert "Task" not in written.getvalue()
    assert "Nora" not in written.getvalue()


def test_a_real_process_writes_nothing_of_it_either(tmp_path, monkeypatch):
    monkeypatch.setenv("FIT_LOG_LEVEL", "debug")
    with live_gym(tmp_path, Strike("ingest.after_commit", how="raise")) as (gym, _stack):
        planter = _planter_of(gym)
        device = gym.device_client()
        answers = send_all(planter, gym.owner, device.client, gym.client(planter.plant()))
        body = {"stream_id": str(device.enrolment.stream_id), "events": []}
        assert device.client.post("/v1/devices/self/events", json=body).status_code == 500
        assert gym.server.stop() == 0
    assert answers[2] > 30
    lines = [json.loads(line) for line in gym.server.lines if line.startswith("{")]
    assert len(lines) == len(gym.server.lines) - 2  # "ready" and "stopped"
    assert any("PlannedError" in line.get("exception", "") for line in lines)
    assert found_in("\n".join(gym.server.lines), planter) == []


def _planter_of(gym: LiveGym):
    member = gym.member("Nora")
    known = {"site_id": str(gym.site_id), "plan_id": gym.plan_id, "member_id": member}
    return Planter(gym.owner.get("/openapi.json").json(), known)
