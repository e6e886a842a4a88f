"""``fit-cloud events``: what consumers gave up on, having it delivered again, and the topics in Kafka."""

import argparse
from collections.abc import Callable
from typing import Any

from cloud_api.common.event_types import TOPICS
from cloud_api.common.kafka_place import parse_events_url
from cloud_api.common.kept import list_parked, replay_parked
from cloud_api.common.tables import FailedMessage
from cloud_api.operate.answer import Answer
from cloud_api.operate.opening import open_cloud
from cloud_api.settings import Settings
from shared.errors import InvalidInput


def replay(asked: argparse.Namespace, settings: Settings) -> Answer:
    """Have what is parked tried again by the running server, or by the next one."""
    cloud = open_cloud(settings)
    with cloud.database.transaction() as session:
        count = replay_parked(session, consumer=asked.consumer)
    cloud.database.close()
    return Answer({"replayed": count}, f"{count} messages will be delivered again.")


def _parked(asked: argparse.Namespace, settings: Settings) -> Answer:
    cloud = open_cloud(settings)
    with cloud.database.reading() as session:
        found = [_told(message) for message in list_parked(session, consumer=asked.consumer)]
    cloud.database.close()
    lines = ["{since}  {consumer}  {type}  {id}  {tries} tries: {error}".format(**item) for item in found]
    return Answer(found, "\n".join(lines) or "none parked")


def _told(message: FailedMessage) -> dict[str, Any]:
    return {
        "consumer": message.consumer,
        "type": message.type,
        "id": str(message.message_id),
        "tries": message.tries,
        "error": message.error,
        "since": message.kept_at.isoformat(timespec="seconds"),
    }


def _topics(_asked: argparse.Namespace, settings: Settings) -> Answer:
    if not settings.events_url:
        raise InvalidInput("Events go within the process here: set FIT_EVENTS_URL=kafka://host:port.")
    from cloud_api.common.topics import create_topics  # noqa: PLC0415  # only here is Kafka's library needed

    made = create_topics(parse_events_url(settings.events_url), TOPICS)
    return Answer({"topics": sorted(TOPICS), "created": made}, f"created: {', '.join(made) or 'none, all are there'}")


_COMMANDS: dict[str, Callable[[argparse.Namespace, Settings], Answer]] = {
    "parked": _parked,
    "replay": replay,
    "topics": _topics,
}


def run_events(asked: argparse.Namespace, settings: Settings) -> Answer:
    return _COMMANDS[asked.what](asked, settings)
