"""A backup is read back before it counts; a restore begins a new epoch and brings back nobody who was locked out."""

import json
import shutil
import sqlite3
import stat
import zipfile
from contextlib import closing
from datetime import timedelta

import pytest
from sqlmodel import select

from cloud_api.common import roster
from cloud_api.common.provenance import COPY
from cloud_api.common.tables import RosterHead
from cloud_api.devices.tables import EventRow
from cloud_api.operate import backups, restoring
from cloud_api.operate.backups import back_up, opened
from cloud_api.operate.doctor import examine
from cloud_api.operate.lock import holding
from cloud_api.operate.restoring import restore
from cloud_api.settings import load_settings
from shared.contracts.devices import EventStatus
from shared.contracts.roster import RowKind
from shared.domain.roles import Group
from shared.errors import InvalidInput, Rejected
from tests.support.answers import refusal
from tests.support.builders import NOON, an_event_record
from tests.support.cloud import Gym, StillClock

pytestmark = pytest.mark.embedded


@pytest.fixture
def file(tmp_path):
    return tmp_path / "gym.fit"


def reopened(gym):
    """The same gym after its server was stopped and started again."""
    gym.close()
    return Gym(gym.settings.data, gym.made, gym.clock)


def restored(gym, file):
    """The gym after its server was stopped, the backup put back, and the server started again."""
    gym.close()
    done = restore(gym.settings, file, clock=gym.clock)
    return Gym(gym.settings.data, gym.made, gym.clock), done


def head(gym):
    with gym.cloud.database.reading() as session:
        return session.get_one(RosterHead, gym.site_id)


def put(gym, key, body="1"):
    with gym.cloud.database.transaction() as session:
        roster.put(session, site_id=gym.site_id, kind=RowKind.MEMBER, key=key, body=body)


def test_a_backup_of_a_running_server_holds_everything(gym, kiosk, file):
    kiosk.upload(an_event_record(number=1))
    made = back_up(gym.settings, file, now=NOON)
    assert made.rows["devices_event"] == 1
    assert made.gym_id == str(gym.cloud.keys.gym_id)
    with opened(file) as (backup, folder):
        assert backup == made
        assert (folder / "secrets" / "gym.json").read_bytes() == (gym.settings.secrets / "gym.json").read_bytes()
        assert (folder / "tls" / "server.key").exists()
        with closing(sqlite3.connect(folder / "fit.db")) as connection:
            assert connection.execute("SELECT value FROM common_database_identity").fetchone() == (COPY,)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()].count(file.name) == 1


def test_nothing_is_written_over(gym, file):
    file.write_text("precious")
    with pytest.raises(InvalidInput, match="exists"):
        back_up(gym.settings, file, now=NOON)
    assert file.read_text() == "precious"


def rewritten(file, name, change):
    """The backup with one of its files changed."""
    other = file.with_name("other.fit")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(other, "w") as new:
        for item in old.namelist():
            new.writestr(item, change(old.read(item)) if item == name else old.read(item))
    return other


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("fit.db", lambda data: data[:5000] + b"X" + data[5001:]),
        ("fit.db", lambda data: data[: len(data) // 2]),
        ("secrets/gym.json", lambda data: data.replace(b"0", b"1")),
        ("manifest.json", lambda data: data.replace(b'"gym_site": 1', b'"gym_site": 2')),
        ("manifest.json", lambda data: data[:50]),
        ("manifest.json", lambda data: data.replace(b'"fit.db"', b'"../fit.db"', 1)),
    ],
)
def test_a_damaged_backup_is_refused_and_changes_nothing(gym, file, name, change):
    back_up(gym.settings, file, now=NOON)
    gym.close()
    before = gym.settings.database_file.read_bytes()
    with pytest.raises(InvalidInput, match=r"damaged|points out"):
        restore(gym.settings, rewritten(file, name, change), clock=gym.clock)
    assert gym.settings.database_file.read_bytes() == before


def test_what_is_no_backup_is_refused(gym, file):
    file.write_bytes(b"hello")
    with pytest.raises(InvalidInput, match="not a backup"):
        restore(gym.settings, file, clock=gym.clock)


def test_another_gyms_backup_is_refused(gym, file, tmp_path_factory):
    from cloud_api.operate.initialising import initialise

    other = load_settings(tmp_path_factory.mktemp("other") / "gym", environ={})
    initialise(other, gym_name="Other", site_name="Other", zone="UTC", clock=StillClock())
    back_up(other, file, now=NOON)
    gym.close()
    with pytest.raises(InvalidInput, match="another gym"):
        restore(gym.settings, file, clock=gym.clock)


def test_a_restore_waits_until_the_server_is_stopped(gym, file):
    back_up(gym.settings, file, now=NOON)
    with holding(gym.settings.data), pytest.raises(Rejected) as refused:
        restore(gym.settings, file, clock=gym.clock)
    assert refused.value.code == "in_use"


