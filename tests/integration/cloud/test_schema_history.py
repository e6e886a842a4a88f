"""The migrations make the tables that the program uses, from nothing and from every step before."""

import sqlite3
from contextlib import closing

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import inspect
from sqlmodel import SQLModel

from cloud_api import migrations
from cloud_api.common.database import Database
from cloud_api.operate.opening import open_cloud
from tests.support.cloud import StillClock, a_gym


def test_tables_and_migrations_say_the_same(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'fit.db'}")
    migrations.upgrade(database.writer)
    config = migrations.configuration()
    with database.writer.begin() as connection:
        config.attributes["connection"] = connection
        command.check(config)  # raises where they differ
    database.close()


def test_every_table_has_an_owner_among_the_services():
    migrations.import_tables()
    owners = {migrations.owner_of(name) for name in SQLModel.metadata.tables}
    assert owners <= set(migrations.services_with_tables())


def test_each_service_has_one_chain_under_its_own_name():
    scripts = ScriptDirectory.from_config(migrations.configuration())
    labels = {label for revision in scripts.walk_revisions() for label in revision.branch_labels}
    assert labels == set(migrations.services_with_tables())
    assert len(scripts.get_heads()) == len(labels)
    for revision in scripts.walk_revisions():
        assert revision.revision.startswith(next(iter(revision.branch_labels)))


def test_upgrading_twice_changes_nothing(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'fit.db'}")
    assert migrations.is_current(database.writer) is False
    migrations.upgrade(database.writer)
    before = inspect(database.writer).get_table_names()
    migrations.upgrade(database.writer)
    assert inspect(database.writer).get_table_names() == before
    assert migrations.is_current(database.writer) is True
    database.close()


def test_the_database_is_copied_before_its_schema_is_changed(tmp_path):
    with a_gym(tmp_path) as gym:
        settings = gym.settings
    with closing(sqlite3.connect(settings.database_file)) as connection:
        connection.execute("DELETE FROM alembic_version WHERE version_num LIKE 'reports%'")
        names = [
            row[0]
            for row in connection.execute(
                "SELECT name FROM sqlite_master WHERE name LIKE 'reports_%' AND type = 'table'"
            )
        ]
        for name in names:
            connection.execute(f"DROP TABLE {name}")
        connection.commit()
    cloud = open_cloud(settings, clock=StillClock())
    assert migrations.is_current(cloud.database.writer)
    cloud.database.close()
    copies = list((settings.data / "backups").glob("before-upgrade-*.db"))
    assert len(copies) == 1
    with closing(sqlite3.connect(copies[0])) as connection:
        assert connection.execute("SELECT count(*) FROM gym_site").fetchone() == (1,)


def test_an_upgrade_that_fails_leaves_the_schema_as_it_was(tmp_path, monkeypatch):
    database = Database(f"sqlite:///{tmp_path / 'fit.db'}")
    real = migrations.command.upgrade

    def failing(config, target):
        real(config, target)
        raise OSError("power cut")

    monkeypatch.setattr(migrations.command, "upgrade", failing)
    with pytest.raises(OSError, match="power cut"):
        migrations.upgrade(database.writer)
    assert inspect(database.writer).get_table_names() == []
    database.close()
