"""The way from Kafka to a consumer: a thread that brings it its topic, batch by batch."""

import json
import logging
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from confluent_kafka import Consumer, KafkaException, Message, TopicPartition

from cloud_api.common.intake import BATCH, Intake
from cloud_api.common.kafka_place import KafkaPlace
from cloud_api.common.outbox import Event
from cloud_api.common.topics import create_topics
from shared.errors import Unavailable

log = logging.getLogger(__name__)

OPTIONS: Mapping[str, Any] = {
    "enable.auto.commit": False,
    "auto.offset.reset": "earliest",
    "isolation.level": "read_committed",
    "partition.assignment.strategy": "cooperative-sticky",
    "session.timeout.ms": 10_000,  # so soon somebody else takes over from a process that was killed
    "heartbeat.interval.ms": 2_000,
}
_POLL_S = 0.5
_LONGEST_WAIT_S = 10.0


class Listener:
    """Consumes one topic in the group of one consumer.

    An offset is committed after the transaction that took its message in, or kept it. So a message may come again, and
    never gets lost. When a partition goes to another process, nothing of it is under way: a batch is finished before
    Kafka is asked for more. ``stop`` finishes the batch, commits and leaves the group.
    """

    def __init__(self, place: KafkaPlace, intake: Intake, *, options: Mapping[str, Any] = OPTIONS) -> None:
        self._place = place
        self._intake = intake
        self._name = intake.consumer.name
        self._options = {**place.options(), **options, "group.id": place.group(self._name)}
        self._gone: set[int] = set()
        self._failures = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name=f"events {self._name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def ask_to_stop(self) -> None:
        self._stopping.set()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                self._listen()
            except (Unavailable, KafkaException) as error:
                self._fail(f"{self._name} hears nothing: {error}")
            except Exception:  # a worker's main loop: say so and carry on
                log.exception("%s stopped listening; trying again", self._name)
                self._fail("")

    def _listen(self) -> None:
        """Consume until asked to stop, from where the group stands."""
        topic = self._intake.consumer.topic
        create_topics(self._place, [topic])
        consumer = Consumer(self._options)
        try:
            consumer.subscribe([self._place.topic(topic)], on_revoke=self._forget, on_lost=self._forget)
            while not self._stopping.is_set():
                if messages := self._gather(consumer):
                    self._take(consumer, messages)
        finally:
            consumer.close()

    def _gather(self, consumer: Consumer) -> list[Message]:
        """The next message, and what has been fetched with it."""
        self._gone.clear()
        first = consumer.poll(_POLL_S)
        found = [] if first is None else [first, *consumer.consume(BATCH - 1, 0)]
        for message in found:
            if (error := message.error()) is not None:
                raise KafkaException(error)
        return [message for message in found if message.partition() not in self._gone]

    def _take(self, consumer: Consumer, messages: Sequence[Message]) -> None:
        try:
            self._intake.take([event for message in messages if (event := self._read(message)) is not None])
        except Unavailable as error:
            for partition in _firsts(messages):
                with suppress(KafkaException):  # it is another process's by now
                    consumer.seek(partition)
            self._fail(f"{self._name} cannot take anything in right now: {error}")
            return
        self._failures = 0
        try:
            consumer.commit(offsets=_nexts(messages), asynchronous=False)
        except KafkaException as error:  # the messages come again, here or elsewhere, and change nothing
            log.info("%s: offsets not committed: %s", self._name, error)

    def _read(self, message: Message) -> Event | None:
        """The event in a message; None for what is no envelope of ours, which nobody here can do anything with."""
        try:
            return Event.from_envelope(json.loads(message.value() or b""))
        except (ValueError, KeyError, TypeError, AttributeError):
            place = (message.topic(), message.partition(), message.offset())
            log.exception("%s: no event at %s, partition %d, offset %d: passed over", self._name, *place)
            return None

    def _forget(self, _consumer: Consumer, partitions: Iterable[TopicPartition]) -> None:
        self._gone.update(item.partition for item in partitions)

    def _fail(self, said: str) -> None:
        """Wait before the next attempt, longer each time; say so the first time."""
        if said and self._failures == 0:
            log.warning("%s Trying again until it works.", said)
        self._stopping.wait(min(0.5 * 2**self._failures, _LONGEST_WAIT_S))
        self._failures += 1


def _firsts(messages: Sequence[Message]) -> list[TopicPartition]:
    found = {message.partition(): message for message in reversed(messages)}
    return [_place_of(message, behind=0) for message in found.values()]


def _nexts(messages: Sequence[Message]) -> list[TopicPartition]:
    found = {message.partition(): message for message in messages}
    return [_place_of(message, behind=1) for message in found.values()]


def _place_of(message: Message, *, behind: int) -> TopicPartition:
    return TopicPartition(message.topic() or "", message.partition() or 0, (message.offset() or 0) + behind)