def test_after_a_restore_kiosks_take_a_snapshot_and_events_come_back_by_themselves(gym, kiosk, file):
    first, second = an_event_record(number=1), an_event_record(number=2)
    kiosk.upload(first)
    put(gym, "before")
    back_up(gym.settings, file, now=NOON)
    kiosk.upload(second)
    put(gym, "after")
    before = head(gym)
    gym, done = restored(gym, file)
    try:
        after = head(gym)
        assert after.epoch != before.epoch
        assert after.version == before.version - 1
        kiosk._gym = gym
        del kiosk.client
        answer = kiosk.client.get(
            "/v1/devices/self/feed", params={"epoch": str(before.epoch), "version": before.version}
        )
        refusal(answer, 410, "snapshot_required")
        again = kiosk.upload(first, second)
        assert [item.status for item in again.results] == [EventStatus.DUPLICATE, EventStatus.STORED]
        with gym.cloud.database.reading() as session:
            assert len(session.exec(select(EventRow)).all()) == 2
        assert done.made_at == NOON.isoformat()
    finally:
        gym.close()


def test_the_replaced_database_is_kept_aside(gym, file):
    back_up(gym.settings, file, now=NOON)
    put(gym, "later")
    gym, done = restored(gym, file)
    gym.close()
    with closing(sqlite3.connect(f"{done.aside}/fit.db")) as connection:
        assert connection.execute("SELECT count(*) FROM roster_row WHERE key = 'later'").fetchone() == (1,)
    with closing(sqlite3.connect(gym.settings.database_file)) as connection:
        assert connection.execute("SELECT count(*) FROM roster_row WHERE key = 'later'").fetchone() == (0,)


