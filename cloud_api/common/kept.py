"""Messages that a consumer could not take in: kept with their content, in their order, until it can or a person looks."""

import json
from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Table, exists, insert, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, SQLModel, col

from cloud_api.common import scrubbing
from cloud_api.common.database import ignoring, select_in
from cloud_api.common.outbox import Event, publish
from cloud_api.common.session import transaction_time
from cloud_api.common.tables import FailedMessage

MAX_TRIES = 8
FIRST_WAIT = timedelta(seconds=1)
PARKING_TOPIC = "parking"
_HEADS_A_ROUND = 100

_FAILED: Table = SQLModel.metadata.tables["common_failed_message"]
_WAITING_KEYS = """SELECT DISTINCT `key` FROM common_failed_message
WHERE consumer = ? AND topic = ? AND parked_at IS NULL AND `key` IN ({keys})"""


def keep(session: Session, consumer: str, events: Iterable[Event], *, error: Exception | None = None) -> None:
    """Keep messages in their order: one that failed for the first time, or (no error) those behind such a one."""
    now = transaction_time(session)
    common = {
        "consumer": consumer,
        "tries": 0 if error is None else 1,
        "kept_at": now,
        "retry_at": now if error is None else now + FIRST_WAIT,
        "error": "" if error is None else describe(error),
    }
    rows = [
        {
            "message_id": event.id,
            "topic": event.topic,
            "type": event.type,
            "key": event.key,
            "published_at": event.published_at,
            "payload": json.dumps(event.data),
            "traceparent": event.traceparent,
            **common,
        }
        for event in events
    ]
    if rows:
        session.execute(ignoring(session, insert(_FAILED)), rows)


def waiting_keys(session: Session, consumer: str, events: Sequence[Event]) -> set[tuple[str, UUID]]:
    """Topic and key of those among the events that have to wait behind an earlier message."""
    found: set[tuple[str, UUID]] = set()
    for topic in {event.topic for event in events}:
        keys = list({event.key.bytes for event in events if event.topic == topic})
        rows = select_in(session, _WAITING_KEYS, given=[consumer, topic], keys=keys)
        found.update((topic, UUID(bytes=bytes(key))) for (key,) in rows)
    return found


def consumers_due(session: Session) -> set[str]:
    """The consumers that have something to be tried again now, or waiting behind it."""
    is_due = (col(FailedMessage.parked_at).is_(None), col(FailedMessage.retry_at) <= transaction_time(session))
    return set(session.scalars(select(col(FailedMessage.consumer)).where(*is_due).distinct()))


def due(session: Session, consumer: str) -> Sequence[int | None]:
    """The numbers of what is to be tried again now: the first one waiting of each key, where its time has come."""
    earlier = aliased(FailedMessage)
    is_behind = exists().where(
        col(earlier.consumer) == col(FailedMessage.consumer),
        col(earlier.topic) == col(FailedMessage.topic),
        col(earlier.key) == col(FailedMessage.key),
        col(earlier.parked_at).is_(None),
        col(earlier.number) < col(FailedMessage.number),
    )
    query = select(col(FailedMessage.number)).where(
        col(FailedMessage.consumer) == consumer,
        col(FailedMessage.parked_at).is_(None),
        col(FailedMessage.retry_at) <= transaction_time(session),
        ~is_behind,
    )
    return session.scalars(query.order_by(col(FailedMessage.number)).limit(_HEADS_A_ROUND)).all()


def claim(session: Session, number: int | None) -> FailedMessage | None:
    """A waiting message for this transaction alone; None when it is done with, or another process is at it."""
    query = select(FailedMessage).where(col(FailedMessage.number) == number, col(FailedMessage.parked_at).is_(None))
    return session.scalars(query.with_for_update(skip_locked=True)).first()


def note_try(session: Session, number: int | None, error: Exception) -> FailedMessage | None:
    """Count a try that failed; None when the message is no longer waiting.

    The next try is later; after :data:`MAX_TRIES` the message is parked. Operators' tools hear of that through an
    event; the table stays the truth.
    """
    message = claim(session, number)
    if message is None:
        return None
    now = transaction_time(session)
    message.tries, message.error = message.tries + 1, describe(error)
    message.retry_at = now + FIRST_WAIT * 2 ** (message.tries - 1)
    session.add(message)
    if message.tries >= MAX_TRIES:
        message.parked_at = now
        _tell_parked(session, message)
    return message


def _tell_parked(session: Session, message: FailedMessage) -> None:
    envelope = event_of(message).envelope()
    payload = {"consumer": message.consumer, "error": message.error, "tries": message.tries, "message": envelope}
    publish(session, topic=PARKING_TOPIC, type="message.parked", key=message.key, payload=payload)


def event_of(kept: FailedMessage) -> Event:
    data = json.loads(kept.payload)
    return Event(kept.message_id, kept.topic, kept.type, kept.key, kept.published_at, data, kept.traceparent)


def list_parked(session: Session, *, consumer: str | None = None) -> Sequence[FailedMessage]:
    """What was given up on, of one consumer or of all, oldest first."""
    query = select(FailedMessage).where(col(FailedMessage.parked_at).is_not(None))
    if consumer is not None:
        query = query.where(col(FailedMessage.consumer) == consumer)
    return session.scalars(query.order_by(col(FailedMessage.number))).all()


def replay_parked(session: Session, *, consumer: str | None = None) -> int:
    """Have parked messages delivered again, of one consumer or of all; returns how many."""
    parked = list_parked(session, consumer=consumer)
    for kept in parked:
        kept.parked_at, kept.tries, kept.retry_at = None, 0, transaction_time(session)
        session.add(kept)
    return len(parked)


def describe(error: Exception) -> str:
    """An error as it is kept and logged: its message may name somebody, so it is told by type, code and place."""
    return scrubbing.brief(error)[:1000]
