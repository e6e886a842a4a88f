"""Messages of the release before are still delivered, each once: what had failed there is tried anew."""

import json
from contextlib import contextmanager
from datetime import timedelta

import pytest
from alembic import command
from sqlalchemy import text
from sqlmodel import select

from cloud_api import migrations
from cloud_api.common.database import Database
from cloud_api.common.dispatcher import Dispatcher
from cloud_api.common.intake import prune_inbox
from cloud_api.common.outbox import Consumer
from cloud_api.common.tables import FailedMessage, InboxMessage
from tests.support.builders import an_id
from tests.support.servers import shared as servers

_AT = "2026-03-18 12:00:00.000000"
_OUTBOX = "INSERT INTO common_outbox (number, topic, type, published_at, items, done_at) VALUES (:n, 't', 't.happened', :at, :items, :done)"
_FAILED = """INSERT INTO common_failed_message (consumer, message_id, outbox_number, tries, retry_at, error, parked_at)
VALUES ('taker', :id, :n, :tries, :at, 'ValueError: 1', :parked)"""
_INBOX = "INSERT INTO common_inbox (consumer, message_id, outbox_number) VALUES ('taker', :id, :n)"


@pytest.fixture(params=["sqlite", "mysql"])
def database(request, tmp_path, clock):
    with an_url(request.param, tmp_path) as url:
        database = Database(url, clock=clock)
        bring_to(database, "common_0001")
        yield database
        database.close()


@contextmanager
def an_url(kind, folder):
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'fit.db'}"
    else:
        with servers.a_mysql_database() as url:
            yield url


def bring_to(database, revision):
    config = migrations.configuration()
    with database.writer.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def as_it_was(database):
    """1 was taken in; 2 waits for its next try and 3 behind it; 4 is parked."""
    with database.transaction() as session:
        for n, key in ((1, 1), (2, 2), (3, 2), (4, 4)):
            items = json.dumps([[str(an_id(100 + n)), str(an_id(key)), {"n": n}]])
            done = _AT if n in (1, 4) else None
            session.execute(text(_OUTBOX), {"n": n, "at": _AT, "items": items, "done": done})
        session.execute(text(_INBOX), {"id": an_id(101).bytes, "n": 1})
        session.execute(text(_FAILED), {"id": an_id(102).bytes, "n": 2, "tries": 3, "at": _AT, "parked": None})
        session.execute(text(_FAILED), {"id": an_id(104).bytes, "n": 4, "tries": 8, "at": _AT, "parked": _AT})


def test_what_failed_before_is_kept_in_the_new_way(database, clock):
    as_it_was(database)
    bring_to(database, "common@head")
    taken, failing = [], {2, 4}

    def take(_session, event):
        if event.data["n"] in failing:
            raise ValueError(event.data["n"])
        taken.append(event.data["n"])

    dispatcher = Dispatcher(database, [Consumer("t", "taker", take)])
    dispatcher.run_pending()
    with database.reading() as session:
        rows = session.exec(select(FailedMessage)).all()
        assert sorted((row.message_id, row.tries) for row in rows) == [
            (an_id(102), 1),
            (an_id(103), 0),
            (an_id(104), 1),
        ]
    failing.clear()
    clock.advance(timedelta(seconds=2))
    dispatcher.run_pending()
    assert sorted(taken) == [2, 3, 4]
    assert taken.index(2) < taken.index(3)


def test_what_was_taken_in_before_is_remembered_and_forgotten_in_its_time(database, clock):
    as_it_was(database)
    bring_to(database, "common@head")
    Dispatcher(database, [Consumer("t", "taker", lambda _session, _event: None)]).run_pending()
    with database.reading() as session:
        assert session.get(InboxMessage, ("taker", an_id(101))).taken_at == clock.now()
    clock.advance(timedelta(days=36))
    with database.transaction() as session:
        prune_inbox(session, older_than=clock.now() - timedelta(days=35))
    with database.reading() as session:
        assert session.exec(select(InboxMessage)).all() == []
