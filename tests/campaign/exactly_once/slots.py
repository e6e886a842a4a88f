"""Places for databases. SQLAlchemy compiles every statement anew for each engine, so a process has few of them."""

import atexit
import os
import pickle
import shutil
import sqlite3
import tempfile
from contextlib import closing
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import inspect

from cloud_api import migrations
from cloud_api.common.database import Database
from cloud_api.operate.opening import copy_database
from tests.campaign.exactly_once.clocks import TrueTime
from tests.support.cloud import GYM_DATABASE
from tests.support.servers import shared as servers

COMPONENTS = "components"
_MEMORY = Path("/dev/shm")  # noqa: S108  # a file system in memory, where a flush costs nothing


class _Switch:
    """A clock that is another one in each simulation."""

    def __init__(self) -> None:
        self.to = TrueTime()

    def now(self) -> datetime:
        return self.to.now()

    def boot_ns(self) -> int:
        return self.to.boot_ns()

    def boot_id(self) -> str:
        return self.to.boot_id()


class Slot(Protocol):
    """One place with the product's ``Database`` on it; what is in it is changed as by a restart."""

    @property
    def database(self) -> Database: ...

    def put(self, content: bytes, time: TrueTime) -> None:
        """Stop, put what was taken once in place, start. No bytes make an empty database."""

    def take(self) -> bytes:
        """All that is in it."""

    def query(self, statement: str) -> list[Any]:
        """Rows past the product, values as the columns keep them."""

    def close(self) -> None: ...


class FileSlot:
    """A path with an SQLite file behind it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._clock = _Switch()
        self.database = Database(f"sqlite:///{path}", clock=self._clock)

    def put(self, content: bytes, time: TrueTime) -> None:
        self.close()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self.path}{suffix}").unlink(missing_ok=True)
        if content:
            self.path.write_bytes(content)
        self._clock.to = time

    def take(self) -> bytes:
        copy = self.path.with_suffix(".copy")
        copy.unlink(missing_ok=True)
        copy_database(self.path, copy)
        return copy.read_bytes()

    def query(self, statement: str) -> list[Any]:
        with closing(sqlite3.connect(self.path)) as connection:
            return connection.execute(statement).fetchall()

    def close(self) -> None:
        self.database.close()


class ServerSlot:
    """A database on the run's server."""

    def __init__(self, name: str) -> None:
        self._clock = _Switch()
        self._direct = Database(servers.mysql().create(f"slot_{name}_{os.getpid()}"), clock=self._clock)

    @property
    def database(self) -> Database:
        return self._direct

    def put(self, content: bytes, time: TrueTime) -> None:
        self.close()
        if content and migrations.is_empty(self._direct.writer):
            migrations.upgrade(self._direct.writer)
        rows: dict[str, list[tuple[Any, ...]]] = pickle.loads(content) if content else {}  # noqa: S301  # our own
        with self._direct.writer.begin() as connection:
            for table in inspect(connection).get_table_names():
                connection.exec_driver_sql(f"DELETE FROM `{table}`")
                if rows.get(table):
                    marks = ", ".join(["%s"] * len(rows[table][0]))
                    connection.exec_driver_sql(f"INSERT INTO `{table}` VALUES ({marks})", rows[table])
        self._clock.to = time

    def take(self) -> bytes:
        with self._direct.writer.connect() as connection:
            names = inspect(connection).get_table_names()
            found = {name: connection.exec_driver_sql(f"SELECT * FROM `{name}`").all() for name in names}
            return pickle.dumps({name: [tuple(row) for row in rows] for name, rows in found.items()})

    def query(self, statement: str) -> list[Any]:
        with self._direct.writer.connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(statement)]

    def close(self) -> None:
        self._direct.close()


def database_kind() -> str:
    """``sqlite``, ``mysql`` or ``components`` (MySQL, Kafka and Redis, with two processes), as the tests' environment says."""
    return os.environ.get(GYM_DATABASE, "sqlite")


def slot(name: str) -> Slot:
    """The process's slot of that name."""
    return _slot(name, database_kind())


@cache
def _slot(name: str, kind: str) -> Slot:
    if kind == COMPONENTS and name == "cloud":
        from tests.campaign.exactly_once.processes import ProcessesSlot  # only then is Kafka needed

        return ProcessesSlot(f"{kind}_{name}")
    return FileSlot(_folder() / f"{name}.db") if kind == "sqlite" else ServerSlot(f"{kind}_{name}")


def new_folder(prefix: str) -> Path:
    """A folder for throw-away files, in memory where the machine has such a place."""
    return Path(tempfile.mkdtemp(prefix=prefix, dir=_MEMORY if _MEMORY.is_dir() else None))


@cache
def _folder() -> Path:
    folder = new_folder("fit-slots-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
