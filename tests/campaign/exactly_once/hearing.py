"""Kafka in the simulated world: how far its topics have come, and groups that hear when the scenario says so."""

from contextlib import suppress
from typing import TYPE_CHECKING

from confluent_kafka import Consumer, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from cloud_api.common.kafka_place import KafkaPlace
from cloud_api.common.listening import OPTIONS
from cloud_api.common.topics import create_topics
from tests.support.servers.base import wait_until

if TYPE_CHECKING:
    from tests.campaign.exactly_once.processes import Process

TOPICS = ("attendance", "visit")
"""Those in which anything is said here."""
SWIFT = {**OPTIONS, "fetch.wait.max.ms": 20}


class Topics:
    """How far each topic has come, by the broker's word. The scenario alone writes into them."""

    def __init__(self, place: KafkaPlace) -> None:
        self._admin = AdminClient(place.options())
        create_topics(place, TOPICS)
        found = self._admin.list_topics(timeout=10).topics
        self._places = {
            topic: [TopicPartition(place.topic(topic), number) for number in found[place.topic(topic)].partitions]
            for topic in TOPICS
        }
        self._ends: dict[tuple[str, int], int] = {}
        wait_until(self._can_look, "the topics are not there")

    def look(self) -> None:
        every = [item for places in self._places.values() for item in places]
        told = self._admin.list_offsets({item: OffsetSpec.latest() for item in every})
        self._ends = {(item.topic, item.partition): answer.result(10).offset for item, answer in told.items()}

    def _can_look(self) -> bool:
        """A broker that has just made a topic may not answer for it yet."""
        with suppress(KafkaException):
            self.look()
        return bool(self._ends)

    def ends(self, topic: str) -> dict[int, int]:
        """The next offset of each partition."""
        return {item.partition: self._ends[item.topic, item.partition] for item in self._places[topic]}


class Group:
    """One consumer's group. Its partitions belong to whichever process hears next, from the offset committed last."""

    def __init__(self, place: KafkaPlace, topics: Topics, *, name: str, topic: str) -> None:
        self.name, self._topic, self._whole_topic = name, topic, place.topic(topic)
        self._topics = topics
        self._consumer = Consumer({**place.options(), **SWIFT, "group.id": place.group(name)})
        self._at = topics.ends(topic)
        self._consumer.assign([self._place(number, offset) for number, offset in self._at.items()])

    def skip(self) -> None:
        """What was said so far is not for us."""
        self._move(self._topics.ends(self._topic))

    def hear(self, process: "Process", *, dies: bool) -> bool:
        """Let a process hear all there is; when it dies, that is between the effect and the offset. Whether there was any."""
        listener, ends = process.listeners[self.name], self._topics.ends(self._topic)
        heard, at = self._at != ends, dict(self._at)
        while at != ends:
            messages = listener._gather(self._consumer)
            if dies:
                listener._intake.take([event for item in messages if (event := listener._read(item)) is not None])
            else:
                listener._take(self._consumer, messages)
            for item in messages:
                at[item.partition()] = item.offset() + 1
        if dies:
            self._move(self._at, anew=True)
        else:
            self._at = at
        return heard

    def _move(self, to: dict[int, int], *, anew: bool = False) -> None:
        for number, offset in to.items():
            if anew or offset != self._at[number]:
                self._consumer.seek(self._place(number, offset))
        self._at = dict(to)

    def _place(self, number: int, offset: int) -> TopicPartition:
        return TopicPartition(self._whole_topic, number, offset)
