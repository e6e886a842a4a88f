"""Each server once per test run, whichever of its processes asks first.

The run's folder is named in the environment, which pytest's worker processes inherit; a file per server says where it
listens. Whoever opened the run ends it: :func:`close_run` in the process that started the tests.
"""

import contextlib
import functools
import json
import os
import shutil
import signal
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import pytest

from tests.support.servers.base import MissingProgramError, Server, locked
from tests.support.servers.kafka import Kafka, MockKafka, a_broker
from tests.support.servers.moto import Moto
from tests.support.servers.mysql import MySql
from tests.support.servers.redis import Redis

_RUN = "FIT_TEST_RUN"
AnyServer = TypeVar("AnyServer", bound=Server)


def open_run() -> bool:
    """Begin a run in this process, unless it belongs to one already; whether it began one, and has to end it."""
    if _RUN in os.environ:
        return False
    os.environ[_RUN] = tempfile.mkdtemp(prefix="fit-run-")
    return True


def servers_of_run() -> list[str]:
    """Which servers were started, with their versions."""
    return sorted(json.loads(file.read_text())["title"] for file in Path(os.environ[_RUN]).glob("*.json"))


def close_run() -> None:
    """End every server of the run and remove its folder."""
    folder = Path(os.environ.pop(_RUN))
    for file in folder.glob("*.json"):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(json.loads(file.read_text())["pid"], signal.SIGKILL)
    shutil.rmtree(folder, ignore_errors=True)
    for known in (mysql, kafka, redis, moto):
        known.cache_clear()  # this process may begin another run


@functools.cache
def mysql() -> MySql:
    """The run's database server: MySQL, or MariaDB in its stead."""
    return _shared("mysql", MySql)


@functools.cache
def kafka() -> Kafka | MockKafka:
    """The run's broker. Give topics a prefix of the test's own."""
    return _shared("kafka", a_broker)


@functools.cache
def redis() -> Redis:
    """The run's cache server. Give keys a prefix of the test's own."""
    return _shared("redis", Redis)


@functools.cache
def moto() -> Moto:
    """The run's stand-in for S3. Give each test a bucket of its own."""
    return _shared("moto", Moto)


@contextlib.contextmanager
def a_mysql_database(*, like: str | None = None) -> Iterator[str]:
    """A database of the test's own, empty or like another one; its URL."""
    server = mysql()
    name = f"t_{uuid4().hex[:12]}"
    if like is None:
        yield server.create(name)
        server.drop(name)
        return
    if _spare[like]:
        name = _spare[like].pop()
        server.refill(like, name)
    else:
        server.clone(like, name)
    yield server.url(name)
    _spare[like].append(name)


_spare: defaultdict[str, list[str]] = defaultdict(list)
"""Databases of this process that were used and can be filled anew, by what they are like."""


def _made(make: Callable[[Path], AnyServer], folder: Path) -> AnyServer:
    """The server, not started; a test that needs one which cannot be had says so and is skipped."""
    try:
        server = make(folder)
        server.command()  # looks for its programs
    except MissingProgramError as error:
        pytest.skip(f"cannot be had on this machine: {error}")
    return server


def _shared(kind: str, make: Callable[[Path], AnyServer]) -> AnyServer:
    folder = Path(os.environ[_RUN])
    note = folder / f"{kind}.json"
    with locked(folder / f"{kind}.lock"):
        server = _made(make, folder / kind)
        if note.exists():
            server.port = json.loads(note.read_text())["port"]
            assert server.answers(), f"{server.name} has gone:\n{server.log()}"
            return server
        server.start()
        assert server.process is not None
        title = f"{server.name} {getattr(server, 'version', '')}".strip()
        server.process.returncode = 0  # it outlives this process, and Python need not warn of that
        note.write_text(json.dumps({"port": server.port, "pid": server.process.pid, "title": title}))
    return server
