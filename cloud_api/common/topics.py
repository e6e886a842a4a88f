"""The topics in Kafka: made where they are missing, and left as they are where they exist."""

from collections.abc import Collection
from concurrent.futures import Future
from datetime import timedelta

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient, NewTopic  # type: ignore[attr-defined]  # exported all the same

from cloud_api.common.kafka_place import KafkaPlace
from shared.errors import Unavailable

PARTITIONS = 6
REPLICAS = 3
RETENTION = timedelta(days=7)
"""A consumer may be away for so long. The inbox remembers far longer what it has taken in."""
TIMEOUT_S = 5.0


def create_topics(place: KafkaPlace, names: Collection[str]) -> list[str]:
    """Make what is missing among these topics (names without the prefix); returns what was made.

    Raises:
        Unavailable: the cluster does not answer, or did not make one.
    """
    admin = AdminClient(place.options())
    try:
        missing, brokers = _missing(admin, place, names)
        for name, made in _ask(admin, missing, min(REPLICAS, brokers)).items():
            _wait(admin, name, made)
    except KafkaException as error:
        raise _away(place, error) from error
    return missing


def missing_topics(place: KafkaPlace, names: Collection[str]) -> list[str]:
    """Which of these topics are not there yet, by their whole names. Changes nothing.

    Raises:
        Unavailable: the cluster does not answer.
    """
    try:
        return _missing(AdminClient(place.options()), place, names)[0]
    except KafkaException as error:
        raise _away(place, error) from error


def _missing(admin: AdminClient, place: KafkaPlace, names: Collection[str]) -> tuple[list[str], int]:
    """The topics that are not there, and how many brokers there are."""
    admin.poll(0)  # lets the sign-in have its first token
    cluster = admin.list_topics(timeout=TIMEOUT_S)
    wanted = [place.topic(name) for name in sorted(names)]
    return [name for name in wanted if name not in cluster.topics], len(cluster.brokers)


def _away(place: KafkaPlace, error: KafkaException) -> Unavailable:
    return Unavailable(f"Kafka at {place.servers} does not answer: {_reason(error).str()}.")


def _ask(admin: AdminClient, names: Collection[str], replicas: int) -> dict[str, Future[None]]:
    if not names:
        return {}
    config = {"retention.ms": str(RETENTION // timedelta(milliseconds=1))}
    topics = [NewTopic(name, num_partitions=PARTITIONS, replication_factor=replicas, config=config) for name in names]
    asked: dict[str, Future[None]] = admin.create_topics(topics, request_timeout=TIMEOUT_S)
    return asked


def _wait(admin: AdminClient, name: str, made: Future[None]) -> None:
    """A cluster that makes topics by itself (the mock one of librdkafka) answers no such request."""
    try:
        made.result()
    except KafkaException as error:
        if _reason(error).code() == KafkaError.TOPIC_ALREADY_EXISTS:
            return  # another process was there first
        if admin.list_topics(name, timeout=TIMEOUT_S).topics[name].error is not None:
            raise


def _reason(error: KafkaException) -> KafkaError:
    reason: KafkaError = error.args[0]
    return reason
