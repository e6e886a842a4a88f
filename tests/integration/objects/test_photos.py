"""Members' photos: sealed in the store, shown to staff, gone for good with the member's key (H7, H12)."""

import io
import threading
from dataclasses import replace

import pytest
from PIL import Image

from cloud_api.common.tables import MemberPlace
from cloud_api.gym import erasure, photos
from cloud_api.gym.tables import PhotoRow
from cloud_api.operate.backups import back_up
from cloud_api.operate.restoring import restore
from shared.errors import Rejected
from tests.support.answers import refusal
from tests.support.cloud import Gym
from tests.support.pictures import GPS_SECRET, a_jpeg_with_secrets, a_picture
from tests.support.reception import Desk, ok


def edges(equipment, member_id):
    contents = [equipment.photo(member_id, size).content for size in ("large", "medium", "small")]
    return [max(Image.open(io.BytesIO(content)).size) for content in contents]


def stored(equipment):
    """The bytes of every photo in the store, by key."""
    objects = equipment.gym.cloud.objects
    return {key: objects.get(key, max_size=10**7) for key in equipment.keys("photos")}


def test_a_photo_is_shown_to_staff_and_kept_by_nobody_on_the_way(equipment, desk, gym):
    member_id = desk.member()
    refusal(equipment.photo(member_id), 404, "photo_unknown")
    view = equipment.set_photo(member_id, a_jpeg_with_secrets(size=(1000, 800)))
    assert view["member_id"] == str(member_id)
    answer = gym.staff.get(f"/v1/members/{member_id}/photo")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["content-type"] == "image/jpeg"
    assert GPS_SECRET not in answer.content
    assert edges(equipment, member_id) == [640, 320, 96]
    assert "member.photo_set" in desk.actions("gym")
    assert equipment.keys("pending") == set()


def test_the_store_holds_nothing_that_anybody_can_look_at(equipment, desk):
    member_id = desk.member()
    equipment.set_photo(member_id)
    shown = [equipment.photo(member_id, size).content for size in ("large", "medium", "small")]
    kept = stored(equipment)
    assert len(kept) == 3
    for content in kept.values():
        assert content not in shown
        assert b"JFIF" not in content
        with pytest.raises(OSError, match="cannot identify"):
            Image.open(io.BytesIO(content))


def test_another_photo_takes_the_place_of_the_first_and_none_is_left_over(equipment, desk):
    member_id = desk.member()
    first = equipment.set_photo(member_id)
    before = equipment.keys("photos")
    second = equipment.set_photo(member_id, a_picture("PNG", mode="RGBA", colour=(1, 2, 3, 4)))
    assert second["id"] != first["id"]
    assert equipment.photo(member_id).headers["content-type"] == "image/webp"
    assert len(equipment.keys("photos")) == 3
    assert not before & equipment.keys("photos")
    assert desk.client.delete(f"/v1/members/{member_id}/photo").status_code == 204
    assert equipment.keys("photos") == set()
    refusal(equipment.photo(member_id), 404, "photo_unknown")
    assert desk.client.delete(f"/v1/members/{member_id}/photo").status_code == 204
    assert desk.actions("gym").count("member.photo_removed") == 1


def test_a_photo_is_taken_in_once(equipment, desk):
    member_id = desk.member()
    upload = equipment.send(f"/v1/members/{member_id}/photo-uploads", a_picture())
    path = f"/v1/members/{member_id}/photo"
    first = ok(desk.client.put(path, json={"upload": upload}))
    assert ok(desk.client.put(path, json={"upload": upload})) == first
    refusal(desk.client.put(path, json={"upload": "0" * 32 + "-5.jpg"}), 404, "upload_unknown")


def test_no_photo_opens_as_another_s(equipment, desk, gym):
    one, other = desk.member(), desk.member()
    equipment.set_photo(one)
    equipment.set_photo(other, a_picture(colour=(0, 200, 0)))
    with gym.cloud.database.transaction() as session:
        row, foreign = session.get_one(PhotoRow, one), session.get_one(PhotoRow, other)
        row.large_key, row.medium_key = foreign.large_key, row.small_key
        session.add(row)
    refusal(equipment.photo(one, "large"), 409, "photo_damaged")
    refusal(equipment.photo(one, "medium"), 409, "photo_damaged")
    assert equipment.photo(one, "small").status_code == 200


def test_with_the_member_the_photo_goes_for_good(equipment, desk, gym):
    member_id = desk.member()
    equipment.set_photo(member_id)
    copies = stored(equipment)
    ok(desk.client.delete(f"/v1/members/{member_id}"))
    assert equipment.keys("photos") == set()
    refusal(equipment.photo(member_id), 409, "member_erased")
    with gym.cloud.database.reading() as session:
        assert session.get(PhotoRow, member_id) is None
        assert session.get(MemberPlace, member_id) is None
    for key, content in copies.items():  # somebody kept the objects
        gym.cloud.objects.put(key, content)
    refusal(equipment.photo(member_id), 409, "member_erased")
    refusal(
        desk.client.put(f"/v1/members/{member_id}/photo", json={"upload": "0" * 32 + "-5.jpg"}), 409, "member_erased"
    )
    refusal(desk.client.delete(f"/v1/members/{member_id}/photo"), 409, "member_erased")


@pytest.mark.parametrize("gym", ["folder"], indirect=True)
def test_a_backup_brings_no_photo_back(equipment, desk, gym, tmp_path):
    erased, other = desk.member(), desk.member()
    equipment.set_photo(erased)
    equipment.set_photo(other)
    back_up(gym.settings, tmp_path / "backup.zip", now=gym.clock.now())
    ok(desk.client.delete(f"/v1/members/{erased}"))
    gym.close()
    restore(gym.settings, tmp_path / "backup.zip", clock=gym.clock)
    restored = Gym(gym.settings.data, gym.made, gym.clock)
    try:
        with restored.cloud.database.reading() as session:
            assert session.get(PhotoRow, erased) is None
            assert session.get(MemberPlace, erased) is None
        client = Desk(restored).client
        refusal(client.get(f"/v1/members/{erased}/photo"), 409, "member_erased")
        assert client.get(f"/v1/members/{other}/photo").status_code == 200
    finally:
        restored.close()


class Halting:
    """The store, until the first photo's object is put: then it waits."""

    def __init__(self, objects):
        self.objects, self.reached, self.go_on = objects, threading.Event(), threading.Event()

    def __getattr__(self, name):
        return getattr(self.objects, name)

    def put(self, key, content):
        self.reached.set()
        assert self.go_on.wait(30)
        self.objects.put(key, content)


def test_a_photo_that_is_set_while_the_member_is_erased_is_not(equipment, desk, gym):
    member_id = desk.member()
    upload = equipment.send(f"/v1/members/{member_id}/photo-uploads", a_picture())
    objects, refused = Halting(gym.cloud.objects), []

    def set_photo():
        try:
            photos.set_photo(replace(gym.cloud, objects=objects), member_id, upload, by="test")
        except Rejected as error:
            refused.append(error.code)

    thread = threading.Thread(target=set_photo)
    thread.start()
    assert objects.reached.wait(30)
    with gym.cloud.database.transaction() as session:
        erasure.erase_member(session, gym.cloud.journal, member_id, by="test")
    objects.go_on.set()
    thread.join(30)
    assert refused == ["member_erased"]
    with gym.cloud.database.reading() as session:
        assert session.get(PhotoRow, member_id) is None
