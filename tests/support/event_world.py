"""A bus on the run's broker and database server, as several processes have it, and consumers to watch."""

import threading
from contextlib import ExitStack

from sqlalchemy import text
from sqlmodel import SQLModel

from cloud_api.common.database import Database
from cloud_api.common.kafka_bus import KafkaBus
from cloud_api.common.listening import OPTIONS
from cloud_api.common.outbox import Consumer, publish
from tests.support.builders import an_id
from tests.support.servers.base import wait_until

SWIFT = {**OPTIONS, "session.timeout.ms": 6000, "heartbeat.interval.ms": 500, "fetch.wait.max.ms": 50}
_TABLES = ["common_outbox", "common_inbox", "common_failed_message", "common_relay_turn"]
_EFFECTS = """CREATE TABLE effect (place INTEGER PRIMARY KEY AUTO_INCREMENT, consumer VARCHAR(64), n INTEGER)"""


class Taker:
    """A consumer whose effects are rows, in the order in which they were committed."""

    def __init__(self, name="taker", topic="t"):
        self.failing = set()
        self.name = name
        self.stopped_at = None
        self.reached = threading.Event()
        self.go_on = threading.Event()
        self.consumer = Consumer(topic, name, self.take)

    def take(self, session, event):
        if event.data["n"] in self.failing:
            raise ValueError(event.data["n"])
        row = {"consumer": self.name, "n": event.data["n"]}
        session.execute(text("INSERT INTO effect (consumer, n) VALUES (:consumer, :n)"), row)
        if event.data["n"] == self.stopped_at:
            self.reached.set()
            assert self.go_on.wait(30)


class World:
    """A database server, a broker, and buses as processes have them."""

    def __init__(self, url, place, clock):
        self._open = ExitStack()
        self.url, self.place, self.clock = url, place, clock
        self.database = self.new_database()
        SQLModel.metadata.create_all(self.database.writer, [SQLModel.metadata.tables[name] for name in _TABLES])
        with self.database.transaction() as session:
            session.execute(text(_EFFECTS))

    def new_database(self):
        database = Database(self.url, clock=self.clock)
        self._open.callback(database.close)
        return database

    def bus(self, *takers):
        """A bus as another process would have it, running."""
        bus = KafkaBus(self.new_database(), self.place, options=SWIFT)
        bus.add(taker.consumer for taker in takers)
        bus.start()
        self._open.callback(bus.stop)
        return bus

    def send(self, *numbers, key=None, topic="t", database=None):
        """Publish each number in a transaction of its own."""
        for n in numbers:
            with (database or self.database).transaction() as session:
                publish(session, topic=topic, type="t.happened", key=key or an_id(n % 7), payload={"n": n})

    def effects(self, consumer="taker"):
        with self.database.reading() as session:
            found = session.scalars(text("SELECT n FROM effect WHERE consumer = :c ORDER BY place"), {"c": consumer})
            return list(found)

    def wait_for_effects(self, count, consumer="taker"):
        wait_until(lambda: len(self.effects(consumer)) >= count, f"{consumer} has not taken in {count}")
        return self.effects(consumer)

    def pending(self):
        with self.database.reading() as session:
            return session.scalar(text("SELECT count(*) FROM common_outbox WHERE done_at IS NULL"))

    def close(self):
        self._open.close()
