"""Pictures of machines from the client to the store and back, in both stores."""

import io

import pytest
from PIL import Image

from shared.client.files import Files
from shared.client.machines import MachineCloud
from shared.client.session import PersonSession
from shared.client.transport import Transport
from shared.contracts.machines import (
    FaultReport,
    FaultResolution,
    ImageOrder,
    MachineChange,
    MaintenanceDone,
    NewMachine,
    StatusChange,
)
from shared.contracts.photos import PhotoSize
from shared.contracts.uploads import MAX_IMAGE_BYTES, ImageType
from shared.domain.machine import MachineStatus
from shared.errors import Rejected, Unavailable
from tests.support.answers import refusal
from tests.support.pictures import GPS_SECRET, a_jpeg_with_secrets, a_picture, a_png_bomb
from tests.support.reception import ok

GIF = b"GIF89a\xff\xff\xff\xff\xf7\x00\x00" + bytes(768) + b"\x3b"
HOSTILE = {
    "bomb": (a_png_bomb(), "image/png"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "image/png"),
    "gif": (GIF, "image/webp"),
    "truncated": (a_picture(size=(900, 900))[:4000], "image/jpeg"),
    "another type": (a_picture("PNG"), "image/jpeg"),
    "nonsense": (b"\xff\xd8\xff" + bytes(500), "image/jpeg"),
}


def test_a_picture_comes_back_in_three_sizes_without_its_secrets(equipment):
    machine = equipment.add_image(equipment.machine(), a_jpeg_with_secrets(orientation=6, size=(2000, 1000)))
    (image,) = machine["images"]
    assert machine["picture"] == image
    assert (image["width"], image["height"]) == (800, 1600)
    longest = []
    for size in ("large", "medium", "small"):
        answer = equipment.fetch(image[f"{size}_url"])
        assert answer.headers["content-type"] == "image/jpeg"
        assert GPS_SECRET not in answer.content
        longest.append(max(Image.open(io.BytesIO(answer.content)).size))
    assert longest == [1600, 320, 96]
    assert equipment.keys("pending") == set()
    assert len(equipment.keys("images")) == 3


def test_what_is_not_fit_is_refused_and_leaves_nothing(equipment):
    machine = equipment.machine()
    for content, announced in HOSTILE.values():
        upload = equipment.send_image(machine, content, content_type=announced)
        refusal(equipment.post(machine, "images", upload=upload), 422, "invalid_input")
        assert equipment.keys("images") == equipment.keys("pending") == set()
        assert equipment.read(machine) == machine


def test_a_size_that_lies_is_noticed_even_when_the_store_did_not_look(equipment, gym):
    """moto takes any size, as a store with a fault might: the server looks again."""
    machine, content = equipment.machine(), a_picture()
    for size in (len(content) - 1, len(content) + 1):
        ticket = ok(equipment.post(machine, "image-uploads", content_type="image/jpeg", size=size))
        gym.cloud.objects.put(f"pending/{ticket['upload']}", content)
        refusal(equipment.post(machine, "images", upload=ticket["upload"]), 422, "invalid_input")
        assert equipment.keys("pending") == set()


def test_no_ticket_for_what_would_not_be_taken_and_no_name_that_is_no_ticket_s(equipment):
    machine = equipment.machine()
    for content_type, size in (
        ("image/gif", 5),
        ("image/svg+xml", 5),
        ("image/png", 0),
        ("image/png", MAX_IMAGE_BYTES + 1),
    ):
        refusal(equipment.post(machine, "image-uploads", content_type=content_type, size=size), 422, "invalid_input")
    for upload in ("", "x", "../../secrets/gym.json", "0" * 32 + "-1.exe", "0" * 32 + "-1.jpg\n"):
        refusal(equipment.post(machine, "images", upload=upload), 422, "invalid_input")


def test_nothing_is_taken_in_that_was_not_sent(equipment):
    machine = equipment.machine()
    ticket = ok(equipment.post(machine, "image-uploads", content_type="image/png", size=5))
    refusal(equipment.post(machine, "images", upload=ticket["upload"]), 404, "upload_unknown")
    refusal(equipment.post(machine, "images", upload="0" * 32 + "-999999999.jpg"), 422, "invalid_input")


def test_a_picture_is_taken_in_once(equipment):
    machine, other = equipment.machine(), equipment.machine()
    upload = equipment.send_image(machine)
    first = ok(equipment.post(machine, "images", upload=upload))
    again = ok(equipment.post(machine, "images", upload=upload))
    assert len(again["images"]) == 1
    assert again["version"] == first["version"] == 2
    refusal(equipment.post(other, "images", upload=upload), 404, "upload_unknown")


def test_the_same_picture_twice_is_kept_once(equipment):
    machine = equipment.machine()
    equipment.add_image(machine)
    assert len(equipment.add_image(machine)["images"]) == 2
    assert len(equipment.keys("images")) == 3


