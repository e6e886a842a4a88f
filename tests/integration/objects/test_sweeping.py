"""What nobody refers to goes after a day; what somebody refers to stays, whatever happens at the same time."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlmodel import select

from cloud_api.common import keeping, uploads
from cloud_api.common.conflict import Conflict
from cloud_api.common.images import MACHINE_EDGES
from cloud_api.common.tables import ObjectHold
from cloud_api.gym import machines_images, objects_in_use
from cloud_api.operate.housekeeping import tidy
from shared.errors import Unavailable
from tests.support.reception import ok

DAY = timedelta(days=1)
LATER = timedelta(days=2)


def sweep(cloud, *, after=LATER, objects=None):
    """As if so much time had passed, by the gym's clock or by S3's, whichever is later."""
    now = max(cloud.clock.now(), datetime(2026, 1, 1, tzinfo=UTC), *_written(cloud)) + after
    return keeping.sweep(
        cloud.database,
        objects or cloud.objects,
        folders=objects_in_use.FOLDERS,
        in_use=objects_in_use.keys_in_use,
        now=now,
    )


def _written(cloud):
    far = datetime(2100, 1, 1, tzinfo=UTC)
    return [
        found.modified_at
        for folder in ("images", "photos", "pending")
        for found in cloud.objects.list_objects(folder, older_than=far)
    ]


def test_what_is_referred_to_stays_and_everything_else_goes(equipment, desk, gym):
    machine = equipment.add_image(equipment.machine())
    member_id = desk.member()
    equipment.set_photo(member_id)
    kept = equipment.keys("images") | equipment.keys("photos")
    gym.cloud.objects.put("images/" + "a" * 64 + ".jpg", b"nobody's")
    gym.cloud.objects.put("photos/" + "b" * 32, b"nobody's")
    equipment.send_image(machine)
    assert sweep(gym.cloud, after=DAY - timedelta(minutes=5)) == 0
    assert sweep(gym.cloud) == 3
    assert equipment.keys("images") | equipment.keys("photos") == kept
    assert equipment.keys("pending") == set()
    assert sweep(gym.cloud) == 0
    for size in ("large", "medium", "small"):
        assert equipment.fetch(machine["images"][0][f"{size}_url"]).status_code == 200
        assert equipment.photo(member_id, size).status_code == 200


def test_what_is_taken_away_goes_unless_another_machine_has_it_too(equipment, desk, gym):
    one, other = equipment.add_image(equipment.machine()), equipment.add_image(equipment.machine())
    ok(desk.client.delete(f"/v1/machines/{one['id']}/images/{one['images'][0]['id']}"))
    assert sweep(gym.cloud) == 0
    ok(desk.client.delete(f"/v1/machines/{other['id']}/images/{other['images'][0]['id']}"))
    assert sweep(gym.cloud) == 3
    assert equipment.keys("images") == set()


def test_a_removed_machine_takes_its_pictures_with_it(equipment, desk, gym):
    machine = equipment.add_image(equipment.machine())
    assert desk.client.delete(f"/v1/machines/{machine['id']}").status_code == 204
    assert sweep(gym.cloud) == 3


@pytest.mark.parametrize("gym", ["folder"], indirect=True)
def test_the_housekeeper_sweeps_and_holds_are_forgotten(equipment, gym):
    machine = equipment.machine()
    equipment.add_image(machine)
    equipment.send_image(machine)
    draft = gym.cloud.objects.open_draft("images/" + "c" * 64 + ".jpg")
    draft.write(b"the server died here")
    draft._file.close()
    gym.clock.advance(timedelta(days=400))
    tidy(gym.cloud)
    assert len(equipment.keys("images")) == 3
    with gym.cloud.database.reading() as session:
        assert session.exec(select(ObjectHold)).all() == []


class Slow:
    """The store as the sweep sees it: before the first picture goes, an upload of the same picture gets its chance."""

    def __init__(self, objects, upload_put):
        self.objects, self.deleting, self.upload_put = objects, threading.Event(), upload_put

    def __getattr__(self, name):
        return getattr(self.objects, name)

    def delete(self, key):
        self.deleting.set()
        self.upload_put.wait(0.2)  # a right upload cannot put before this is over; a wrong one loses what it put
        self.objects.delete(key)


class Watched:
    """The store as the upload sees it."""

    def __init__(self, objects, was_put):
        self.objects, self.was_put, self.count = objects, was_put, 0

    def __getattr__(self, name):
        return getattr(self.objects, name)

    def put(self, key, content):
        self.objects.put(key, content)
        self.count += 1
        if self.count == len(MACHINE_EDGES):
            self.was_put.set()


def attach_as_the_shell_does(cloud, machine, upload):
    """Again, as long as it is undone."""
    ends = time.monotonic() + 30
    while True:
        try:
            return machines_images.attach_image(cloud, UUID(machine["id"]), upload, by="test")
        except Conflict:
            assert time.monotonic() < ends


def test_an_upload_that_completes_while_its_picture_is_swept_loses_nothing(equipment, desk, gym, monkeypatch):
    machine = equipment.add_image(equipment.machine())
    ok(desk.client.delete(f"/v1/machines/{machine['id']}/images/{machine['images'][0]['id']}"))
    gym.clock.advance(LATER)
    upload = equipment.send_image(machine)
    pictures = uploads.read_pictures(gym.cloud.objects, upload, edges=MACHINE_EDGES)
    monkeypatch.setattr(uploads, "read_pictures", lambda *_args, **_more: pictures)  # it comes to the point at once
    was_put = threading.Event()
    slow, watched = Slow(gym.cloud.objects, was_put), Watched(gym.cloud.objects, was_put)
    sweeping = threading.Thread(target=lambda: sweep_content(gym.cloud, slow))
    sweeping.start()
    assert slow.deleting.wait(30)
    attached = replace(gym.cloud, objects=watched)
    attach_as_the_shell_does(attached, machine, upload)
    sweeping.join(30)
    (image,) = equipment.read(machine)["images"]
    for size in ("large", "medium", "small"):
        assert equipment.fetch(image[f"{size}_url"]).status_code == 200


NOBODYS = "images/" + "a" * 64 + ".jpg"


class Removing:
    """The store as the sweep sees it: does something else first, while the picture is being removed."""

    def __init__(self, objects, meanwhile):
        self.objects, self.meanwhile = objects, meanwhile

    def __getattr__(self, name):
        return getattr(self.objects, name)

    def delete(self, key):
        self.meanwhile(key)
        self.objects.delete(key)


def remove(gym, meanwhile=lambda _key: None, *, key=NOBODYS):
    """Whether the sweep removed it, had it found it a day after it was put."""
    objects = Removing(gym.cloud.objects, meanwhile)
    before = gym.clock.now() - DAY
    return keeping._remove(gym.cloud.database, objects, key, objects_in_use.keys_in_use, before)


def hold(gym, key=NOBODYS):
    with gym.cloud.database.transaction() as session:
        keeping.hold(session, [key])


def confirm(gym, key=NOBODYS):
    with gym.cloud.database.transaction() as session:
        keeping.confirm(session, [key])


def holds(gym):
    with gym.cloud.database.reading() as session:
        return session.exec(select(ObjectHold)).all()


def test_others_write_while_a_picture_is_being_removed(equipment, gym):
    """The store may be far away, and slow."""
    gym.cloud.objects.put(NOBODYS, b"nobody's")
    with ThreadPoolExecutor(1) as pool:
        assert remove(gym, lambda _key: pool.submit(hold, gym, "images/" + "b" * 64 + ".jpg").result(30))
    assert [found.key for found in holds(gym)] == ["images/" + "b" * 64 + ".jpg"]


def test_nobody_comes_to_hold_or_to_use_a_picture_that_is_being_removed(equipment, gym):
    hold(gym)  # an upload that takes more than a day
    gym.clock.advance(LATER)

    def meanwhile(_key):
        with pytest.raises(Conflict):
            hold(gym)
        with pytest.raises(Unavailable):
            confirm(gym)
        assert not remove(gym), "another sweep comes by"

    assert remove(gym, meanwhile)
    with pytest.raises(Unavailable):
        confirm(gym)
    hold(gym)
    confirm(gym)
    assert not remove(gym)


def test_a_removal_that_failed_keeps_others_away_for_an_hour_and_is_done_again(equipment, gym):
    gym.cloud.objects.put(NOBODYS, b"nobody's")

    def die(_key):
        raise Unavailable("The store for pictures cannot be reached right now.")

    with pytest.raises(Unavailable):
        remove(gym, die)
    sweep(gym.cloud)
    with pytest.raises(Conflict):
        hold(gym)
    with pytest.raises(Unavailable):
        confirm(gym)
    gym.clock.advance(keeping.CLAIM)
    with pytest.raises(Unavailable):
        confirm(gym)
    assert remove(gym)
    assert holds(gym) == []
    with pytest.raises(Unavailable):
        remove(gym, die)
    gym.clock.advance(keeping.CLAIM)
    hold(gym)
    confirm(gym)


def test_a_picture_that_was_held_meanwhile_is_not_swept(equipment, desk, gym):
    """The sweep has listed it as nobody's; before it comes to it, an upload of the same picture begins."""
    machine = equipment.add_image(equipment.machine())
    ok(desk.client.delete(f"/v1/machines/{machine['id']}/images/{machine['images'][0]['id']}"))
    before = gym.cloud.clock.now() - DAY
    keys = sorted(equipment.keys("images"))
    with gym.cloud.database.transaction() as session:
        keeping.hold(session, keys)
    assert not any(
        keeping._remove(gym.cloud.database, gym.cloud.objects, key, objects_in_use.keys_in_use, before) for key in keys
    )
    assert sorted(equipment.keys("images")) == keys


def test_a_picture_that_came_into_use_since_it_was_listed_is_not_swept(equipment, gym):
    equipment.add_image(equipment.machine())
    gym.clock.advance(LATER)
    keys = sorted(equipment.keys("images"))
    parts = (gym.cloud.database, gym.cloud.objects)
    assert not any(keeping._remove(*parts, key, objects_in_use.keys_in_use, gym.clock.now() - DAY) for key in keys)
    assert sorted(equipment.keys("images")) == keys


def sweep_content(cloud, objects):
    """Only what lies in the folder of content."""
    return keeping.sweep(
        cloud.database,
        Contents(objects),
        folders=("images",),
        in_use=objects_in_use.keys_in_use,
        now=cloud.clock.now(),
    )


class Contents:
    """A store whose pictures are all old, and which shows no pending upload."""

    def __init__(self, objects):
        self.objects = objects

    def delete(self, key):
        self.objects.delete(key)

    def list_objects(self, folder, *, older_than):
        far = datetime(2100, 1, 1, tzinfo=UTC)
        return iter(()) if folder == "pending" else self.objects.list_objects(folder, older_than=far)
