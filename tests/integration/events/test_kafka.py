"""Events over a broker: each has its effect once, in the order of its key, whoever fails or is away."""

import dataclasses
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from sqlalchemy import text

from cloud_api.common.kafka_bus import KafkaBus
from cloud_api.common.kept import MAX_TRIES, replay_parked
from cloud_api.common.outbox import publish_again
from cloud_api.common.relay import Relay
from cloud_api.common.topics import create_topics
from shared.errors import Unavailable
from tests.support.builders import an_id
from tests.support.event_world import SWIFT, Taker
from tests.support.servers import shared as servers
from tests.support.servers.base import wait_until
from tests.support.servers.kafka import MockKafka


def in_order_of_keys(numbers):
    """Whether the numbers of each key (n modulo 7) came in their order."""
    return all([n for n in numbers if n % 7 == key] == sorted(n for n in numbers if n % 7 == key) for key in range(7))


def messages_in(place, topic):
    """How many messages a topic holds."""
    consumer = Consumer(place.options() | {"group.id": f"{place.prefix}.counting"})
    partitions = consumer.list_topics(place.topic(topic), timeout=10).topics[place.topic(topic)].partitions
    marks = [consumer.get_watermark_offsets(TopicPartition(place.topic(topic), n), timeout=10) for n in partitions]
    consumer.close()
    return sum(high - low for low, high in marks)


def test_what_is_published_has_its_effect_once_at_every_consumer(world):
    world.bus(Taker(), Taker("other"))
    world.send(*range(50))
    for name in ("taker", "other"):
        effects = world.wait_for_effects(50, name)
        assert sorted(effects) == list(range(50))
        assert in_order_of_keys(effects)
    assert world.pending() == 0


def test_two_relays_share_the_work_and_send_nothing_twice(world):
    world.bus()
    world.bus()
    databases = [world.new_database() for _ in range(4)]
    senders = [
        threading.Thread(target=world.send, args=range(n, 280, 4), kwargs={"database": database, "key": an_id(n)})
        for n, database in enumerate(databases)
    ]
    for sender in senders:
        sender.start()
    world.bus(Taker())
    for sender in senders:
        sender.join()
    effects = world.wait_for_effects(280)
    assert sorted(effects) == list(range(280))
    for n in range(4):
        assert [item for item in effects if item % 4 == n] == list(range(n, 280, 4))
    assert messages_in(world.place, "t") == 280


def test_one_process_relays_at_a_time_and_its_end_frees_the_turn(world):
    one, other = (Relay(world.new_database(), world.place) for _ in range(2))
    with one._own_turn() as is_ours:  # the first time it makes the row
        assert is_ours
    world.send(1)
    with one._own_turn() as is_ours:
        assert is_ours
        assert other.run() == 0
    assert world.pending() == 1
    assert other.run() == 1
    assert world.pending() == 0


def test_two_processes_share_a_consumer(world):
    world.bus(Taker())
    world.bus(Taker())
    world.send(*range(70))
    effects = world.wait_for_effects(70)
    assert sorted(effects) == list(range(70))
    assert in_order_of_keys(effects)


def test_a_poison_message_stops_nobody_and_its_key_waits(world):
    taker = Taker()
    taker.failing = {3}
    bus = world.bus(taker)
    world.send(3, 10, 17)  # of one key
    world.send(4, 5)
    assert sorted(world.wait_for_effects(2)) == [4, 5]
    wait_until(lambda: kept(world) == 3, "the key's messages were not kept")
    assert sorted(world.effects()) == [4, 5]
    taker.failing = set()
    world.clock.advance(timedelta(seconds=2))
    assert world.wait_for_effects(5)[2:] == [3, 10, 17]
    assert kept(world) == 0
    bus.stop()


def kept(world):
    with world.database.reading() as session:
        return session.scalar(text("SELECT count(*) FROM common_failed_message"))


def test_a_parked_message_is_shown_to_tools_and_can_be_replayed(world):
    taker = Taker()
    taker.failing = {3}
    bus = world.bus(taker)
    world.send(3)
    wait_until(lambda: kept(world) == 1, "the message was not kept")
    for _ in range(MAX_TRIES):
        world.clock.advance(timedelta(minutes=6))
        bus.run_pending()
    headers = dict(read_one(world.place, "parking").headers())
    assert (headers["consumer"], headers["tries"]) == (b"taker", str(MAX_TRIES).encode())
    assert headers["error"].startswith(b"ValueError in cloud_api")
    taker.failing = set()
    with world.database.transaction() as session:
        assert replay_parked(session, consumer="taker") == 1
    assert world.wait_for_effects(1) == [3]


def read_one(place, topic):
    options = {"group.id": f"{place.prefix}.reading", "auto.offset.reset": "earliest"}
    consumer = Consumer(place.options() | options)
    consumer.subscribe([place.topic(topic)])
    message = consumer.poll(30)
    consumer.close()
    return message


