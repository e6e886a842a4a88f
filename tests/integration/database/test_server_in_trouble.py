"""A database server that freezes, lets nobody write any more, or drops its connections: said at once, and over with it."""

import os
import signal
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from cloud_api import app
from cloud_api.common import database as module
from cloud_api.common import engines
from cloud_api.common.database import Conflict, Database
from cloud_api.common.kafka_place import parse_events_url
from cloud_api.common.relay import Relay
from cloud_api.operate.initialising import initialise
from cloud_api.settings import load_settings
from shared.domain.roles import Group
from shared.errors import Unavailable
from tests.support.answers import refusal
from tests.support.cloud import GYM_NAME, SITE_NAME, ZONE_NAME, Gym, StillClock
from tests.support.live import eventually
from tests.support.servers.base import MissingProgramError
from tests.support.servers.mysql import MySql

pytestmark = pytest.mark.xdist_group("server-in-trouble")  # one server, in one process


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server of these tests' own, and a user who is nothing special there."""
    server = MySql(tmp_path_factory.mktemp("mysql") / "data")
    try:
        server.start()
    except MissingProgramError as error:
        pytest.skip(f"cannot be had on this machine: {error}")
    server.create("t")
    server.execute("CREATE TABLE t.t (n INT PRIMARY KEY)")
    server.execute("CREATE USER fit@'127.0.0.1'")
    server.execute("GRANT ALL ON t.* TO fit@'127.0.0.1'")
    yield server
    server.remove()


@contextmanager
def frozen_in_the_end(server):
    """Gives what freezes it: it takes connections from then on, and says nothing. Afterwards it goes on."""

    def freeze():
        os.killpg(server.process.pid, signal.SIGSTOP)
        eventually(lambda: stopped(server.process.pid))  # a thread on another core works on for a moment

    try:
        yield freeze
    finally:
        os.killpg(server.process.pid, signal.SIGCONT)


def stopped(pid):
    """Whether every thread of a process stands still."""
    stats = [(task / "stat").read_text() for task in Path(f"/proc/{pid}/task").iterdir()]
    return all(stat.rpartition(")")[2].split()[0] == "T" for stat in stats)


@contextmanager
def frozen(server):
    with frozen_in_the_end(server) as freeze:
        freeze()
        yield


@pytest.fixture
def database(server):
    server.execute("TRUNCATE t.t")
    database = Database(server.url("t").replace("root@", "fit@"), answer_s=1, writers=2)
    yield database
    database.close()


def insert(session, number):
    session.execute(text(f"INSERT INTO t VALUES ({number})"))


def numbers(database):
    with database.reading() as session:
        return list(session.scalars(text("SELECT n FROM t ORDER BY n")))


def connection_of(database):
    with database.transaction() as session:
        return session.scalar(text("SELECT CONNECTION_ID()"))


def write(database, *steps):
    """Numbers to be written in one transaction, and things to be done in between."""
    with database.transaction() as session:
        for step in steps:
            step() if callable(step) else insert(session, step)


def test_a_statement_that_a_frozen_server_does_not_answer_is_given_up(server, database):
    connection_of(database)
    with frozen(server), pytest.raises(Unavailable) as given_up:
        write(database, 1)
    assert not isinstance(given_up.value, Conflict), "it would be done again, and wait as long again"
    write(database, 2)
    assert 2 in numbers(database)


def test_locks_of_a_transaction_that_was_given_up_are_let_go(server, database):
    with pytest.raises(Unavailable), frozen_in_the_end(server) as freeze:
        write(database, 1, freeze, 2)
    write(database, 1)
    assert numbers(database) == [1]


def test_after_a_commit_that_nobody_answered_nobody_is_told_that_nothing_happened(server, database):
    with pytest.raises(Unavailable) as unknown, frozen_in_the_end(server) as freeze:
        write(database, 1, freeze)
    assert not isinstance(unknown.value, Conflict), "it may have been committed"
    with suppress(IntegrityError):
        write(database, 1)
    assert numbers(database) == [1]


def test_reading_from_a_frozen_server_ends_too_and_goes_on_afterwards(server, database):
    assert numbers(database) == []
    with frozen(server), pytest.raises(Unavailable) as given_up:
        numbers(database)
    assert not isinstance(given_up.value, Conflict)
    assert numbers(database) == []


