"""``fit-cloud copy``: an embedded gym moves to a database server whole, and goes on there."""

import json
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import text

from cloud_api.__main__ import main
from cloud_api.common import roster
from cloud_api.common.database import Database
from cloud_api.operate import copying
from cloud_api.operate.copying import copy_gym
from cloud_api.operate.lock import holding
from cloud_api.operate.opening import open_cloud
from cloud_api.sample.making import make_sample
from shared.errors import InvalidInput, Rejected
from tests.support.cloud import StillClock, a_gym
from tests.support.servers import shared as servers
from tests.support.stored import stored_values


@pytest.fixture
def gym(tmp_path):
    """A stopped gym with members in every state."""
    with a_gym(tmp_path) as gym:
        make_sample(gym.cloud, members=40, seed=3, out=tmp_path)
        gym.kiosk()
        gym.dispatch()
    return gym


@pytest.fixture
def empty():
    with servers.a_mysql_database() as url:
        yield url


def test_everything_is_there_and_the_gym_goes_on(gym, empty, capsys):
    assert main(["copy", "--data", str(gym.settings.data), "--to", empty, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["rows"]["gym_member"] == 40
    source, target = Database(gym.settings.database_url), Database(empty)
    assert _rows(source) == _rows(target)
    source.close()
    target.close()
    moved = open_cloud(replace(gym.settings, database_url=empty), clock=StillClock())
    with moved.database.transaction() as session:
        site = roster.list_sites(session)[0]
        head = session.execute(text("SELECT checksum FROM roster_head ORDER BY site_id")).first()
        assert roster.recompute_checksum(session, site) == head[0] % 2**64
    moved.database.close()


def test_the_copy_is_another_database_so_kiosks_take_a_snapshot(gym, empty):
    copy_gym(gym.settings, empty)
    before = _epoch(gym.settings)
    moved = replace(gym.settings, database_url=empty)
    open_cloud(moved, clock=StillClock()).database.close()
    assert _epoch(moved) != before


def test_a_database_with_something_in_it_is_left_alone(gym, empty):
    copy_gym(gym.settings, empty)
    with pytest.raises(InvalidInput, match="not empty"):
        copy_gym(gym.settings, empty)


def test_a_difference_is_found(gym, empty, monkeypatch):
    real = copying._digest

    def with_damage(side):
        if side.dialect.name == "mysql":
            side.execute(text("UPDATE gym_member SET family_name = 'Somebody' ORDER BY id LIMIT 1"))
        return real(side)

    monkeypatch.setattr(copying, "_digest", with_damage)
    with pytest.raises(InvalidInput, match="differ in gym_member"):
        copy_gym(gym.settings, empty)


def test_a_running_server_is_in_the_way(gym, empty):
    with holding(gym.settings.data), pytest.raises(Rejected, match="in use"):
        copy_gym(gym.settings, empty)


def test_a_file_is_no_target(gym, tmp_path):
    with pytest.raises(InvalidInput, match="database server"):
        copy_gym(gym.settings, f"sqlite:///{tmp_path / 'other.db'}")


def _rows(database):
    return len(stored_values(database))


def _epoch(settings):
    database = Database(settings.database_url)
    with database.reading() as session:
        epoch = session.execute(text("SELECT epoch FROM roster_head")).scalar()
    database.close()
    return bytes(epoch)


def test_a_backup_put_back_on_the_same_server_is_declared_and_brings_nobody_back(gym, empty, capsys):
    copy_gym(gym.settings, empty)
    moved = replace(gym.settings, database_url=empty)
    cloud = open_cloud(moved, clock=StillClock())
    with cloud.database.transaction() as session:
        device_id = session.execute(text("SELECT id FROM devices_device")).scalar()
    cloud.journal.append("device_locked", UUID(bytes=bytes(device_id)), StillClock().now())  # after the backup
    cloud.database.close()
    before = _epoch(moved)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIT_DATABASE_URL", empty)
        assert main(["restored", "--data", str(gym.settings.data), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["replayed"] >= 1
    assert _epoch(moved) != before
    database = Database(empty)
    with database.reading() as session:
        assert session.execute(text("SELECT revoked_at FROM devices_device")).scalar() is not None
    database.close()
