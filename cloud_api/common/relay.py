"""The way from the outbox to Kafka: in order, at least once, one process at a time."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Producer
from sqlalchemy import select, text

from cloud_api.common.database import Database
from cloud_api.common.intake import BATCH
from cloud_api.common.kafka_place import KafkaPlace
from cloud_api.common.kept import PARKING_TOPIC
from cloud_api.common.outbox import Event, Source
from cloud_api.common.pending import Pending, mark_done, read_pending
from cloud_api.common.tables import RelayTurn
from cloud_api.common.topics import create_topics
from shared.errors import Unavailable

ACK_S = 5.0
"""So long Kafka may take to acknowledge a batch, before we begin with it again."""
_OPTIONS = {
    "acks": "all",
    "enable.idempotence": True,
    "message.timeout.ms": 0,  # never: we take back what takes too long, all of it, so that no gap can come about
    "linger.ms": 2,
    "compression.type": "lz4",
}
_CONTENT_TYPE = ("content-type", b"application/cloudevents+json; charset=UTF-8")


class Relay:
    """Produces the outbox's rows and marks them done once Kafka has acknowledged them.

    When it has not, everything since the last mark is produced again: consumers know by the message id what they had.
    The order of a key holds, since every attempt begins with the oldest row that is not done.
    """

    def __init__(self, database: Database, place: KafkaPlace, *, ack_s: float = ACK_S) -> None:
        self.sources: dict[str, Source] = {}
        self._database = database
        self._place = place
        self._ack_s = ack_s
        self._unreadable: set[int] = set()
        self._topics: set[str] = set()
        self._producer: Producer | None = None
        self._turn = threading.Lock()
        self._stopping = False

    def run(self) -> int:
        """Relay all there is; returns how many rows. 0 when another process is at it.

        Raises:
            Unavailable: Kafka, or the database, is not there now. What was not marked will be relayed again.
        """
        done, after = 0, 0
        if not self._pending(after):
            return 0
        with self._own_turn() as is_ours:
            while is_ours() and not self._stopping and (rows := self._pending(after)):
                self._send([event for row in rows for event in row.events])
                with self._database.transaction() as session:
                    done += mark_done(session, rows)
                after = rows[-1].number
        return done

    def stop(self) -> None:
        """End a round after the batch it is at."""
        self._stopping = True

    @contextmanager
    def _own_turn(self) -> Iterator[Callable[[], bool]]:
        """Says whether it is ours to relay, until the end of the block; to be asked before each batch.

        A server has one row to lock, which it unlocks by itself when we are gone, or have been silent for minutes:
        asking is not being silent, and fails when the turn was lost. An SQLite file is served by one process only.
        """
        with self._turn:
            if self._database.url.startswith("sqlite"):
                yield lambda: True
                return
            with self._database.transaction() as session:
                ours = session.scalars(select(RelayTurn).with_for_update(skip_locked=True)).first()
                if ours is None and session.get(RelayTurn, 1) is None:
                    ours = RelayTurn()
                    session.add(ours)
                    session.flush()  # waits for who is making it at the same time, and fails
                yield lambda: ours is not None and bool(session.scalar(text("SELECT 1")))

    def _pending(self, after: int) -> Sequence[Pending]:
        with self._database.reading() as session:
            return read_pending(session, self.sources, after=after, unreadable=self._unreadable, enough=BATCH)

    def _send(self, events: Sequence[Event]) -> None:
        self._make_topics({event.topic for event in events})
        failures: list[KafkaError] = []
        if self._producer is None:
            self._producer = Producer(self._place.options() | _OPTIONS)
        for event in events:
            self._produce(self._producer, event, failures)
        if self._producer.flush(self._ack_s) or failures:
            reason = failures[0].str() if failures else "no answer"
            self._take_back()
            raise Unavailable(f"Kafka at {self._place.servers} takes no messages: {reason}.")

    def _make_topics(self, names: set[str]) -> None:
        if missing := names - self._topics:
            create_topics(self._place, missing)
            self._topics |= missing

    def _produce(self, producer: Producer, event: Event, failures: list[KafkaError]) -> None:
        def note(error: KafkaError | None, _message: object) -> None:
            if error is not None:
                failures.append(error)

        message: dict[str, Any] = {
            "topic": self._place.topic(event.topic),
            "key": str(event.key),
            "value": json.dumps(event.envelope(), separators=(",", ":")),
            "headers": headers_of(event),
            "on_delivery": note,
        }
        try:
            producer.produce(**message)
        except BufferError:  # full: what is in it goes first
            producer.flush(self._ack_s)
            producer.produce(**message)
        except KafkaException as error:  # such as a message that is too large
            failures.append(error.args[0])

    def _take_back(self) -> None:
        """Have this producer send nothing any more: the next one begins with the oldest message again."""
        if self._producer is not None:
            self._producer.purge()
            self._producer.flush(0)
            self._producer = None


def headers_of(event: Event) -> list[tuple[str, bytes]]:
    """What a tool can see without reading the content."""
    told: Mapping[str, object] = event.data if event.topic == PARKING_TOPIC else {}
    parked = [(name, str(told[name]).encode()) for name in ("consumer", "error", "tries") if name in told]
    return [_CONTENT_TYPE, *parked]
