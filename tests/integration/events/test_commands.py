"""What an operator can see and do about events."""

import dataclasses
import json
import sqlite3
from contextlib import closing

import pytest
from confluent_kafka.admin import AdminClient
from sqlmodel import func, select

from cloud_api.__main__ import main
from cloud_api.common.event_types import TOPICS
from cloud_api.common.kept import MAX_TRIES, keep, list_parked, note_try
from cloud_api.common.outbox import Event
from cloud_api.common.tables import FailedMessage
from cloud_api.common.topics import create_topics
from cloud_api.operate.doctor import examine
from tests.support.builders import NOON, an_id
from tests.support.cloud import a_gym
from tests.support.servers import shared as servers
from tests.support.servers.kafka import MockKafka

EVENT = Event(an_id(1), "site", "site.changed", an_id(2), NOON, {"site_id": str(an_id(2)), "version": 1})


@pytest.fixture
def gym(tmp_path):
    with a_gym(tmp_path) as gym:
        yield gym


def parked(gym, *consumers):
    for consumer in consumers:
        with gym.cloud.database.transaction() as session:
            keep(session, consumer, [EVENT], error=ValueError("bad"))
        for _ in range(MAX_TRIES - 1):
            with gym.cloud.database.transaction() as session:
                number = session.exec(select(func.max(FailedMessage.number))).one()
                note_try(session, number, ValueError("bad"))
    with gym.cloud.database.reading() as session:
        assert len(list_parked(session)) == len(consumers)


def said(capsys, *arguments):
    code = main(list(map(str, arguments)))
    return code, capsys.readouterr()


def test_parked_messages_are_listed_and_replayed_by_consumer(gym, capsys):
    parked(gym, "qr.sites", "reports.visits")
    data = gym.settings.data
    code, out = said(capsys, "events", "parked", "--data", data)
    assert code == 0
    assert [line.split("  ")[1:] for line in out.out.splitlines()] == [
        [name, "site.changed", str(EVENT.id), f"{MAX_TRIES} tries: ValueError"]
        for name in ("qr.sites", "reports.visits")
    ]
    _, out = said(capsys, "events", "parked", "--data", data, "--consumer", "qr.sites", "--json")
    (item,) = json.loads(out.out)
    assert (item["consumer"], item["id"], item["tries"]) == ("qr.sites", str(EVENT.id), MAX_TRIES)
    assert item["since"] == NOON.isoformat(timespec="seconds")
    _, out = said(capsys, "events", "replay", "--data", data, "--consumer", "qr.sites", "--json")
    assert json.loads(out.out) == {"replayed": 1}
    gym.dispatch()
    _, out = said(capsys, "events", "parked", "--data", data, "--json")
    assert [item["consumer"] for item in json.loads(out.out)] == ["reports.visits"]


def test_topics_are_made_by_a_command_that_may_be_given_twice(gym, capsys, place, monkeypatch):
    data = gym.settings.data
    code, out = said(capsys, "events", "topics", "--data", data)
    assert (code, "FIT_EVENTS_URL" in out.err) == (1, True)
    monkeypatch.setenv("FIT_EVENTS_URL", f"kafka://{place.servers}?prefix={place.prefix}")
    code, out = said(capsys, "events", "topics", "--data", data, "--json")
    assert (code, json.loads(out.out)["topics"]) == (0, sorted(TOPICS))
    assert json.loads(out.out)["created"] == [place.topic(name) for name in sorted(TOPICS)]
    code, out = said(capsys, "events", "topics", "--data", data)
    assert (code, "all are there" in out.out) == (0, True)
    there = AdminClient(place.options()).list_topics(timeout=10).topics
    assert {place.topic(name) for name in TOPICS} <= there.keys()
    monkeypatch.setenv("FIT_EVENTS_URL", "kafka://127.0.0.1:1")
    code, out = said(capsys, "events", "topics", "--data", data)
    assert (code, "does not answer" in out.err) == (1, True)


def test_after_a_restore_what_the_outbox_keeps_is_published_again(gym, capsys, tmp_path):
    """Kafka brings nothing twice by itself, and a backup has forgotten what consumers took in since."""
    gym.dispatch()
    data = gym.settings.data
    assert said(capsys, "backup", "--data", data, tmp_path / "b.fit")[0] == 0
    gym.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cloud_api.common.dispatcher.Dispatcher.run_pending", lambda _self: 0)
        assert said(capsys, "restore", "--data", data, tmp_path / "b.fit")[0] == 0
    with closing(sqlite3.connect(gym.settings.database_file)) as restored:
        rows = restored.execute("SELECT done_at FROM common_outbox").fetchall()
    assert rows
    assert set(rows) == {(None,)}


def test_the_doctor_looks_at_the_broker_and_changes_nothing(gym, place):
    def finding(url):
        found = examine(dataclasses.replace(gym.settings, events_url=url))
        return next(item for item in found if item.name == "events")

    url = f"kafka://{place.servers}?prefix={place.prefix}"
    assert finding("").detail == "within the process"
    if not isinstance(servers.kafka(), MockKafka):  # which makes a topic of every name it hears
        assert finding(url).advice == "Run 'fit-cloud events topics'."
    create_topics(place, TOPICS)
    assert finding(url).ok, finding(url)
    away = finding("kafka://127.0.0.1:1?prefix=nowhere")
    assert not away.ok
    assert "does not answer" in away.detail
