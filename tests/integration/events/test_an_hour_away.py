"""The broker, or one consumer, dead for an hour of the clock while what is old is cleared away: nobody waits, nothing is lost."""

import dataclasses
import json
from contextlib import ExitStack, closing
from datetime import timedelta

import pytest
from sqlmodel import func, select

from cloud_api.common import intake, outbox, topics
from cloud_api.common.dispatcher import Dispatcher
from cloud_api.common.kafka_place import KafkaPlace
from cloud_api.common.tables import OutboxMessage
from cloud_api.operate.housekeeping import INBOX_KEPT, MESSAGES_KEPT, tidy
from shared.errors import Unavailable
from tests.support.builders import an_event_record
from tests.support.cloud import GYM_DATABASE, a_gym
from tests.support.event_world import Taker, World
from tests.support.reception import Desk, ok
from tests.support.servers import shared as servers
from tests.support.servers.base import wait_until
from tests.support.servers.kafka import Kafka, MockKafka

TEN_MINUTES, DAY = timedelta(minutes=10), timedelta(days=1)


@pytest.fixture(scope="module")
def own_broker(tmp_path_factory):
    if isinstance(servers.kafka(), MockKafka):
        pytest.skip("the mock cluster forgets everything when it is killed")
    broker = Kafka(tmp_path_factory.mktemp("broker") / "kafka")
    broker.start()
    yield broker
    broker.remove()


@pytest.fixture
def broker(own_broker):
    """A broker of these tests' own, to be killed."""
    if not own_broker.answers():
        own_broker.start()
    return own_broker


@pytest.fixture
def dying(broker, place):
    """A place on the broker that may be killed."""
    return KafkaPlace(broker.bootstrap, prefix=place.prefix)


def clear_away(world, messages_kept=MESSAGES_KEPT, inbox_kept=INBOX_KEPT):
    """As housekeeping does."""
    now = world.clock.now()
    with world.database.transaction() as session:
        outbox.prune_delivered(session, older_than=now - messages_kept)
    with world.database.transaction() as session:
        intake.prune_inbox(session, older_than=now - inbox_kept)


def by_key(numbers):
    return [[n for n in numbers if n % 7 == key] for key in range(7)]


def unsent(gym):
    with gym.cloud.database.reading() as session:
        return session.exec(select(func.count()).where(OutboxMessage.done_at.is_(None))).one()


def test_kafka_dead_for_an_hour_delays_no_revocation_and_every_event_comes_to_its_visit(
    tmp_path, monkeypatch, broker, dying
):
    monkeypatch.setenv(GYM_DATABASE, "mysql")
    environ = {"FIT_EVENTS_URL": f"kafka://{dying.servers}?prefix={dying.prefix}"}
    with a_gym(tmp_path, environ=environ) as gym, ExitStack() as stack:
        desk, bus = Desk(gym), gym.cloud.dispatcher
        card, kiosk = desk.card(who := desk.member(plan=desk.plan())), gym.kiosk()
        others = [desk.member() for _ in range(6)]
        bus.run_pending()
        broker.kill()
        with monkeypatch.context() as impatient:
            impatient.setattr(topics, "TIMEOUT_S", 0.3)
            impatient.setattr(bus._relay, "_ack_s", 0.3)
            for number, member in enumerate(others, start=1):
                kiosk.client = gym.client(kiosk.token())  # one lasts a quarter of an hour
                head = ok(kiosk.client.get("/v1/devices/self/snapshot"))
                kiosk.upload(an_event_record(number=number, member_id=member, door_at=gym.clock.now()))
                ok(desk.client.post(f"/v1/members/{member}/cards", json={}))
                if number == 3:
                    ok(desk.client.post(f"/v1/passes/{card['id']}/revoke", json={}))
                    cursor = {"epoch": head["epoch"], "version": head["version"]}
                    rows = ok(kiosk.client.get("/v1/devices/self/feed", params=cursor))["rows"]
                    (told,) = [row["body"] for row in rows if row["key"] == card["lookup"].hex()]
                    assert json.loads(told)["status"] == "revoked"
                before = unsent(gym)
                assert bus.run_pending() == 0
                gym.clock.advance(TEN_MINUTES)
                tidy(gym.cloud)
                assert unsent(gym) == before >= 2 * number
        assert [len(desk.visits(member)) for member in others] == [0] * 6
        broker.start()
        bus.start()
        stack.callback(bus.stop)
        wait_until(lambda: all(len(desk.visits(member)) == 1 for member in others), "visits were not heard of")
        wait_until(lambda: unsent(gym) == 0, "the outbox is not empty")
        assert desk.visits(who) == []


def test_what_was_said_while_kafka_was_dead_for_an_hour_comes_once_and_in_order(broker, dying, clock):
    with servers.a_mysql_database() as url, closing(World(url, dying, clock)) as world:
        world.bus(Taker())
        world.send(*range(10))
        world.wait_for_effects(10)
        broker.kill()
        for start in range(10, 70, 10):
            world.send(*range(start, start + 10))
            clock.advance(TEN_MINUTES)
            clear_away(world)
        assert world.pending() == 60
        broker.start()
        assert by_key(world.wait_for_effects(70)) == by_key(range(70))
        wait_until(lambda: world.pending() == 0, "the outbox is not empty")
        assert len(world.effects()) == 70


@pytest.mark.parametrize("away", [timedelta(hours=1), MESSAGES_KEPT - DAY], ids=["an hour", "nearly a week"])
def test_a_consumer_of_kafka_that_was_dead_catches_up_and_knows_again_what_it_had(world, away):
    world.bus(Taker())
    other = world.bus(Taker("other"))
    world.send(*range(10))
    world.wait_for_effects(10)
    world.wait_for_effects(10, "other")
    other.stop()
    for start in range(10, 40, 5):
        world.send(*range(start, start + 5))
        world.clock.advance(away / 6)
        clear_away(world)
    assert by_key(world.wait_for_effects(40)) == by_key(range(40))
    assert len(world.effects("other")) == 10
    world.bus(Taker("other"))
    assert by_key(world.wait_for_effects(40, "other")) == by_key(range(40))
    clear_away(world)
    with world.database.transaction() as session:
        outbox.publish_again(session)
    world.send(*range(40, 47))  # one for each key: when it is there, all that came again was heard
    for name in ("taker", "other"):
        assert by_key(world.wait_for_effects(47, name)) == by_key(range(47))


def test_within_a_process_a_consumer_that_was_dead_for_an_hour_catches_up_whatever_is_cleared_away(world):
    """Cleared away is all that may go at all, however young."""
    taker, other, away = Taker(), Taker("other"), True

    def take(session, event):
        if away:
            raise Unavailable("dead")
        other.take(session, event)

    bus = Dispatcher(world.database, [taker.consumer, dataclasses.replace(other.consumer, handler=take)])
    for start in range(0, 30, 5):
        world.send(*range(start, start + 5))
        bus.run_pending()
        world.clock.advance(TEN_MINUTES)
        clear_away(world, timedelta(0), timedelta(0))
        bus.run_pending()
    assert world.effects() == [*range(30)]
    assert (world.effects("other"), world.pending()) == ([], 30)
    away = False
    bus.run_pending()
    assert (world.effects("other"), world.pending()) == ([*range(30)], 0)
    with world.database.transaction() as session:
        outbox.publish_again(session)
    bus.run_pending()
    for name in ("taker", "other"):
        assert world.effects(name) == [*range(30)]
