"""Events reach every consumer, at least once and with one effect; who fails holds up nobody else."""

import json
import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import insert
from sqlmodel import select

from cloud_api.common.database import Conflict
from cloud_api.common.dispatcher import Dispatcher
from cloud_api.common.intake import Intake, prune_inbox
from cloud_api.common.kept import MAX_TRIES, replay_parked
from cloud_api.common.outbox import (
    Consumer,
    Event,
    prune_delivered,
    publish,
    publish_again,
    publish_many,
    publish_reference,
    unpack,
)
from cloud_api.common.tables import AuditHead, FailedMessage, InboxMessage, OutboxMessage
from shared.errors import Unavailable
from tests.support.builders import an_id


class Taker:
    """A consumer that remembers what it took in, and fails for what it is told to."""

    def __init__(self, name="taker", topic="t"):
        self.taken = []
        self.calls = 0
        self.failing = set()
        self.consumer = Consumer(topic, name, self.take)

    def take(self, session, event):
        self.calls += 1
        if event.data["n"] in self.failing:
            raise ValueError(event.data["n"])
        session.add(AuditHead(service=f"{self.consumer.name} {event.data['n']}"))
        self.taken.append(event.data["n"])


def send(database, *numbers, key=None, topic="t"):
    """Publish each number in a transaction of its own."""
    for n in numbers:
        with database.transaction() as session:
            publish(session, topic=topic, type="t.happened", key=key or an_id(n + 1), payload={"n": n})


def effects(database):
    with database.reading() as session:
        return sorted(session.exec(select(AuditHead.service)))


def test_an_event_is_delivered_once_with_its_envelope(database, clock):
    taker = Taker()
    seen = []
    dispatcher = Dispatcher(
        database, [taker.consumer, Consumer("t", "other", lambda _session, event: seen.append(event))]
    )
    send(database, 1, key=an_id(9))
    assert dispatcher.run_pending() == 1
    assert dispatcher.run_pending() == 0
    assert taker.taken == [1]
    envelope = seen[0].envelope()
    assert envelope["specversion"] == "1.0"
    assert (envelope["subject"], envelope["type"], envelope["data"]) == (str(an_id(9)), "t.happened", {"n": 1})
    assert json.loads(json.dumps(envelope)) == envelope


def test_an_event_of_a_transaction_that_failed_never_was(database):
    def fail():
        with database.transaction() as session:
            publish(session, topic="t", type="t.happened", key=an_id(1), payload={"n": 1})
            raise KeyError

    taker = Taker()
    with pytest.raises(KeyError):
        fail()
    Dispatcher(database, [taker.consumer]).run_pending()
    assert taker.taken == []


def test_a_consumer_hears_only_its_topic(database):
    taker = Taker(topic="other")
    send(database, 1)
    assert Dispatcher(database, [taker.consumer]).run_pending() == 1
    assert taker.taken == []


def test_redelivery_changes_nothing(database):
    taker = Taker()
    send(database, 1)
    Dispatcher(database, [taker.consumer]).run_pending()
    with database.transaction() as session:
        session.exec(select(OutboxMessage)).one().done_at = None
    assert Dispatcher(database, [taker.consumer]).run_pending() == 1
    assert taker.taken == [1]


def test_effect_and_inbox_are_one_transaction(database):
    taker = Taker()
    taker.failing = {1}
    dispatcher = Dispatcher(database, [taker.consumer])
    send(database, 1)
    dispatcher.run_pending()
    with database.reading() as session:
        assert session.exec(select(InboxMessage)).all() == []
    assert effects(database) == []


def test_a_message_that_was_taken_in_by_another_process_meanwhile_has_no_second_effect(database):
    taker = Taker()
    send(database, 1)
    with database.reading() as session:
        event = unpack(session, session.exec(select(OutboxMessage)).one(), {})[0]
    one, other = Intake(database, taker.consumer), Intake(database, taker.consumer)
    other._fresh = lambda _session, events: events  # it looked before the first one was done
    one.take([event])
    assert other._try([event]) is not None
    assert effects(database) == ["taker 1"]
    Intake(database, taker.consumer).take([event])
    assert effects(database) == ["taker 1"]


