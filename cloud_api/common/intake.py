"""Taking events in for a consumer: with one effect, in the order of their keys, and whoever fails holds up nobody.

Whatever brings the events (the outbox in this process, or Kafka) hands them over here, as often as it likes. Effect
and inbox row are one transaction. A message that fails is kept with its content and tried again later; those of its
key that come meanwhile are kept behind it. So whatever brought them may forget them all once ``take`` returned.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Table, delete, select
from sqlmodel import Session, SQLModel

from cloud_api.common import kept
from cloud_api.common.columns import as_text
from cloud_api.common.database import Conflict, Database, execute_many, select_in
from cloud_api.common.outbox import Consumer, Event
from cloud_api.common.portions import delete_some
from cloud_api.common.session import transaction_time
from cloud_api.common.tracing import following
from shared.errors import Unavailable

log = logging.getLogger(__name__)

BATCH = 500
"""So many events a transaction at most."""
_REDONE = 3
_TAKE = "INSERT INTO common_inbox (consumer, message_id, taken_at) VALUES (?, ?, ?)"

Result = TypeVar("Result")

_INBOX: Table = SQLModel.metadata.tables["common_inbox"]
_OUTBOX: Table = SQLModel.metadata.tables["common_outbox"]
_FAILED: Table = SQLModel.metadata.tables["common_failed_message"]
_KNOWN = (
    "SELECT message_id FROM common_inbox WHERE consumer = ? AND message_id IN ({keys})",
    "SELECT message_id FROM common_failed_message WHERE consumer = ? AND message_id IN ({keys})",
)


class Intake:
    """The way in to one consumer. Thread-safe; several processes may take in for the same consumer."""

    def __init__(self, database: Database, consumer: Consumer) -> None:
        self._database = database
        self.consumer = consumer

    def take(self, events: Sequence[Event]) -> None:
        """Take events in, in their order. When this returns, each has had its effect or is kept to be tried again.

        Raises:
            Unavailable: the database, or what the consumer needs, is not there now. That is no fault of a message
                and counts as no try: hand the same events over again.
        """
        for start in range(0, len(events), BATCH):
            self._take(events[start : start + BATCH])

    def retry_due(self) -> int:
        """Try what was kept and is due, each key in its order; returns how many are done with: taken in, or parked.

        Raises:
            Unavailable: as :meth:`take`.
        """
        done = 0
        while count := sum(self._retry(number) for number in self._due()):
            done += count
        return done

    def _take(self, events: Sequence[Event]) -> None:
        if len(events) > 1 and self._try(events) is None:
            return
        for event in events:
            with following([event.traceparent]):
                error = self._try([event])
                if error is not None:
                    self._keep(event, error)

    def _try(self, events: Sequence[Event]) -> Exception | None:
        try:
            with following(event.traceparent for event in events):
                self._in_transaction(lambda session: self._take_ready(session, events))
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001  # whatever a handler raises is kept with its message
            return error
        return None

    def _take_ready(self, session: Session, events: Sequence[Event]) -> None:
        fresh = self._fresh(session, events)
        waiting = kept.waiting_keys(session, self.consumer.name, fresh)
        behind = [event for event in fresh if (event.topic, event.key) in waiting]
        kept.keep(session, self.consumer.name, behind)
        self._handle(session, [event for event in fresh if (event.topic, event.key) not in waiting])

    def _fresh(self, session: Session, events: Sequence[Event]) -> list[Event]:
        """Those that were neither taken in nor kept yet, each once."""
        fresh: dict[bytes, Event] = {}
        for event in events:
            fresh.setdefault(event.id.bytes, event)
        ids = list(fresh)
        for sql in _KNOWN:
            for (known,) in select_in(session, sql, given=[self.consumer.name], keys=ids):
                fresh.pop(bytes(known), None)
        return list(fresh.values())

    def _handle(self, session: Session, events: Sequence[Event]) -> None:
        if events:
            now, name = as_text(transaction_time(session)), self.consumer.name
            rows = [(name, event.id.bytes, now) for event in events]
            execute_many(session, _TAKE, rows)  # first: a second process stops here, without an effect
            self.consumer.handle(session, events)

    def _keep(self, event: Event, error: Exception) -> None:
        if self._in_transaction(lambda session: self._keep_fresh(session, event, error)):
            log.warning("%s could not take in %s (try 1): %s", self.consumer.name, event.id, kept.describe(error))

    def _keep_fresh(self, session: Session, event: Event, error: Exception) -> bool:
        """Write a failed message down, unless another process has taken it in or written it down meanwhile."""
        fresh = self._fresh(session, [event])
        kept.keep(session, self.consumer.name, fresh, error=error)
        return bool(fresh)

    def _due(self) -> Sequence[int | None]:
        with self._database.reading() as session:
            return kept.due(session, self.consumer.name)

    def _retry(self, number: int | None) -> bool:
        """Try a kept message again; says whether its key may go on."""
        try:
            return self._in_transaction(lambda session: self._take_kept(session, number))
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001  # as above
            return self._note_failure(number, error)

    def _take_kept(self, session: Session, number: int | None) -> bool:
        message = kept.claim(session, number)
        if message is None:
            return False
        session.execute(delete(_FAILED).where(_FAILED.c.number == number))
        event = kept.event_of(message)
        with following([event.traceparent]):
            self._handle(session, self._fresh(session, [event]))
        return True

    def _note_failure(self, number: int | None, error: Exception) -> bool:
        """Count a try; says whether the message is parked now."""
        message = self._in_transaction(lambda session: kept.note_try(session, number, error))
        if message is None:
            return False
        name, message_id = self.consumer.name, message.message_id
        with following([message.traceparent]):
            log.warning("%s could not take in %s (try %d): %s", name, message_id, message.tries, message.error)
            if message.parked_at is not None:
                log.error("%s: message %s is parked after %d tries", name, message_id, message.tries)
        return message.parked_at is not None

    def _in_transaction(self, work: Callable[[Session], Result]) -> Result:
        """Do something in one transaction, and again when the database undid it to let others through."""
        for _ in range(_REDONE):
            with suppress(Conflict), self._database.transaction() as session:
                return work(session)
        with self._database.transaction() as session:
            return work(session)


def with_kept_due(database: Database, intakes: Sequence[Intake]) -> list[Intake]:
    """Those with something kept that may be due: one question for all, asked whenever anything is delivered."""
    with database.reading() as session:
        names = kept.consumers_due(session)
    return [intake for intake in intakes if intake.consumer.name in names]


def prune_inbox(session: Session, *, older_than: datetime) -> int:
    """Forget a portion of what was taken in before an instant, except what the outbox may bring again; how many."""
    pending = select(_OUTBOX.c.published_at).where(_OUTBOX.c.done_at.is_(None))
    oldest = session.scalars(pending.order_by(_OUTBOX.c.published_at).limit(1)).first()
    before = older_than if oldest is None else min(older_than, oldest)
    return delete_some(session, _INBOX, _INBOX.c.taken_at < before)
