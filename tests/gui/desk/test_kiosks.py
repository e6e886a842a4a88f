"""The kiosks' room, against a real server and devices that speak to it."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from admin_desktop.widgets.chips import Tone
from admin_desktop.widgets.sheet import Question, Sheet
from cloud_api.devices.tables import DeviceRow
from cloud_api.operate.opening import open_cloud
from shared.clock import SystemClock
from shared.contracts.base import to_base64
from shared.contracts.devices import EventUpload
from shared.domain.roles import Group
from tests.support.builders import an_event_record, an_id
from tests.support.desk import a_desk
from tests.support.heartbeats import beat


@pytest.fixture(scope="module")
def desk(gym, qapp, tmp_path_factory):
    """One for all tests here: each has a kiosk of its own."""
    with a_desk(gym, qapp, tmp_path_factory.mktemp("at_work")) as at_work:
        yield at_work


@pytest.fixture(autouse=True)
def tidy(desk):
    desk.window.activateWindow()  # another test may have had another desk
    yield
    desk.tidy()
    desk.room("kiosks").close_pairing()
    desk.settle()


@pytest.fixture
def kiosk(gym, request):
    return gym.live.device_client(f"Door of {request.node.name[-40:]}")


def upload(device, *numbers):
    now = SystemClock().now()
    events = [an_event_record(id=an_id(), number=each, wall_at=now, door_at=now) for each in numbers]
    body = EventUpload(stream_id=device.enrolment.stream_id, events=events).model_dump_json()
    device.client.post("/v1/devices/self/events", content=body).raise_for_status()


def long_ago(gym, device, by):
    """As if it had been paired and heard that much earlier."""
    cloud = open_cloud(gym.live.settings)
    with cloud.database.transaction() as session:
        row = session.get_one(DeviceRow, device.enrolment.device_id)
        row.heartbeat_at, row.enrolled_at = row.heartbeat_at - by, row.enrolled_at - by
        session.add(row)
    cloud.database.close()


def card_of(desk, device):
    return desk.room("kiosks").cards[device.enrolment.device_id]


def values(card):
    return {light.name.text(): light.value.text() for light in card.lights}


def enrol(gym, code):
    key = to_base64(Ed25519PrivateKey.generate().public_key().public_bytes_raw())
    with gym.live.client() as nobody:
        body = {"code": code, "public_key": key, "program_version": "0.4.1"}
        nobody.post("/v1/enrolments", json=body).raise_for_status()


def test_seven_lights_with_word_and_value(desk, kiosk):
    beat(kiosk)
    card = card_of(desk, kiosk)
    shown = values(card)
    assert list(shown) == ["Last seen", "Door list", "Waiting", "Clock", "Camera", "Reads", "Disk"]
    assert (shown["Waiting"], shown["Clock"], shown["Camera"]) == ("0", "+0.2\u00a0s", "sees")
    assert (shown["Reads"], shown["Disk"]) == ("24\u00a0per\u00a0s", "50\u00a0GB free")
    assert {light.lamp.tone for light in card.lights} == {Tone.GOOD}
    assert card.chip.chip.text == "Well"
    assert card.note == ""


def test_a_light_that_is_not_green_has_another_shape_and_trouble_is_told(desk, kiosk):
    beat(kiosk, camera="lost", decode_rate=0)
    card = card_of(desk, kiosk)
    tones = {light.name.text(): light.lamp.tone for light in card.lights}
    assert (tones["Camera"], tones["Reads"]) == (Tone.BAD, Tone.CARE)
    assert "The camera has stopped." in card.note
    assert "Plug the camera in again." in card.note
    good, bad = (next(light for light in card.lights if light.lamp.tone is tone) for tone in (Tone.GOOD, Tone.BAD))
    corners = [light.lamp.grab().toImage().pixelColor(2, 2) for light in (good, bad)]
    assert corners[0] != corners[1]  # a disc leaves its corner free


def test_a_kiosk_that_is_silent_is_told_with_what_to_do_and_until_when(gym, desk, kiosk):
    beat(kiosk, queue=17)
    long_ago(gym, kiosk, timedelta(hours=2))
    card = card_of(desk, kiosk)
    assert card.chip.chip.text == "Offline, working"
    assert "It decides by itself and keeps every entry." in card.note
    assert "Its list is good until" in card.note
    assert values(card)["Waiting"] == "17 or\u00a0more"


def test_numbers_that_never_arrived_are_told_in_words(desk, kiosk):
    upload(kiosk, 1, 2, 5, 9)
    beat(kiosk, last_number=10, queue=1)
    card = card_of(desk, kiosk)
    assert "Entries of it never arrived (5): number 3\u00a0to\u00a04, 6\u00a0to\u00a08." in card.note


def test_what_still_waits_on_the_kiosk_is_not_missing(desk, kiosk):
    upload(kiosk, 1, 2)
    beat(kiosk, last_number=6, queue=4)
    assert card_of(desk, kiosk).note == ""


def test_the_page_follows_by_itself(desk, kiosk):
    beat(kiosk)
    card = card_of(desk, kiosk)
    assert card.chip.chip.text == "Well"
    beat(kiosk, disk_free_mib=100)
    desk.wait_until(lambda: card.chip.chip.text == "In trouble")
    assert "Its disk is nearly full." in card.note
    assert desk.room("kiosks").cards[kiosk.enrolment.device_id] is card


def test_a_new_kiosk_is_paired_and_the_desk_says_when_it_has_joined(gym, desk):
    room = desk.room("kiosks")
    desk.key(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    desk.type(desk.window.focusWidget(), "Harbour gate")
    desk.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    shown = room.pairing.pairing
    assert room.pairing.code.text().replace(" ", "") == shown.code
    assert "works once" in room.pairing.time_left.text()
    assert not shown.picture.isNull()
    desk.click(room.pairing.copy)
    assert QGuiApplication.clipboard().text() == shown.text
    assert room.cards[shown.device_id].chip.chip.text == "Waits to be paired"
    enrol(gym, shown.code)
    desk.wait_until(lambda: room.pairing.has_joined)
    assert "“Harbour gate” has joined." in desk.toast
    assert not room.pairing.picture.isVisible()


def test_a_kiosk_is_paired_again_in_place(gym, desk, kiosk):
    beat(kiosk)
    room = desk.room("kiosks")
    room.choose(kiosk.enrolment.device_id)
    desk.click(room.detail.again_button)
    assert not room.pairing.has_joined
    first = room.pairing.pairing.code
    desk.click(room.pairing.again_button)
    assert room.pairing.pairing.code != first
    enrol(gym, room.pairing.pairing.code)
    desk.wait_until(lambda: room.pairing.has_joined)
    assert room.pairing.pairing.device_id == kiosk.enrolment.device_id


def test_trying_again_after_a_lost_answer_makes_one_kiosk(gym, desk):
    desk.room("kiosks")
    desk.key(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    sheet = desk.on_top(Sheet)
    desk.type(sheet.form.fields["name"].editor, "Twice")
    facts = {"id": str(sheet.id), "site_id": str(gym.live.site_id), "name": "Twice"}
    gym.live.call("POST", "/v1/devices", json=facts)
    desk.click(sheet.main)
    assert [each["name"] for each in gym.live.call("GET", "/v1/devices")].count("Twice") == 1


def test_locking_asks_first_and_the_locked_are_put_away(gym, desk, kiosk):
    beat(kiosk)
    room = desk.room("kiosks")
    room.choose(kiosk.enrolment.device_id)
    desk.click(room.detail.lock_button)
    question = desk.on_top(Question)
    assert question.safe.hasFocus()
    desk.click(question.yes)
    assert kiosk.enrolment.device_id not in room.cards
    desk.click(room.locked_button)
    assert room.cards[kiosk.enrolment.device_id].chip.chip.text == "Locked"


def test_the_last_entries_stand_beside_the_list(desk, kiosk):
    upload(kiosk, 1, 2, 3)
    beat(kiosk, last_number=3)
    room = desk.room("kiosks")
    room.choose(kiosk.enrolment.device_id)
    desk.settle()
    assert sum(each.text() == "Let in" for each in room.detail.findChildren(type(room.title))) == 3


def test_the_arrows_go_through_the_cards(gym, desk, kiosk):
    gym.live.device_client("Another door")
    room = desk.room("kiosks")
    cards = room.list.in_order()
    desk.wait_until(cards[0].isVisible)
    cards[0].setFocus()
    desk.key(Qt.Key.Key_Down)
    assert room.chosen == cards[1].health.info.id
    assert cards[1].hasFocus()


def test_staff_see_how_kiosks_are_and_pair_none(open_desk, kiosk):
    beat(kiosk)
    desk = open_desk(role=Group.STAFF)
    room = desk.room("kiosks")
    room.choose(kiosk.enrolment.device_id)
    desk.settle()
    assert not room.new.isVisible()
    assert not room.detail.lock_button.isEnabled()
    assert room.detail.why_off.isVisible()
    room.make_new()
    assert not any(each.isVisible() for each in desk.window.findChildren(Sheet))


def test_while_the_server_is_away_no_kiosk_looks_silent_for_it(gym, desk, kiosk):
    beat(kiosk)
    card = card_of(desk, kiosk)
    gym.live.server.kill()
    desk.room("kiosks")
    assert desk.frame.banner.isVisible()
    desk.room("kiosks")._tick()
    assert card.health.now == desk.window.ask.contact.loaded_at < SystemClock().now()
    gym.live.start()
    desk.click(desk.button("Try now"))