def test_a_failing_message_is_tried_again_later_and_later(database, clock):
    taker = Taker()
    taker.failing = {1}
    dispatcher = Dispatcher(database, [taker.consumer])
    send(database, 1)
    dispatcher.run_pending()
    dispatcher.run_pending()
    assert taker.calls == 1
    clock.advance(timedelta(seconds=1))
    dispatcher.run_pending()
    clock.advance(timedelta(seconds=1))
    dispatcher.run_pending()
    assert taker.calls == 2
    taker.failing = set()
    clock.advance(timedelta(seconds=1))
    assert dispatcher.run_pending() == 1
    assert taker.taken == [1]


def test_a_failing_message_stops_neither_others_nor_other_consumers(database):
    taker, other = Taker(), Taker("other")
    taker.failing = {1}
    dispatcher = Dispatcher(database, [taker.consumer, other.consumer])
    send(database, 1, 2, 3)
    dispatcher.run_pending()
    assert taker.taken == [2, 3]
    assert other.taken == [1, 2, 3]


def test_later_messages_of_the_same_key_wait_for_the_failing_one(database, clock):
    taker = Taker()
    taker.failing = {1}
    dispatcher = Dispatcher(database, [taker.consumer])
    send(database, 1, 2, key=an_id(7))
    send(database, 3)
    dispatcher.run_pending()
    dispatcher.run_pending()
    assert taker.taken == [3]
    taker.failing = set()
    clock.advance(timedelta(seconds=1))
    dispatcher.run_pending()
    assert taker.taken == [3, 1, 2]


def test_after_enough_tries_a_message_is_parked_and_its_key_goes_on(database, clock):
    taker = Taker()
    taker.failing = {1}
    dispatcher = Dispatcher(database, [taker.consumer])
    send(database, 1, 2, key=an_id(7))
    for _ in range(MAX_TRIES):
        dispatcher.run_pending()
        clock.advance(timedelta(minutes=5))
    dispatcher.run_pending()
    assert taker.taken == [2]
    with database.reading() as session:
        failure = session.exec(select(FailedMessage)).one()
    assert failure.parked_at is not None
    assert failure.tries == MAX_TRIES
    assert failure.error.startswith("ValueError in cloud_api/")  # and not the message, which may name somebody


def test_a_parked_message_can_be_replayed(database, clock):
    taker = Taker()
    taker.failing = {1}
    dispatcher = Dispatcher(database, [taker.consumer])
    send(database, 1)
    for _ in range(MAX_TRIES):
        dispatcher.run_pending()
        clock.advance(timedelta(minutes=5))
    taker.failing = set()
    assert dispatcher.run_pending() == 0
    with database.transaction() as session:
        assert replay_parked(session, consumer="nobody") == 0
        assert replay_parked(session, consumer="taker") == 1
    assert dispatcher.run_pending() == 1
    assert taker.taken == [1]


def test_in_a_batch_the_failing_event_alone_is_left(database, clock):
    taker = Taker()
    taker.failing = {2}
    dispatcher = Dispatcher(database, [taker.consumer])
    with database.transaction() as session:
        items = [(uuid4(), an_id(n), json.dumps({"n": n})) for n in (1, 2, 3)]
        publish_many(session, topic="t", type="t.happened", items=items)
    assert dispatcher.run_pending() == 1
    assert effects(database) == ["taker 1", "taker 3"]
    taker.failing = set()
    clock.advance(timedelta(seconds=1))
    assert dispatcher.run_pending() == 1
    assert effects(database) == ["taker 1", "taker 2", "taker 3"]


def test_a_batch_does_not_overtake_a_failing_message_of_one_of_its_keys(database, clock):
    taker = Taker()
    taker.failing = {1}
    dispatcher = Dispatcher(database, [taker.consumer])
    send(database, 1, key=an_id(7))
    with database.transaction() as session:
        items = [(uuid4(), an_id(key), json.dumps({"n": n})) for n, key in ((2, 7), (3, 8), (4, 9))]
        publish_many(session, topic="t", type="t.happened", items=items)
    dispatcher.run_pending()
    assert taker.taken == [3, 4]
    taker.failing = set()
    clock.advance(timedelta(seconds=1))
    dispatcher.run_pending()
    assert taker.taken == [3, 4, 1, 2]


