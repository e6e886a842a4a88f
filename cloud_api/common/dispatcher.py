"""The in-process dispatcher: takes what is in the outbox to the consumers of this process."""

import logging
import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import insert, select, update
from sqlmodel import Session, col

from cloud_api.common.database import Database
from cloud_api.common.outbox import Consumer, Event, Source, unpack
from cloud_api.common.session import transaction_time
from cloud_api.common.tables import FailedMessage, InboxMessage, OutboxMessage

log = logging.getLogger(__name__)

MAX_TRIES = 8
FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(minutes=5)
_ROWS_A_ROUND = 100
_POLL_S = 1.0


class Dispatcher:
    """Delivers outbox rows in their order, one transaction for the events of a row.

    When a handler fails, the row's events are delivered one by one, so that the failing one alone waits and is tried
    again (1 s, 2 s, 4 s ... 5 min); after :data:`MAX_TRIES` it is parked. ``run_pending`` works in the calling thread;
    ``start`` makes one thread that does the same whenever something was published here, and once a second for what
    other processes published.
    """

    def __init__(self, database: Database, consumers: Iterable[Consumer] = ()) -> None:
        self._database = database
        self._consumers = list(consumers)
        self._sources: dict[str, Source] = {}
        self._wake = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None
        self._round = threading.Lock()
        database.on_publish(self._wake.set)

    def add(self, consumers: Iterable[Consumer]) -> None:
        """Register consumers, before ``start``. Each name is unique."""
        for consumer in consumers:
            if consumer.name in {known.name for known in self._consumers}:
                message = f"two consumers are called {consumer.name}"
                raise ValueError(message)
            self._consumers.append(consumer)

    def add_sources(self, sources: Mapping[str, Source]) -> None:
        """Register who reads the events that the outbox only refers to, by type."""
        self._sources.update(sources)

    def start(self) -> None:
        self._thread = threading.Thread(target=self._work, name="outbox", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread after the delivery it is at."""
        self._stopping = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    def _work(self) -> None:
        while not self._stopping:
            self._wake.wait(_POLL_S)
            self._wake.clear()
            try:
                self.run_pending()
            except Exception:  # a worker's main loop: say so and carry on
                log.exception("the outbox could not be worked off; trying again")

    def run_pending(self) -> int:
        """Deliver what is due, in the calling thread; returns how many outbox rows are done with."""
        done, after = 0, 0
        blocked: set[tuple[str, str, object]] = set()
        with self._round:
            while rows := self._pending(after):
                for row in rows:
                    done += self._deliver(row, blocked)
                after = rows[-1].number or 0
        return done

    def _pending(self, after: int) -> Sequence[OutboxMessage]:
        with self._database.reading() as session:
            return session.scalars(
                select(OutboxMessage)
                .where(col(OutboxMessage.done_at).is_(None), col(OutboxMessage.number) > after)
                .order_by(col(OutboxMessage.number))
                .limit(_ROWS_A_ROUND)
            ).all()

    def _deliver(self, row: OutboxMessage, blocked: set[tuple[str, str, object]]) -> bool:
        with self._database.reading() as session:
            events = unpack(session, row, self._sources)
        number = row.number or 0
        complete = [
            self._deliver_to(consumer, number, events, blocked)
            for consumer in self._consumers
            if consumer.topic == row.topic
        ]
        if not all(complete):
            return False
        with self._database.transaction() as session:
            session.execute(
                update(OutboxMessage)
                .where(col(OutboxMessage.number) == number)
                .values(done_at=transaction_time(session))
            )
        return True

    def _deliver_to(
        self, consumer: Consumer, number: int, events: Sequence[Event], blocked: set[tuple[str, str, object]]
    ) -> bool:
        """Hand a row's events to one consumer; says whether none of them is left for later."""
        due, waiting = self._due(consumer, number, events)
        blocked.update((consumer.name, event.topic, event.key) for event in waiting)
        ready = [event for event in due if (consumer.name, event.topic, event.key) not in blocked]
        left = len(due) - len(ready) + len(waiting)
        if len(ready) > 1 and self._try(consumer, number, ready) is None:
            return left == 0
        for event in ready:
            if (consumer.name, event.topic, event.key) in blocked:
                left += 1
                continue
            error = self._try(consumer, number, [event])
            if error is not None and not self._note_failure(consumer, number, event, error):
                blocked.add((consumer.name, event.topic, event.key))
                left += 1
        return left == 0

    def _due(self, consumer: Consumer, number: int, events: Sequence[Event]) -> tuple[list[Event], list[Event]]:
        """The events that may be tried now, and those that failed and wait for their next try."""
        with self._database.reading() as session:
            now = transaction_time(session)
            taken = set(
                session.scalars(
                    select(col(InboxMessage.message_id)).where(
                        col(InboxMessage.outbox_number) == number, col(InboxMessage.consumer) == consumer.name
                    )
                )
            )
            failed = {
                item.message_id: item
                for item in session.scalars(
                    select(FailedMessage).where(
                        col(FailedMessage.outbox_number) == number, col(FailedMessage.consumer) == consumer.name
                    )
                )
            }
        due: list[Event] = []
        waiting: list[Event] = []
        for event in events:
            failure = failed.get(event.id)
            if event.id in taken or (failure is not None and failure.parked_at is not None):
                continue
            (waiting if failure is not None and failure.retry_at > now else due).append(event)
        return due, waiting

    def _try(self, consumer: Consumer, number: int, events: Sequence[Event]) -> Exception | None:
        taken = [{"consumer": consumer.name, "message_id": event.id, "outbox_number": number} for event in events]
        try:
            with self._database.transaction() as session:
                session.execute(insert(InboxMessage), taken)  # first: a second process stops here, without an effect
                consumer.handle(session, events)
        except Exception as error:  # noqa: BLE001  # whatever a handler raises is kept with its message
            return error
        return None

    def _note_failure(self, consumer: Consumer, number: int, event: Event, error: Exception) -> bool:
        """Write down a failed delivery; says whether the message is parked now."""
        with self._database.transaction() as session:
            now = transaction_time(session)
            failure = session.get(FailedMessage, (consumer.name, event.id))
            tries = 1 if failure is None else failure.tries + 1
            parked_at = now if tries >= MAX_TRIES else None
            failure = failure or FailedMessage(
                consumer=consumer.name, message_id=event.id, outbox_number=number, tries=0, retry_at=now, error=""
            )
            failure.tries, failure.parked_at = tries, parked_at
            failure.retry_at = now + min(FIRST_WAIT * 2 ** (tries - 1), LONGEST_WAIT)
            failure.error = f"{type(error).__name__}: {error}"[:1000]
            session.add(failure)
        log.warning("%s could not take in %s (try %d): %s", consumer.name, event.id, tries, failure.error)
        if parked_at is not None:
            log.error("%s: message %s is parked after %d tries", consumer.name, event.id, tries)
        return parked_at is not None


def replay_parked(session: Session, *, consumer: str | None = None) -> int:
    """Have parked messages delivered again, of one consumer or of all; returns how many."""
    query = select(FailedMessage).where(col(FailedMessage.parked_at).is_not(None))
    if consumer is not None:
        query = query.where(col(FailedMessage.consumer) == consumer)
    parked = session.scalars(query).all()
    for failure in parked:
        failure.parked_at, failure.tries, failure.retry_at = None, 0, transaction_time(session)
        session.execute(
            update(OutboxMessage).where(col(OutboxMessage.number) == failure.outbox_number).values(done_at=None)
        )
        session.add(failure)
    return len(parked)