def test_pictures_are_put_in_order_and_taken_away(equipment, desk):
    machine = equipment.machine()
    for colour in ((200, 0, 0), (0, 200, 0), (90, 90, 90)):
        machine = equipment.add_image(machine, a_picture(colour=colour))
    red, green, grey = (image["id"] for image in machine["images"])
    path = f"/v1/machines/{machine['id']}/images"
    body = {"image_ids": [grey, red, green], "version": machine["version"]}
    ordered = ok(desk.client.put(path, json=body))
    assert [image["id"] for image in ordered["images"]] == [grey, red, green]
    assert ordered["picture"]["id"] == grey
    (item,) = ok(desk.client.get("/v1/machines"))["items"]
    assert item["picture"]["id"] == grey
    refusal(desk.client.put(path, json=body), 409, "machine_changed")
    for ids in ([grey, red], [grey, red, green, green], [grey, red, red]):
        wrong = {"image_ids": ids, "version": ordered["version"]}
        refusal(desk.client.put(path, json=wrong), 422, "invalid_input")
    left = ok(desk.client.delete(f"{path}/{red}"))
    assert [image["id"] for image in left["images"]] == [grey, green]
    refusal(desk.client.delete(f"{path}/{red}"), 404, "image_unknown")
    assert [image["id"] for image in equipment.add_image(machine)["images"]][:2] == [grey, green]


def test_a_machine_has_so_many_pictures_at_the_most(equipment, monkeypatch):
    from cloud_api.gym import machines_images

    monkeypatch.setattr(machines_images, "MAX_IMAGES", 1)
    machine = equipment.add_image(equipment.machine())
    refusal(equipment.post(machine, "images", upload=equipment.send_image(machine)), 409, "too_many_images")


@pytest.fixture
def client(gym):
    """The typed client, signed in as the first Owner."""
    transport = Transport(gym.client())
    session = PersonSession(transport, monotonic=lambda: gym.clock.boot_ns() / 1e9)
    session.redeem(gym.owner_secret, password="a long enough password", name="Ona", email="owner@fit.test")
    session.sign_in("owner@fit.test", "a long enough password")
    return MachineCloud(session, Files(transport))


def test_the_typed_client_does_it_all(client, gym, desk):
    draft = {"site_id": gym.site_id, "name": "Rower", "category": "cardio"}
    made = client.create_machine(NewMachine(**draft, maintenance_every_days=30))
    pictured = client.add_image(made.id, a_picture("PNG", size=(900, 900)), ImageType.PNG)
    assert Image.open(io.BytesIO(client.image(pictured.images[0].large_url))).size == (900, 900)
    order = ImageOrder(image_ids=[pictured.images[0].id], version=pictured.version)
    ordered = client.order_images(made.id, order)  # links to a store are signed anew each second
    assert (ordered.version, [each.id for each in ordered.images]) == (
        pictured.version,
        [each.id for each in pictured.images],
    )
    assert client.remove_image(made.id, pictured.images[0].id).images == []
    changed = client.change_machine(made.id, MachineChange(**draft, version=3))
    broken = client.report_fault(made.id, FaultReport(description="Chain", status=MachineStatus.OUT_OF_ORDER))
    assert client.machines(status=MachineStatus.OUT_OF_ORDER, site_id=gym.site_id).items[0].id == made.id
    mended = client.resolve_fault(made.id, broken.faults[0].id, FaultResolution())
    assert (changed.version, mended.status) == (4, MachineStatus.IN_ORDER)
    assert client.record_maintenance(made.id, MaintenanceDone()).maintenance
    retired = StatusChange(status=MachineStatus.RETIRED, reason="Sold", version=client.machine(made.id).version)
    assert client.set_status(made.id, retired).status is MachineStatus.RETIRED
    client.remove_machine(made.id)
    member_id = desk.member()
    assert client.set_photo(member_id, a_picture("WEBP"), ImageType.WEBP).member_id == member_id
    assert max(Image.open(io.BytesIO(client.photo(member_id, PhotoSize.SMALL))).size) == 96
    client.remove_photo(member_id)
    with pytest.raises(Rejected) as error:
        client.photo(member_id)
    assert error.value.code == "photo_unknown"


def test_the_typed_client_says_that_a_link_is_not_good(client, gym):
    made = client.create_machine(NewMachine(site_id=gym.site_id, name="Rower", category="cardio"))
    url = client.add_image(made.id, a_picture(), ImageType.JPEG).images[0].small_url
    for key in gym.cloud.objects.list_objects("images", older_than=gym.clock.now().replace(year=2100)):
        gym.cloud.objects.delete(key.key)
    with pytest.raises(Rejected):
        client.image(url)
    with pytest.raises(Unavailable):
        client.image("http://127.0.0.1:9/nothing-listens-here")
