"""The events' way within one process: from the outbox straight to the consumers."""

import logging
import threading
from collections.abc import Iterable, Mapping, Sequence

from cloud_api.common.bus import Worker
from cloud_api.common.database import Database
from cloud_api.common.intake import BATCH, Intake, with_kept_due
from cloud_api.common.outbox import Consumer, Source
from cloud_api.common.pending import Pending, mark_done, read_pending
from shared.errors import Unavailable

log = logging.getLogger(__name__)


class Dispatcher:
    """Delivers the outbox to every consumer, in its order; a row is done when all have taken its events in, or kept them.

    ``run_pending`` works in the calling thread; ``start`` makes one thread that does the same whenever something was
    published here, and once a second for what other processes published. Several processes may do so: whoever comes
    second finds the inbox row. A consumer that lacks what it needs (``Unavailable``) is passed over until the next
    round; the others go on.
    """

    def __init__(self, database: Database, consumers: Iterable[Consumer] = ()) -> None:
        self._database = database
        self._intakes = [Intake(database, consumer) for consumer in consumers]
        self._sources: dict[str, Source] = {}
        self._unreadable: set[int] = set()
        self._round = threading.Lock()
        self._worker = Worker("outbox", self._work)
        database.on_publish(self._worker.wake)

    def add(self, consumers: Iterable[Consumer]) -> None:
        """Register consumers, before ``start``. Each name is unique."""
        for consumer in consumers:
            if consumer.name in {known.consumer.name for known in self._intakes}:
                message = f"two consumers are called {consumer.name}"
                raise ValueError(message)
            self._intakes.append(Intake(self._database, consumer))

    def add_sources(self, sources: Mapping[str, Source]) -> None:
        """Register who reads the events that the outbox only refers to, by type."""
        self._sources.update(sources)

    def start(self) -> None:
        self._worker.start()

    def stop(self) -> None:
        """End the thread after the delivery it is at."""
        self._worker.stop()

    def run_pending(self) -> int:
        """Deliver what is due, in the calling thread; returns how many outbox rows and kept messages are done with."""
        return self._run()[0]

    def skip_unheard(self) -> None:
        """Nothing to do: what left the outbox was heard."""

    def _work(self) -> bool:
        _, stalled = self._run()
        return not stalled

    def _run(self) -> tuple[int, set[str]]:
        """One round: how much is done, and the consumers that have to be asked again."""
        stalled: set[str] = set()
        with self._round:
            done, after = self._retry_kept(stalled), 0
            while rows := self._pending(after):
                done += self._deliver(rows, stalled)
                after = rows[-1].number
        return done, stalled

    def _retry_kept(self, stalled: set[str]) -> int:
        done = 0
        for intake in with_kept_due(self._database, self._intakes):
            try:
                done += intake.retry_due()
            except Unavailable as error:
                _stall(intake, stalled, error)
        return done

    def _pending(self, after: int) -> Sequence[Pending]:
        with self._database.reading() as session:
            return read_pending(session, self._sources, after=after, unreadable=self._unreadable, enough=BATCH)

    def _deliver(self, rows: Sequence[Pending], stalled: set[str]) -> int:
        waited_for = set()
        for intake in self._intakes:
            if not self._deliver_to(intake, rows, stalled):
                waited_for.add(intake.consumer.topic)
        with self._database.transaction() as session:
            return mark_done(session, [row for row in rows if row.topic not in waited_for])

    @staticmethod
    def _deliver_to(intake: Intake, rows: Sequence[Pending], stalled: set[str]) -> bool:
        """Hand a consumer its events of some rows; says whether it is done with them."""
        events = [event for row in rows if row.topic == intake.consumer.topic for event in row.events]
        if events and intake.consumer.name not in stalled:
            try:
                intake.take(events)
            except Unavailable as error:
                _stall(intake, stalled, error)
        return not events or intake.consumer.name not in stalled


def _stall(intake: Intake, stalled: set[str], error: Unavailable) -> None:
    log.warning("%s cannot take anything in right now: %s", intake.consumer.name, error)
    stalled.add(intake.consumer.name)