def test_a_batch_goes_to_who_takes_many_at_once(database):
    batches = []
    consumer = Consumer(
        "t", "many", lambda _session, _event: None, many=lambda _session, events: batches.append(len(events))
    )
    with database.transaction() as session:
        publish_many(session, topic="t", type="t.happened", items=[(uuid4(), an_id(n), "{}") for n in range(7)])
    Dispatcher(database, [consumer]).run_pending()
    assert batches == [7]


def test_publishing_nothing_leaves_nothing(database):
    with database.transaction() as session:
        publish_many(session, topic="t", type="t.happened", items=[])
    with database.reading() as session:
        assert session.exec(select(OutboxMessage)).all() == []


def test_a_reference_is_read_where_it_is_delivered(database):
    taker = Taker()
    dispatcher = Dispatcher(database, [taker.consumer])
    dispatcher.add_sources(
        {"t.stored": lambda _session, number: [(an_id(1), an_id(2), {"n": number}), (an_id(3), an_id(2), {"n": 0})]}
    )
    with database.transaction() as session:
        publish_reference(session, topic="t", type="t.stored", reference=41)
    assert dispatcher.run_pending() == 1
    assert taker.taken == [41, 0]


def test_two_consumers_cannot_share_a_name(database):
    dispatcher = Dispatcher(database, [Taker().consumer])
    with pytest.raises(ValueError, match="taker"):
        dispatcher.add([Taker().consumer])


def test_the_thread_delivers_what_was_published(database):
    taken = threading.Event()
    dispatcher = Dispatcher(database, [Consumer("t", "c", lambda _session, _event: taken.set())])
    dispatcher.start()
    send(database, 1)
    assert taken.wait(30)
    dispatcher.stop()
    with database.reading() as session:
        assert session.exec(select(OutboxMessage)).one().done_at is not None


def test_delivered_messages_are_forgotten_in_time_and_parked_ones_are_not(database, clock):
    taker = Taker()
    taker.failing = {1}
    dispatcher = Dispatcher(database, [taker.consumer])
    send(database, 1, 2)
    for _ in range(MAX_TRIES):
        dispatcher.run_pending()
        clock.advance(timedelta(minutes=5))
    dispatcher.run_pending()
    clock.advance(timedelta(days=8))
    send(database, 3)
    dispatcher.run_pending()
    with database.transaction() as session:
        prune_delivered(session, older_than=clock.now() - timedelta(days=7))
        prune_inbox(session, older_than=clock.now() - timedelta(days=7))
    with database.reading() as session:
        assert [row.type for row in session.exec(select(OutboxMessage))] == ["t.happened"]
        assert len(session.exec(select(InboxMessage)).all()) == 1
        assert session.exec(select(FailedMessage)).one().payload == '{"n": 1}'
    taker.failing = set()
    with database.transaction() as session:
        replay_parked(session)
    dispatcher.run_pending()
    assert 1 in taker.taken


def test_what_the_outbox_may_bring_again_is_not_forgotten(database, clock):
    """A server that was off for long finds a row of which one consumer has had its part."""
    taker, other = Taker(), Taker("other")
    send(database, 1)
    Dispatcher(database, [taker.consumer]).run_pending()
    with database.transaction() as session:
        session.exec(select(OutboxMessage)).one().done_at = None
    clock.advance(timedelta(days=100))
    with database.transaction() as session:
        prune_inbox(session, older_than=clock.now())
    Dispatcher(database, [taker.consumer, other.consumer]).run_pending()
    assert effects(database) == ["other 1", "taker 1"]
    assert taker.calls == 1


def test_an_environment_that_fails_is_no_fault_of_the_message(database, clock):
    """It is tried again as often as it takes, in order, while other consumers go on."""
    taker, other = Taker(), Taker("other")
    away = True

    def take(session, event):
        if away:
            raise Unavailable("The post office is closed.")
        taker.take(session, event)

    dispatcher = Dispatcher(database, [Consumer("t", "taker", take), other.consumer])
    send(database, 1, 2, key=an_id(7))
    for _ in range(2 * MAX_TRIES):
        dispatcher.run_pending()
        clock.advance(timedelta(minutes=5))
    with database.reading() as session:
        assert session.exec(select(FailedMessage)).all() == []
    assert other.taken == [1, 2]
    away = False
    dispatcher.run_pending()
    assert taker.taken == [1, 2]


