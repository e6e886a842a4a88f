"""Each test has topics and tables of its own on the run's broker and database server."""

from uuid import uuid4

import pytest

from cloud_api.common import topics
from cloud_api.common.kafka_place import KafkaPlace
from tests.support.cloud import StillClock
from tests.support.event_world import World
from tests.support.servers import shared as servers
from tests.support.servers.kafka import MockKafka


@pytest.fixture
def place():
    return KafkaPlace(servers.kafka().bootstrap, prefix=f"t{uuid4().hex[:10]}")


@pytest.fixture(autouse=True)
def _no_wait_for_topics(monkeypatch):
    """The mock cluster never answers a request to make a topic: it makes them when they are asked for."""
    if isinstance(servers.kafka(), MockKafka):
        monkeypatch.setattr(topics, "TIMEOUT_S", 0.5)


@pytest.fixture
def clock():
    return StillClock()


@pytest.fixture
def world(place, clock):
    with servers.a_mysql_database() as url:
        world = World(url, place, clock)
        yield world
        world.close()