def test_a_consumer_that_was_away_catches_up_while_others_went_on(world):
    first = world.bus(Taker())
    other = world.bus(Taker("other"))
    world.send(*range(10))
    world.wait_for_effects(10)
    world.wait_for_effects(10, "other")
    other.stop()
    world.send(*range(10, 40))
    assert len(world.wait_for_effects(40)) == 40
    assert len(world.effects("other")) == 10
    world.bus(Taker("other"))
    effects = world.wait_for_effects(40, "other")
    assert sorted(effects) == list(range(40))
    assert in_order_of_keys(effects)
    first.stop()


def test_a_consumer_that_is_new_hears_what_was_said_before_it_came(world):
    world.bus(Taker())
    world.send(*range(10))
    world.wait_for_effects(10)
    world.bus(Taker("new"))
    assert sorted(world.wait_for_effects(10, "new")) == list(range(10))


def test_who_is_asked_to_end_finishes_the_batch_first(world):
    taker = Taker()
    taker.stopped_at = 1
    bus = world.bus(taker)
    world.send(1, key=an_id(1))
    assert taker.reached.wait(30)
    ending = threading.Thread(target=bus.stop)
    ending.start()
    taker.go_on.set()
    ending.join()
    assert world.effects() == [1]
    consumer = Consumer(world.place.options() | {"group.id": world.place.group("taker")})
    topic = world.place.topic("t")
    partitions = [TopicPartition(topic, n) for n in consumer.list_topics(topic).topics[topic].partitions]
    assert sum(max(item.offset, 0) for item in consumer.committed(partitions, timeout=10)) == 1
    consumer.close()


def test_topics_are_made_once(place):
    names = ["member", "visit"]
    create_topics(place, names)
    assert create_topics(place, [*names]) == []


def test_a_process_that_dies_between_effect_and_offset_does_no_harm(world):
    world.bus()  # relays only
    world.send(*range(20))
    place = world.place
    command = [sys.executable, "-m", "tests.support.dying_listener", world.url, place.servers, place.prefix]
    died = subprocess.run(command, check=False, timeout=60)
    assert died.returncode == -9
    before = world.effects()
    assert before
    world.bus(Taker())
    effects = world.wait_for_effects(20)
    assert sorted(effects) == list(range(20))
    assert effects[: len(before)] == before
    assert kept(world) == 0
    assert in_order_of_keys(effects)


def test_a_message_of_somebody_else_is_passed_over(world, caplog):
    world.bus(Taker())
    world.send(1)
    world.wait_for_effects(1)
    producer = Producer(world.place.options())
    for value in (b"hello", b"[]", b'{"id": "x"}', None):
        producer.produce(world.place.topic("t"), key=str(an_id(2)), value=value)
    assert producer.flush(30) == 0
    world.send(2)
    world.wait_for_effects(2)
    wait_until(lambda: caplog.text.count("passed over") == 4, "not all four were passed over")


def test_a_database_that_is_away_for_a_moment_is_no_fault_of_a_message(world):
    """The batch is read again, in its order, and no try is counted."""
    taker = Taker()
    answers = iter([Unavailable("away"), Unavailable("away")])

    def take(session, event):
        if error := next(answers, None):
            raise error
        taker.take(session, event)

    bus = KafkaBus(world.new_database(), world.place, options=SWIFT)
    bus.add([dataclasses.replace(taker.consumer, handler=take)])
    bus.start()
    world.send(1, 8, 15)
    assert world.wait_for_effects(3) == [1, 8, 15]
    assert kept(world) == 0
    bus.stop()


def test_after_a_restore_nobody_hears_what_was_said_in_a_time_that_never_was(world):
    if isinstance(servers.kafka(), MockKafka):
        pytest.skip("the mock cluster keeps no offsets")
    world.send(*range(10))
    assert Relay(world.new_database(), world.place).run() == 10
    with world.database.transaction() as session:
        session.execute(text("DELETE FROM common_outbox WHERE number > 5"))  # a backup knows the first five
        publish_again(session)
    bus = KafkaBus(world.new_database(), world.place, options=SWIFT)
    bus.add([Taker().consumer])
    bus.skip_unheard()
    bus.start()
    world.send(*range(20, 27))  # one for each key
    effects = world.wait_for_effects(12)
    bus.stop()
    assert sorted(effects) == [*range(5), *range(20, 27)]


def test_nothing_is_skipped_while_somebody_listens(world):
    if isinstance(servers.kafka(), MockKafka):
        pytest.skip("the mock cluster keeps no offsets")
    bus = world.bus(Taker())
    world.send(1)
    world.wait_for_effects(1)
    with pytest.raises(Unavailable, match="every server stopped"):
        bus.skip_unheard()


def test_two_consumers_of_a_process_cannot_share_a_name(world):
    bus = KafkaBus(world.database, world.place)
    bus.add([Taker().consumer])
    with pytest.raises(ValueError, match="taker"):
        bus.add([Taker().consumer])
