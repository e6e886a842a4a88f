"""From the previous release to this one: on SQLite by itself at the start, on the server step by step, nothing lost."""

import tarfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import MetaData, create_engine, inspect, text

from cloud_api import migrations
from cloud_api.common.audit_chain import find_break
from cloud_api.common.database import Database
from cloud_api.operate.opening import open_cloud
from cloud_api.settings import load_settings
from shared.errors import FitError
from tests.support.cloud import StillClock
from tests.support.processes import Strike, running
from tests.support.servers import shared as servers

RELEASES = sorted((Path(__file__).parents[2] / "data" / "releases").glob("*.tar.xz"))


@pytest.fixture(params=RELEASES, ids=lambda path: path.name.removesuffix(".tar.xz"))
def settings(request, tmp_path):
    """A data folder as an earlier release left it."""
    with tarfile.open(request.param) as archive:
        archive.extractall(tmp_path, filter="data")
    return load_settings(tmp_path / "gym", environ={})


@pytest.fixture
def on_server(settings):
    """The same gym with its database on a server, at the schema of its release."""
    with servers.a_mysql_database() as url:
        _move(settings.database_url, url)
        yield replace(settings, database_url=url)


def _move(source_url, target_url):
    old, new = create_engine(source_url), create_engine(target_url)
    config = migrations.configuration()
    with old.connect() as source, new.connect() as target:
        heads = source.scalars(text("SELECT version_num FROM alembic_version")).all()
        config.attributes["connection"] = target
        target.execute(text("ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"))
        for head in heads:
            command.upgrade(config, head)
        tables = MetaData()
        tables.reflect(target)
        for name, table in tables.tables.items():
            rows = [dict(row) for row in source.execute(text(f'SELECT * FROM "{name}"')).mappings()]
            target.execute(table.delete())
            if rows:
                target.execute(table.insert(), rows)
        target.commit()
    old.dispose()
    new.dispose()


def _what_matters(database):
    """What nobody may lose over an upgrade: how many of each there are, and every roster row."""
    names = (
        "gym_member",
        "gym_membership",
        "gym_visit",
        "qr_pass",
        "identity_person",
        "devices_device",
        "common_audit",
    )
    with database.reading() as session:
        counts = {name: session.scalar(text(f"SELECT COUNT(*) FROM {name}")) for name in names}
        rows = session.execute(text("SELECT site_id, kind, body FROM roster_row ORDER BY site_id, kind, body")).all()
    return counts, [(bytes(row[0]), row[1], row[2]) for row in rows]


def _upgraded(settings):
    database = Database(settings.database_url)
    before = _what_matters(database)
    database.close()
    cloud = open_cloud(settings, clock=StillClock())
    after = _what_matters(cloud.database)
    assert migrations.is_current(cloud.database.writer)
    assert _broken_logs(cloud.database) == []
    cloud.database.close()
    return before, after


def _broken_logs(database):
    """The services whose audit rows of before do not hold any more, or are not found by their kind."""
    with database.reading() as session:
        services = session.scalars(text("SELECT service FROM common_audit_head")).all()
        assert len(services) > 2
        assert session.scalar(text("SELECT COUNT(*) FROM common_audit WHERE form <> 1 OR noun = ''")) == 0
        return [service for service in services if find_break(session, service) is not None]


def test_an_embedded_gym_is_copied_brought_up_and_whole(settings):
    before, after = _upgraded(settings)
    assert after == before
    copies = list((settings.data / "backups").glob("before-upgrade-*.db"))
    assert len(copies) == 1


def test_a_gym_on_a_server_is_brought_up_and_whole(on_server):
    before, after = _upgraded(on_server)
    assert after == before


def test_tables_are_the_same_whichever_way_they_came(on_server):
    open_cloud(on_server, clock=StillClock()).database.close()
    with servers.a_mysql_database() as fresh:
        engine = create_engine(fresh)
        migrations.upgrade(engine)
        upgraded = create_engine(on_server.database_url)
        assert _shape(upgraded) == _shape(engine)
        engine.dispose()
        upgraded.dispose()


def _shape(engine):
    found = inspect(engine)
    return {
        name: (
            [(column["name"], str(column["type"]), column["nullable"]) for column in found.get_columns(name)],
            sorted((item["name"], *item["column_names"]) for item in found.get_indexes(name)),
        )
        for name in found.get_table_names()
    }


def test_two_servers_that_start_at_once_upgrade_once(on_server):
    def start(_):
        engine = create_engine(on_server.database_url)
        migrations.upgrade(engine)
        engine.dispose()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(start, range(2)))
    engine = create_engine(on_server.database_url)
    assert migrations.is_current(engine)
    engine.dispose()


def test_an_upgrade_that_fails_half_way_leaves_the_gym_as_it_was_and_says_so(settings, monkeypatch):
    with closing_database(settings) as database:
        before, shape = _what_matters(database), _shape(database.writer)
    real = migrations.command.upgrade

    def failing(config, target):
        real(config, target)
        raise RuntimeError("planted")

    with monkeypatch.context() as patch:
        patch.setattr(migrations.command, "upgrade", failing)
        with pytest.raises(FitError, match=r"as it was.*before-upgrade-"):
            open_cloud(settings, clock=StillClock())
    with closing_database(settings) as database:
        assert (_what_matters(database), _shape(database.writer)) == (before, shape)
    assert _upgraded(settings)[1] == before


@pytest.mark.parametrize("point", ["upgrade.before_commit", "upgrade.after_backup"])
def test_a_power_cut_in_the_middle_of_an_upgrade_loses_nothing(settings, point):
    with closing_database(settings) as database:
        before = _what_matters(database)
    serve = ["serve", "--data", str(settings.data), "--port", "0"]
    with running("cloud_api.__main__", serve, strikes=[Strike(point)]) as server:
        assert server.wait() == -9
    with closing_database(settings) as database:
        assert _what_matters(database) == before
        assert not migrations.is_current(database.writer)
    assert _upgraded(settings)[1] == before


def closing_database(settings):
    return closing(Database(settings.database_url))