def test_a_kept_message_whose_environment_fails_waits_without_a_try(database, clock):
    taker = Taker()
    error = ValueError("bad")

    def take(session, event):
        if error is not None:
            raise error
        taker.take(session, event)

    dispatcher = Dispatcher(database, [Consumer("t", "taker", take)])
    send(database, 1)
    dispatcher.run_pending()
    error = Unavailable("closed")
    for _ in range(2 * MAX_TRIES):
        clock.advance(timedelta(minutes=5))
        dispatcher.run_pending()
    with database.reading() as session:
        assert session.exec(select(FailedMessage)).one().tries == 1
    error = None
    dispatcher.run_pending()
    assert taker.taken == [1]


def test_what_the_database_undid_is_done_again_at_once(database):
    taker = Taker()

    def take(session, event):
        if taker.calls < 2:
            taker.calls += 1
            raise Conflict("deadlock")
        taker.take(session, event)

    send(database, 1)
    assert Dispatcher(database, [Consumer("t", "taker", take)]).run_pending() == 1
    assert taker.taken == [1]


def test_a_row_that_cannot_be_read_stays_and_holds_up_nobody(database, caplog):
    taker = Taker()
    dispatcher = Dispatcher(database, [taker.consumer])
    with database.transaction() as session:
        publish_reference(session, topic="t", type="t.of_a_later_program", reference=1)
    send(database, 2)
    assert dispatcher.run_pending() == 1
    assert dispatcher.run_pending() == 0
    assert taker.taken == [2]
    assert caplog.text.count("t.of_a_later_program stays there") == 1
    dispatcher = Dispatcher(database, [taker.consumer])
    dispatcher.add_sources({"t.of_a_later_program": lambda _session, number: [(an_id(1), an_id(2), {"n": number})]})
    assert dispatcher.run_pending() == 1
    assert taker.taken == [2, 1]


def test_a_message_that_comes_twice_in_one_batch_has_one_effect(database):
    taker = Taker()
    with database.transaction() as session:
        item = (uuid4(), an_id(1), '{"n": 1}')
        publish_many(session, topic="t", type="t.happened", items=[item, (uuid4(), an_id(1), '{"n": 2}'), item])
    Dispatcher(database, [taker.consumer]).run_pending()
    assert taker.taken == [1, 2]
    assert taker.calls == 2


def test_operators_tools_hear_of_a_parked_message(database, clock):
    taker, tool = Taker(), []
    taker.failing = {1}
    dispatcher = Dispatcher(
        database, [taker.consumer, Consumer("parking", "tool", lambda _s, event: tool.append(event))]
    )
    send(database, 1, key=an_id(7))
    for _ in range(MAX_TRIES):
        dispatcher.run_pending()
        clock.advance(timedelta(minutes=5))
    (event,) = tool
    assert (event.key, event.data["consumer"], event.data["tries"]) == (an_id(7), "taker", MAX_TRIES)
    assert Event.from_envelope(event.data["message"]).data == {"n": 1}


def test_a_parked_message_that_comes_again_stays_parked(database, clock):
    taker = Taker()
    taker.failing = {1}
    dispatcher = Dispatcher(database, [taker.consumer])
    send(database, 1)
    for _ in range(MAX_TRIES):
        dispatcher.run_pending()
        clock.advance(timedelta(minutes=5))
    with database.transaction() as session:
        publish_again(session)
    dispatcher.run_pending()
    assert taker.calls == MAX_TRIES


def test_an_error_is_kept_without_the_values_of_its_statement(database):
    def take(session, event):
        session.add(AuditHead(service="secret value"))
        session.flush()
        session.exec(insert(AuditHead).values(service="secret value", number=0, hash=""))

    send(database, 1)
    Dispatcher(database, [Consumer("t", "taker", take)]).run_pending()
    with database.reading() as session:
        error = session.exec(select(FailedMessage)).one().error
    assert "IntegrityError" in error
    assert "secret value" not in error


def test_an_envelope_is_read_as_it_was_written(clock):
    event = Event(an_id(1), "t", "t.happened", an_id(2), clock.now(), {"n": 1})
    assert Event.from_envelope(json.loads(json.dumps(event.envelope()))) == event
