"""The schema's history: one Alembic chain per service, in ``cloud_api/<service>/migrations``, brought up together.

Each service owns its tables and their history (the branch label is its name); chains do not refer to one another, so
two services may change in any order. All services' chains are applied, whichever of them a process serves.
"""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text

from shared import faults
from shared.errors import Unavailable

_HERE = Path(__file__).parent


def services_with_tables() -> list[str]:
    """The packages of ``cloud_api`` that have a ``tables`` module, ``common`` among them."""
    return sorted(path.parent.name for path in _HERE.parent.glob("*/tables.py"))


def owner_of(table: str) -> str:
    """The service that owns a table, by the prefix of its name; the roster is ``common``'s."""
    prefix = table.split("_", 1)[0]
    return "common" if prefix == "roster" else prefix


def import_tables() -> None:
    """Import every service's tables, so that SQLModel's metadata knows them all."""
    for service in services_with_tables():
        importlib.import_module(f"cloud_api.{service}.tables")


def configuration() -> Config:
    config = Config()
    folders = [folder for folder in _HERE.parent.glob("*/migrations") if folder.parent.name in services_with_tables()]
    config.set_main_option("script_location", str(_HERE))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(str(folder) for folder in sorted(folders)))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return config


def is_empty(engine: Engine) -> bool:
    """Whether the database has no table at all."""
    return not inspect(engine).get_table_names()


def is_current(engine: Engine) -> bool:
    """Whether every migration this program knows has been applied."""
    with engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()) == _heads()


@cache
def _heads() -> frozenset[str]:
    """What this program knows; it takes reading every step."""
    return frozenset(ScriptDirectory.from_config(configuration()).get_heads())


def upgrade(engine: Engine) -> None:
    """Apply what is missing: in one transaction where the database can, one process at a time where it cannot."""
    config = configuration()
    with engine.begin() as connection, _alone(connection):
        config.attributes["connection"] = connection
        command.upgrade(config, "heads")
        faults.reach("upgrade.before_commit")


@contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    """On a database server: hold a lock of our own, and have new tables compare text byte by byte, as SQLite does.

    Raises:
        Unavailable: another process has been migrating for a minute.
    """
    if connection.dialect.name == "sqlite":
        yield
        return
    if not connection.scalar(text("SELECT GET_LOCK(CONCAT('fit-migrate-', DATABASE()), 60)")):
        raise Unavailable("Another server is bringing the database up to date. Try again in a minute.")
    try:
        connection.execute(text("ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"))
        yield
    finally:
        connection.execute(text("SELECT RELEASE_LOCK(CONCAT('fit-migrate-', DATABASE()))"))
