"""Servers of a test's own, which it may kill: database, broker and cache, with a gym on them."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.live import LiveGym
from tests.support.servers.base import MissingProgramError, Server
from tests.support.servers.kafka import a_broker
from tests.support.servers.mysql import MySql
from tests.support.servers.redis import Redis

PROCESSES = 2


class Components:
    """A durable database with its binary log, a broker, a cache; all running."""

    def __init__(self, folder: Path, stack: contextlib.ExitStack) -> None:
        self.mysql = MySql(folder / "mysql", durable=True)
        self.kafka = a_broker(folder / "kafka")
        self.redis = Redis(folder / "redis")
        for server in self.all().values():
            stack.callback(server.remove)
            try:
                server.start()
            except MissingProgramError as error:
                pytest.skip(f"{server.name} cannot be had on this machine: {error}")

    def all(self) -> dict[str, Server]:
        return {"mysql": self.mysql, "kafka": self.kafka, "redis": self.redis}

    def environ(self, database: str = "gym") -> dict[str, str]:
        """The settings of a gym with a new database on these."""
        return {
            "FIT_DATABASE_URL": self.mysql.create(database),
            "FIT_DATABASE_WRITERS": "2",
            "FIT_EVENTS_URL": f"kafka://{self.kafka.bootstrap}?prefix={database}",
            "FIT_CACHE_URL": f"{self.redis.url}/0",
        }


@contextlib.contextmanager
def a_gym_on_components(folder: Path) -> Iterator[tuple[LiveGym, Components, contextlib.ExitStack]]:
    """A running gym of two API processes on components of its own; all gone when the block ends."""
    with contextlib.ExitStack() as stack:
        components = Components(folder / "servers", stack)
        gym = LiveGym(folder / "cloud", stack, environ=components.environ(), processes=PROCESSES)
        gym.start()
        yield gym, components, stack
