"""Events: written in the transaction of the change, handed to consumers afterwards, at least once and with one effect.

How they are taken in is told in ``intake``. Order holds within one topic and key only.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, insert, update
from sqlmodel import Session, SQLModel

from cloud_api.common.portions import delete_some
from cloud_api.common.session import transaction_time
from cloud_api.common.tables import OutboxMessage
from cloud_api.common.tracing import current_trace
from shared.domain.ids import uuid7

_OUTBOX: Table = SQLModel.metadata.tables["common_outbox"]
_INSERT = insert(_OUTBOX)
_SOURCE = "/fit/"


@dataclass(frozen=True, slots=True)
class Event:
    """One message in the terms of CloudEvents. ``key`` is its subject: the member where there is one.

    ``traceparent`` continues the trace of the request that published it; None where there was none.
    """

    id: UUID
    topic: str
    type: str
    key: UUID
    published_at: datetime
    data: dict[str, Any]
    traceparent: str | None = None

    def envelope(self) -> dict[str, Any]:
        """The CloudEvents 1.0 form, as it goes over a bus."""
        return {
            "specversion": "1.0",
            "id": str(self.id),
            "source": _SOURCE + self.topic,
            "type": self.type,
            "subject": str(self.key),
            "time": self.published_at.isoformat(),
            "datacontenttype": "application/json",
            **({} if self.traceparent is None else {"traceparent": self.traceparent}),
            "data": self.data,
        }

    @classmethod
    def from_envelope(cls, envelope: Mapping[str, Any]) -> "Event":
        """Read what :meth:`envelope` wrote.

        Raises:
            ValueError, KeyError, TypeError, AttributeError: it is no envelope of ours.
        """
        return cls(
            id=UUID(envelope["id"]),
            topic=envelope["source"].removeprefix(_SOURCE),
            type=envelope["type"],
            key=UUID(envelope["subject"]),
            published_at=datetime.fromisoformat(envelope["time"]),
            data=dict(envelope["data"]),
            traceparent=envelope.get("traceparent"),
        )


Handler = Callable[[Session, Event], None]
ManyHandler = Callable[[Session, Sequence[Event]], None]


@dataclass(frozen=True, slots=True)
class Consumer:
    """Who takes in a topic. ``name`` is unique and stays for ever: it is the memory of what was taken in.

    ``many``, where there is one, takes several events at once, in their order; ``handler`` has the same effect on each.
    Both may be called again with events of a transaction that was undone: all they do is in the session.
    """

    topic: str
    name: str
    handler: Handler
    many: ManyHandler | None = None

    def handle(self, session: Session, events: Sequence[Event]) -> None:
        if self.many is not None and len(events) > 1:
            self.many(session, events)
            return
        for event in events:
            self.handler(session, event)


def publish(session: Session, *, topic: str, type: str, key: UUID, payload: dict[str, Any]) -> UUID:  # noqa: A002  # the word of CloudEvents
    """Publish one event with this transaction; returns its id. ``payload`` is the thing's new state with its version."""
    message_id = uuid7(int(transaction_time(session).timestamp() * 1000))
    publish_many(session, topic=topic, type=type, items=[(message_id, key, json.dumps(payload))])
    return message_id


def publish_many(session: Session, *, topic: str, type: str, items: Iterable[tuple[UUID, UUID, str]]) -> None:  # noqa: A002
    """Publish events of one type as one outbox row: (message id, key, payload as JSON text) each, in their order.

    The relay makes one message of each. None given publishes nothing.
    """
    texts = [f'["{message_id}","{key}",{payload}]' for message_id, key, payload in items]
    if texts:
        _write(session, topic, type, f"[{','.join(texts)}]")


def publish_reference(session: Session, *, topic: str, type: str, reference: int) -> None:  # noqa: A002
    """Publish events that are rows of the publisher's own for ever: the outbox only says which.

    The publisher's ``sources`` in its ``events`` module reads them when they are delivered.
    """
    _write(session, topic, type, str(reference))


def _write(session: Session, topic: str, type: str, items: str) -> None:  # noqa: A002
    session.info["published"] = True
    now, trace = transaction_time(session), current_trace()
    traceparent = None if trace is None else trace.traceparent
    row = {"topic": topic, "type": type, "published_at": now, "items": items, "traceparent": traceparent}
    session.connection().execute(_INSERT, row)


Item = tuple[UUID, UUID, dict[str, Any]]
"""Message id, key, payload."""

Source = Callable[[Session, int], Sequence[Item]]
"""Reads what :func:`publish_reference` referred to, in its order."""


def unpack(session: Session, row: OutboxMessage, sources: Mapping[str, Source]) -> list[Event]:
    """The events of one outbox row; ``sources`` by type."""
    content = json.loads(row.items)
    items: Iterable[Item] = (
        sources[row.type](session, content)
        if isinstance(content, int)
        else ((UUID(item[0]), UUID(item[1]), item[2]) for item in content)
    )
    return [Event(item[0], row.topic, row.type, item[1], row.published_at, item[2], row.traceparent) for item in items]


def publish_again(session: Session) -> None:
    """Have all that is still in the outbox delivered once more.

    After a restore a consumer may have lost the effect of what Kafka brought it. What it has not lost is in the inbox.
    """
    session.execute(update(_OUTBOX).values(done_at=None))


def prune_delivered(session: Session, *, older_than: datetime) -> int:
    """Forget a portion of the messages that every consumer, or the bus, took over before an instant; how many."""
    return delete_some(session, _OUTBOX, _OUTBOX.c.done_at < older_than)
