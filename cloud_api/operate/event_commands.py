"""``fit-cloud events``: what consumers gave up on, and having it delivered again."""

import argparse
from collections.abc import Callable
from typing import Any

from cloud_api.common.kept import list_parked, replay_parked
from cloud_api.common.tables import FailedMessage
from cloud_api.operate.answer import Answer
from cloud_api.operate.opening import open_cloud
from cloud_api.settings import Settings


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


_COMMANDS: dict[str, Callable[[argparse.Namespace, Settings], Answer]] = {
    "parked": _parked,
    "replay": replay,
}


def run_events(asked: argparse.Namespace, settings: Settings) -> Answer:
    return _COMMANDS[asked.what](asked, settings)
