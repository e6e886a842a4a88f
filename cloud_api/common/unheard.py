"""What stands in Kafka's topics and was heard by nobody yet."""

from collections.abc import Iterable

from confluent_kafka import ConsumerGroupTopicPartitions, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec  # type: ignore[attr-defined]  # exported all the same

from cloud_api.common.kafka_place import KafkaPlace
from cloud_api.common.outbox import Consumer
from cloud_api.common.topics import TIMEOUT_S
from shared.errors import Unavailable


def skip_unheard(place: KafkaPlace, consumers: Iterable[Consumer]) -> None:
    """Have consumers hear nothing of what their topics hold now, to be called while no process listens.

    Raises:
        Unavailable: the cluster does not answer, or some process still listens.
    """
    admin = AdminClient(place.options())
    try:
        admin.poll(0)  # lets the sign-in have its first token
        there = admin.list_topics(timeout=TIMEOUT_S).topics
        for consumer in consumers:
            topic = place.topic(consumer.topic)
            if topic in there:
                _move(admin, place.group(consumer.name), _ends(admin, topic, there[topic].partitions))
    except (KafkaException, TimeoutError) as error:
        raise Unavailable(
            f"Kafka at {place.servers} does not let consumers skip what was said: {error}. Is every server stopped?"
        ) from error


def _move(admin: AdminClient, group: str, to: list[TopicPartition]) -> None:
    moved = admin.alter_consumer_group_offsets([ConsumerGroupTopicPartitions(group, to)])[group].result(TIMEOUT_S)
    for partition in moved.topic_partitions:
        if partition.error is not None:
            raise KafkaException(partition.error)


def _ends(admin: AdminClient, topic: str, partitions: Iterable[int]) -> list[TopicPartition]:
    asked = admin.list_offsets({TopicPartition(topic, number): OffsetSpec.latest() for number in partitions})  # type: ignore[no-untyped-call]
    return [TopicPartition(topic, at.partition, answer.result(TIMEOUT_S).offset) for at, answer in asked.items()]
