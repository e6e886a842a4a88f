"""The cloud of the simulated world grown up: two API processes on one MySQL, Kafka and Redis.

Their threads are not started: a process relays, and a consumer hears, when the scenario says so. Requests go to one
process after the other.
"""

import itertools
import os
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from cloud_api.app import make_cloud
from cloud_api.common import intake, outbox
from cloud_api.common.database import Database
from cloud_api.common.kafka_place import KafkaPlace
from cloud_api.common.listening import Listener
from cloud_api.gym.occupancy import Crowd, Occupancies, read_crowd
from cloud_api.operate.housekeeping import INBOX_KEPT, MESSAGES_KEPT
from cloud_api.settings import load_settings
from shared.contracts.occupancy import InsideList
from tests.campaign.exactly_once.clocks import TrueTime
from tests.campaign.exactly_once.cloud import Backup, Cloud
from tests.campaign.exactly_once.hearing import SWIFT, Group, Topics
from tests.campaign.exactly_once.slots import ServerSlot
from tests.support.builders import SITE_ID
from tests.support.servers import shared as servers
from tests.support.servers.base import wait_until

PROCESSES = 2
CONSUMERS = ("gym.attendance", "reports.refusals", "reports.visits")
_PATIENCE_S = 30.0
"""A Redis that is slow because the machine is busy must not look like a dead one, which may leave an old answer."""


class Process:
    """What one API process has: engines, a relay with its producer, ways in for its consumers, caches."""

    def __init__(self, data: Path, environ: dict[str, str], place: KafkaPlace, clock: Any) -> None:
        self.cloud = make_cloud(load_settings(data, environ=environ), clock=clock)
        patience = {"socket_timeout": _PATIENCE_S, "socket_connect_timeout": _PATIENCE_S}
        self.cloud.cache._client.connection_pool.connection_kwargs.update(patience)
        self.occupancies = Occupancies(self.cloud)
        ways_in = self.cloud.dispatcher._intakes
        self.listeners = {item.consumer.name: Listener(place, item, options=SWIFT) for item in ways_in}

    def relay(self) -> bool:
        """Send all that waits in the outbox; says whether there was anything."""
        return sum(iter(self.cloud.dispatcher.run_pending, 0)) > 0


class ProcessesSlot(ServerSlot):
    """A database that two processes serve. Until they are there it is an ordinary one."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.processes: tuple[Process, ...] = ()
        self._turn: Iterator[Process] = iter(())

    @property
    def database(self) -> Database:
        """That of the process whose turn it is."""
        process = next(self._turn, None)
        return self._direct if process is None else process.cloud.database

    @property
    def direct(self) -> Database:
        """Beside the processes."""
        return self._direct

    def start(self, data: Path) -> None:
        """Have the processes serve the gym of a data folder, from here on each its turn."""
        if not self.processes:
            self.processes = tuple(Process(data, self._environ, self.place, self._clock) for _ in range(PROCESSES))
        self._turn = itertools.cycle(self.processes)

    @cached_property
    def place(self) -> KafkaPlace:
        return KafkaPlace(servers.kafka().bootstrap, prefix=f"machine{os.getpid()}")

    @cached_property
    def topics(self) -> Topics:
        return Topics(self.place)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        topic_of = {item.consumer.name: item.consumer.topic for item in self.processes[0].cloud.dispatcher._intakes}
        return tuple(Group(self.place, self.topics, name=name, topic=topic_of[name]) for name in CONSUMERS)

    def hear_from_here(self) -> None:
        """Have no consumer hear what was said so far."""
        self.topics.look()
        for group in self.groups:
            group.skip()

    def put(self, content: bytes, time: TrueTime) -> None:
        """With what is put in place no process remembers anything: a restart takes longer than an answer is fresh."""
        super().put(content, time)
        for process in self.processes:
            for name in ("", ":generation"):
                process.cloud.cache.delete(f"occupancy.1:{SITE_ID}{name}")

    def close(self) -> None:
        super().close()
        for process in self.processes:
            process.cloud.database.close()

    @property
    def _environ(self) -> dict[str, str]:
        return {
            "FIT_DATABASE_URL": self._direct.url,
            "FIT_EVENTS_URL": f"kafka://{self.place.servers}?prefix={self.place.prefix}",
            "FIT_CACHE_URL": f"{servers.redis().url}/0?prefix={self.place.prefix}",
            "FIT_SERVICES": "devices,gym,reports",
            "FIT_TLS": "off",
        }


class GrownCloud(Cloud):
    """The cloud of a world with processes."""

    _slot: ProcessesSlot

    def __post_init__(self) -> None:
        super().__post_init__()
        self._slot.start(self.keys.folder.parent)
        self._slot.hear_from_here()

    @property
    def processes(self) -> tuple[Process, ...]:
        return self._slot.processes

    def relay(self, process: int) -> bool:
        if worked := self.processes[process].relay():
            self._slot.topics.look()
        return worked

    def hear(self, process: int, consumer: int, *, dies: bool) -> bool:
        return self._slot.groups[consumer].hear(self.processes[process], dies=dies)

    def come_to_rest(self) -> None:
        """Let every consumer take in everything, now in one process, now in the other."""
        turns = itertools.count()
        wait_until(lambda: self._is_at_rest_after(next(turns)), "events are on their way for ever")

    def _is_at_rest_after(self, turn: int) -> bool:
        worked = [self.relay(turn % PROCESSES)]
        worked += [self.hear((turn + n) % PROCESSES, n, dies=False) for n in range(len(CONSUMERS))]
        return not any(worked) and not self.query("SELECT 1 FROM common_outbox WHERE done_at IS NULL")

    def tidy(self) -> None:
        super().tidy()
        with self.database.transaction() as session:
            outbox.prune_delivered(session, older_than=self.time.now() - MESSAGES_KEPT)
        with self.database.transaction() as session:
            intake.prune_inbox(session, older_than=self.time.now() - INBOX_KEPT)

    def restore(self, backup: Backup, *, by_hand: bool) -> None:  # a server's restore is always declared
        """By the server's own means, and declared."""
        super().restore(backup, by_hand=False)
        self.processes[0].cloud.dispatcher.skip_unheard()
        self._slot.hear_from_here()
        with self.database.transaction() as session:
            outbox.publish_again(session)

    # what the model looks at

    def inside(self, process: int) -> InsideList:
        """Who is inside, by a process's word."""
        return self.processes[process].occupancies.list_inside(SITE_ID)

    def really_inside(self, at: Any) -> Crowd:
        """By the database's, as of an instant."""
        with self._slot.direct.reading() as session:
            session.info["now"] = at
            return read_crowd(session, SITE_ID)

    def query(self, statement: str) -> list[Any]:
        return self._query(statement)
