"""What the desk is told about kiosks: the code as a picture, where the roster stands, the last events."""

from datetime import timedelta

import cv2
import numpy as np
import pytest
import zxingcpp

from shared.contracts.kiosks import EnrolmentCode
from tests.support.answers import refusal
from tests.support.builders import NOON, an_event_record, an_id
from tests.support.cloud import a_gym


@pytest.fixture
def gym_of_all(tmp_path, gym_database):
    with a_gym(tmp_path) as gym:
        yield gym


def describe(gym, device_id):
    return next(each for each in gym.owner.get("/v1/devices").json() if each["id"] == str(device_id))


def new_device(gym, **facts):
    return gym.owner.post("/v1/devices", json={"site_id": str(gym.site_id), "name": "Side door", **facts})


def test_a_camera_reads_the_pairing_text_from_the_picture(gym):
    code = EnrolmentCode.model_validate(new_device(gym).json())
    picture = cv2.imdecode(np.frombuffer(code.png, np.uint8), cv2.IMREAD_GRAYSCALE)
    (read,) = zxingcpp.read_barcodes(picture)
    assert read.text == code.pairing


def test_a_kiosk_asked_for_twice_is_one_kiosk_with_a_new_code(gym):
    wanted = str(an_id())
    codes = [new_device(gym, id=wanted).json() for _ in range(2)]
    assert [code["device_id"] for code in codes] == [wanted, wanted]
    assert codes[0]["code"] != codes[1]["code"]
    assert len(gym.owner.get("/v1/devices").json()) == 1


def test_the_id_of_a_kiosk_that_has_enrolled_makes_no_other(gym, kiosk):
    refusal(new_device(gym, id=str(kiosk.id)), 409, "device_exists")


def test_the_desk_is_told_which_version_of_the_roster_has_the_rules(gym_of_all):
    gym = gym_of_all
    kiosk = gym.kiosk()
    before = describe(gym, kiosk.id)["roster"]
    gym.owner.post("/v1/members", json={"given_name": "Nora", "home_site_id": str(gym.site_id)}).raise_for_status()
    after_member = describe(gym, kiosk.id)["roster"]
    assert after_member["version"] >= before["version"]
    assert after_member["rules_version"] == before["rules_version"]
    change = {"name": "Harbour", "zone": "Europe/Copenhagen", "capacity": 90}
    gym.owner.put(f"/v1/sites/{gym.site_id}", json=change).raise_for_status()
    after = describe(gym, kiosk.id)["roster"]
    assert after["rules_version"] == after["version"] > after_member["version"]
    assert kiosk.client.get("/v1/devices/self/snapshot").json()["epoch"] == after["epoch"]


def test_the_newest_events_come_first_and_are_this_kiosks(gym, kiosk):
    events = [an_event_record(number=number, wall_at=NOON + timedelta(minutes=number)) for number in range(1, 6)]
    events = [event.model_copy(update={"id": an_id()}) for event in events]
    for event in events:
        kiosk.upload(event)
    gym.kiosk("Other door").upload(an_event_record(number=1))
    newest = gym.owner.get(f"/v1/devices/{kiosk.id}/events", params={"newest": 3}).json()
    expected = sorted((str(event.id) for event in events), reverse=True)[:3]
    assert [each["event"]["id"] for each in newest] == expected
    refusal(gym.owner.get(f"/v1/devices/{an_id()}/events", params={"newest": 3}), 404, "device_unknown")