def test_what_may_take_long_is_not_given_up(server, database):
    with database.unhurried() as engine, engine.connect() as connection:
        connection.execute(text("SELECT SLEEP(2)"))


def test_a_reading_statement_that_takes_too_long_is_unavailable(database, monkeypatch):
    monkeypatch.setattr(engines, "LONGEST_READ_S", 1)
    database = Database(database.url)
    slow = "SELECT SUM(SLEEP(0.2)) FROM information_schema.columns"
    with pytest.raises(Unavailable) as too_long, database.reading() as session:
        session.execute(text(slow))
    assert not isinstance(too_long.value, Conflict)
    database.close()


def test_a_client_that_fell_silent_holds_its_locks_for_minutes_not_for_hours(database):
    with database.transaction() as session:
        assert session.scalar(text("SELECT @@SESSION.wait_timeout")) == engines.LET_GO_S > engines.RECYCLE_S


def test_a_connection_to_a_server_that_became_read_only_is_thrown_away(server, database):
    """The next try is led to whoever lets write by then."""
    before = connection_of(database)
    assert connection_of(database) == before
    server.execute("SET GLOBAL read_only = ON")
    try:
        with pytest.raises(Conflict):
            write(database, 1)
    finally:
        server.execute("SET GLOBAL read_only = OFF")
    assert connection_of(database) != before
    write(database, 1)
    assert numbers(database) == [1]


def test_a_commit_that_a_read_only_server_refuses_throws_its_connection_away_too(server, database):
    before = connection_of(database)
    try:
        with pytest.raises(Unavailable):
            write(database, 1, lambda: server.execute("SET GLOBAL read_only = ON"))
    finally:
        server.execute("SET GLOBAL read_only = OFF")
    assert connection_of(database) != before


@pytest.fixture
def gym(server, tmp_path, monkeypatch):
    """A gym on that server, which gives it up after a second."""
    monkeypatch.setattr(app, "Database", partial(Database, answer_s=1))
    monkeypatch.setattr(module, "PROBE_S", 1)
    environ = {"FIT_DATABASE_URL": server.create("gym")}
    settings = load_settings(tmp_path / "gym", environ=environ)
    made = initialise(settings, gym_name=GYM_NAME, site_name=SITE_NAME, zone=ZONE_NAME, clock=StillClock())
    gym = Gym(settings.data, made, StillClock(), services=("identity", "gym"), environ=environ)
    yield gym
    gym.close()
    server.drop("gym")


def test_requests_end_in_plain_words_while_the_server_is_frozen_and_work_again_afterwards(server, gym):
    owner = gym.owner
    with gym.client() as client:
        assert client.get("/health/ready").status_code == 200
        with frozen(server):
            for answer in (owner.get("/v1/members"), owner.post("/v1/plans", json={}), client.get("/v1/health")):
                refusal(answer, 503, "unavailable")
            eventually(lambda: client.get("/health/ready").status_code == 503)
            assert "database" in client.get("/health/ready").json()["detail"]
        eventually(lambda: client.get("/health/ready").status_code == 200)
    assert owner.get("/v1/members").status_code == 200


def test_a_lost_connection_is_no_reason_to_believe_an_old_token(gym, server):
    person_id = gym.person(Group.STAFF)
    client = gym.client(gym.sign_in(person_id))
    path = f"/v1/sites/{gym.site_id}/occupancy"
    assert client.get(path).status_code == 200
    gym.owner.delete(f"/v1/people/{person_id}").raise_for_status()
    server.cut("gym")
    assert client.get(path).status_code == 401


def test_whose_turn_it_is_to_relay_is_lost_with_the_connection_and_noticed(gym, server):
    relay = Relay(gym.cloud.database, parse_events_url("kafka://127.0.0.1:1"))

    def go_on_after_a_cut():
        with relay._own_turn() as is_ours:
            assert is_ours()
            server.cut("gym")
            is_ours()

    with pytest.raises(Conflict):
        go_on_after_a_cut()
    with relay._own_turn() as is_ours:
        assert is_ours()
