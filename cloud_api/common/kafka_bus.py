"""The events' way between processes: outbox, relay, Kafka, listeners."""

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from cloud_api.common.bus import Worker
from cloud_api.common.database import Database
from cloud_api.common.intake import Intake, with_kept_due
from cloud_api.common.kafka_place import KafkaPlace
from cloud_api.common.listening import OPTIONS, Listener
from cloud_api.common.outbox import Consumer, Source
from cloud_api.common.relay import Relay
from cloud_api.common.unheard import skip_unheard
from shared.errors import Unavailable

log = logging.getLogger(__name__)


class KafkaBus:
    """Relays the outbox in one of the processes, and listens for the consumers of this one.

    While Kafka is away the outbox keeps everything, and requests go on as ever. ``options`` are those of librdkafka
    for the listeners.
    """

    def __init__(self, database: Database, place: KafkaPlace, *, options: Mapping[str, Any] = OPTIONS) -> None:
        self._database = database
        self._place = place
        self._options = options
        self._relay = Relay(database, place)
        self._intakes: list[Intake] = []
        self._listeners: list[Listener] = []
        self._sending = Worker("the relay to Kafka", self._send)
        self._retrying = Worker("the messages kept", self._retry)
        database.on_publish(self._sending.wake)

    def add(self, consumers: Iterable[Consumer]) -> None:
        for consumer in consumers:
            if consumer.name in {known.consumer.name for known in self._intakes}:
                message = f"two consumers are called {consumer.name}"
                raise ValueError(message)
            self._intakes.append(Intake(self._database, consumer))

    def add_sources(self, sources: Mapping[str, Source]) -> None:
        self._relay.sources.update(sources)

    def start(self) -> None:
        self._listeners = [Listener(self._place, intake, options=self._options) for intake in self._intakes]
        self._sending.start()
        self._retrying.start()
        for listener in self._listeners:
            listener.start()

    def stop(self) -> None:
        for listener in self._listeners:
            listener.ask_to_stop()
        self._relay.stop()
        for listener in self._listeners:
            listener.stop()
        self._retrying.stop()
        self._sending.stop()

    def run_pending(self) -> int:
        """Relay what is pending, and try again what is kept and due; what listeners hear they take in by themselves.

        0 also when Kafka is away: everything waits in the outbox.
        """
        try:
            return self._relay.run() + sum(intake.retry_due() for intake in self._with_kept())
        except Unavailable as error:
            log.warning("%s It is sent later.", error)
            return 0

    def skip_unheard(self) -> None:
        skip_unheard(self._place, [intake.consumer for intake in self._intakes])

    def _send(self) -> bool:
        self._relay.run()
        return True

    def _retry(self) -> bool:
        for intake in self._with_kept():
            intake.retry_due()
        return True

    def _with_kept(self) -> list[Intake]:
        return with_kept_due(self._database, self._intakes)