def test_a_restore_that_is_cut_short_leaves_the_old_database_in_use(gym, file, monkeypatch):
    back_up(gym.settings, file, now=NOON)
    put(gym, "later")
    gym.close()
    monkeypatch.setattr(restoring, "after_restore", lambda _session: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        restore(gym.settings, file, clock=gym.clock)
    monkeypatch.undo()
    again = Gym(gym.settings.data, gym.made, gym.clock)
    assert head(again).version == 3
    gym, _ = restored(again, file)
    assert head(gym).version == 2
    gym.close()


def test_a_device_revoked_after_the_backup_stays_revoked(gym, kiosk, file):
    back_up(gym.settings, file, now=NOON)
    gym.owner.post(f"/v1/devices/{kiosk.id}/revocation").raise_for_status()
    gym, done = restored(gym, file)
    with gym.client() as client:
        order = refusal(kiosk_asks(kiosk, client), 403, "device_revoked").wipe_order
    gym.close()
    assert order.device_id == kiosk.id
    assert done.replayed == 1


def kiosk_asks(kiosk, client):
    return client.post("/v1/device-tokens/challenge", json={"device_id": str(kiosk.id)})


def test_who_was_locked_out_after_the_backup_stays_out_and_who_came_back_is_in(gym, file):
    out, back = gym.person(Group.STAFF), gym.person(Group.STAFF)
    gone = gym.person(Group.STAFF)
    back_up(gym.settings, file, now=NOON)
    for person, enabled in ((out, False), (back, False), (back, True)):
        gym.owner.patch(f"/v1/people/{person}", json={"enabled": enabled}).raise_for_status()
    gym.owner.delete(f"/v1/people/{gone}").raise_for_status()
    gym, _ = restored(gym, file)
    enabled = {item["id"]: item["enabled"] for item in gym.client_of(Group.OWNER).get("/v1/people").json()}
    gym.close()
    assert (enabled[str(out)], enabled[str(back)], enabled[str(gone)]) == (False, True, False)


def test_whoever_signed_out_after_the_backup_is_not_signed_in_by_it(gym, file):
    token = gym.token_of(Group.STAFF)
    back_up(gym.settings, file, now=NOON)
    gym, _ = restored(gym, file)
    with gym.client(token) as client:
        refusal(client.get("/v1/account"), 401, "not_signed_in")
    gym.close()


def test_on_a_new_machine_a_backup_is_all_it_takes(gym, kiosk, file, tmp_path):
    gym.owner.post(f"/v1/devices/{kiosk.id}/revocation").raise_for_status()
    site_key = gym.cloud.keys.site_key(gym.site_id)
    back_up(gym.settings, file, now=NOON)
    elsewhere = load_settings(tmp_path / "elsewhere", environ={})
    elsewhere.data.mkdir()
    restore(elsewhere, file, clock=gym.clock)
    again = Gym(elsewhere.data, gym.made, gym.clock)
    assert again.cloud.keys.gym_id == gym.cloud.keys.gym_id
    assert again.cloud.keys.site_key(gym.site_id) == site_key
    assert again.cloud.fingerprint == gym.cloud.fingerprint
    assert [line.kind for line in again.cloud.journal.read()] == ["device_locked"]
    again.close()


def test_a_copied_data_folder_begins_a_new_epoch_too(gym, tmp_path):
    before = head(gym).epoch
    gym.close()
    shutil.copytree(gym.settings.data, tmp_path / "copy")
    copy = Gym(tmp_path / "copy", gym.made, gym.clock)
    assert head(copy).epoch != before
    copy.close()


def test_the_same_folder_keeps_its_epoch_over_a_restart(gym):
    before = head(gym)
    gym = reopened(gym)
    assert head(gym) == before
    gym.close()


class TestDoctor:
    def findings(self, gym):
        return {item.name: item for item in examine(gym.settings, clock=gym.clock)}

    def test_a_sound_gym_has_nothing_wrong(self, gym):
        gym.person(Group.OWNER)
        found = self.findings(gym)
        assert {name for name, item in found.items() if not item.ok} == set()
        assert len(found) == 15

    def test_without_an_owner_it_says_what_to_do(self, gym):
        assert "owner-link" in self.findings(gym)["owner"].advice

    def test_a_folder_without_a_gym_is_named(self, tmp_path):
        found = examine(load_settings(tmp_path, environ={}))
        assert [item.ok for item in found] == [False]
        assert "fit-cloud init" in found[0].advice

    def test_open_secrets_are_named(self, gym):
        (gym.settings.secrets / "gym.json").chmod(0o644)
        assert "gym.json" in self.findings(gym)["secrets"].detail

    def test_a_certificate_that_ends_soon_is_named(self, gym):
        gym.clock.advance(timedelta(days=3650 - 20))
        assert not self.findings(gym)["certificate"].ok

    def test_a_damaged_database_is_named(self, gym):
        gym.close()
        data = bytearray(gym.settings.database_file.read_bytes())
        data[8192:12288] = b"\xff" * 4096
        gym.settings.database_file.write_bytes(data)
        found = examine(gym.settings, clock=gym.clock)
        assert not {item.name: item for item in found}["database file"].ok

    def test_a_missing_database_is_named(self, gym):
        gym.close()
        gym.settings.database_file.unlink()
        assert "restore" in self.findings(gym)["database file"].advice.lower()

    def test_a_roster_that_does_not_add_up_is_named(self, gym):
        put(gym, "a")
        with gym.cloud.database.transaction() as session:
            session.get_one(RosterHead, gym.site_id).checksum += 1
        assert str(gym.site_id) in self.findings(gym)["rosters"].detail

    def test_a_broken_audit_log_is_named(self, gym):
        gym.owner.post("/v1/devices", json={"site_id": str(gym.site_id), "name": "x"}).raise_for_status()
        gym.close()
        with closing(sqlite3.connect(gym.settings.database_file)) as connection:
            connection.execute("UPDATE common_audit SET actor = 'nobody' WHERE service = 'devices' AND number = 1")
            connection.commit()
        found = {item.name: item for item in examine(gym.settings, clock=gym.clock)}
        assert found["audit log"].detail == "broken: devices at 1"

    def test_a_schema_that_is_behind_is_named_and_left_alone(self, gym):
        with closing(sqlite3.connect(gym.settings.database_file)) as connection:
            connection.execute("DELETE FROM alembic_version WHERE version_num LIKE 'reports%'")
            connection.commit()
        found = self.findings(gym)
        assert not found["schema"].ok
        assert "owner" not in found

    def test_it_can_be_read_by_a_program(self, gym):
        from dataclasses import asdict

        assert json.dumps([asdict(item) for item in self.findings(gym).values()])


def test_a_backup_holds_the_pictures_and_no_upload_under_way(gym, tmp_path):
    objects = gym.cloud.objects
    objects.put("images/aa.jpg", b"a picture" * 1000)
    objects.put("pending/bb.jpg", b"nobody has looked at it")
    made = back_up(gym.settings, tmp_path / "gym.backup", now=gym.clock.now())
    assert "objects/images/aa.jpg" in made.files
    assert not [name for name in made.files if "pending" in name]
    with zipfile.ZipFile(tmp_path / "gym.backup") as archive:
        assert archive.read("objects/images/aa.jpg") == b"a picture" * 1000
        assert archive.getinfo("objects/images/aa.jpg").compress_size < 1000


def test_a_picture_that_goes_while_the_backup_is_made_is_not_missed(gym, tmp_path, monkeypatch):
    gym.cloud.objects.put("images/aa.jpg", b"stays")
    gym.cloud.objects.put("images/bb.jpg", b"goes")
    kept_files = backups._kept_files

    def listed(settings):
        found = kept_files(settings)
        gym.cloud.objects.delete("images/bb.jpg")
        return found

    monkeypatch.setattr(backups, "_kept_files", listed)
    made = back_up(gym.settings, tmp_path / "gym.backup", now=gym.clock.now())
    assert "objects/images/aa.jpg" in made.files
    assert "objects/images/bb.jpg" not in made.files
