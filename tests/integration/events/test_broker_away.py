"""Kafka may go away at any time: nothing is lost, and nobody else waits for it."""

import pytest

from cloud_api.common.kafka_bus import KafkaBus
from cloud_api.common.kafka_place import KafkaPlace
from tests.support.builders import an_event_record
from tests.support.cloud import StillClock, a_gym
from tests.support.event_world import Taker, World
from tests.support.reception import Desk, ok
from tests.support.servers import shared as servers
from tests.support.servers.base import wait_until
from tests.support.servers.kafka import Kafka, MockKafka


@pytest.fixture
def broker(tmp_path):
    """A broker of the test's own, to be killed."""
    if isinstance(servers.kafka(), MockKafka):
        pytest.skip("the mock cluster forgets everything when it is killed")
    broker = Kafka(tmp_path / "kafka")
    broker.start()
    yield broker
    broker.remove()


@pytest.fixture
def world(broker):
    with servers.a_mysql_database() as url:
        world = World(url, KafkaPlace(broker.bootstrap), StillClock())
        yield world
        world.close()


def test_a_broker_that_is_killed_and_comes_back_loses_nothing(world, broker):
    world.bus(Taker())
    world.bus(Taker("other"))
    world.send(*range(20))
    world.wait_for_effects(20)
    broker.kill()
    world.send(*range(20, 60))
    assert world.pending() > 0
    broker.start()
    for name in ("taker", "other"):
        effects = world.wait_for_effects(60, name)
        assert sorted(effects) == list(range(60))
    wait_until(lambda: world.pending() == 0, "the outbox is not empty")


def test_requests_and_revocations_do_not_wait_for_kafka(tmp_path, broker, caplog):
    """A pass is revoked in the roster, which no bus carries; everything else is carried once Kafka is back."""
    environ = {"FIT_EVENTS_URL": f"kafka://{broker.bootstrap}?prefix=gym"}
    with a_gym(tmp_path, environ=environ) as gym:
        bus = gym.cloud.dispatcher
        assert isinstance(bus, KafkaBus)
        broker.kill()
        bus.start()
        desk = Desk(gym)
        card = desk.card(who := desk.member())
        assert desk.credential_row(card["lookup"])["status"] == "active"
        ok(desk.client.post(f"/v1/passes/{card['id']}/revoke", json={}))
        assert desk.credential_row(card["lookup"])["status"] == "revoked"
        kiosk = gym.kiosk()
        kiosk.upload(an_event_record(number=1, member_id=who))
        wait_until(lambda: "Trying again until it works" in caplog.text, "nobody says that Kafka is away")
        assert desk.visits(who) == []
        broker.start()
        wait_until(lambda: len(desk.visits(who)) == 1, "the visit was not heard of")
        bus.stop()
    assert caplog.text.count("the relay to Kafka: Kafka at") == 1
