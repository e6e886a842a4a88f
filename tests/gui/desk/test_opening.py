"""A door opened from the desk: for whoever was let in, by the kiosk that waits, and told when it is not."""

import itertools
import threading

import pytest
from PySide6.QtCore import Qt

from admin_desktop.door.check_in import CheckInSheet
from tests.support.heartbeats import beat

_numbers = itertools.count(1)


class Lock:
    """A kiosk that waits at the long poll and does what it is told."""

    def __init__(self, gym, name, *, opens=True):
        self.device = gym.live.device_client(name)
        self.name, self.opens, self.orders = name, opens, []
        beat(self.device, door="ready")

    def wait(self):
        """Until one order came, in a thread of its own."""
        thread = threading.Thread(target=self._poll, daemon=True)
        thread.start()
        return thread

    def _poll(self):
        client = self.device.client
        known = client.get("/v1/devices/self/snapshot").json()
        while not self.orders:
            params = {"epoch": known["epoch"], "version": known["version"], "wait": 5}
            hint = client.get("/v1/devices/self/hint", params=params, timeout=20).json()
            known = hint
            if hint["open"] is not None:
                self.orders.append(hint["open"]["id"])
                path = f"/v1/devices/self/openings/{self.orders[-1]}"
                client.post(path, json={"opened": self.opens})


@pytest.fixture
def member(gym):
    new = {"given_name": "Olga", "family_name": f"Outside{next(_numbers)}", "home_site_id": str(gym.live.site_id)}
    return gym.live.call("POST", "/v1/members", json=new)


def check_in(desk, member):
    """Open the sheet for a member; the usual reason is chosen."""
    desk.room("door")
    desk.click(desk.frame.top.check_in)
    sheet = desk.on_top(CheckInSheet)
    desk.type(sheet.form.fields["who"].picker.line, member["family_name"])
    desk.key(Qt.Key.Key_Return)
    return sheet


def choose(desk, field, text):
    place = field.combo.findText(text)
    assert place >= 0, [field.combo.itemText(each) for each in range(field.combo.count())]
    field.combo.setCurrentIndex(place)
    desk.settle()


def visits_of(gym, member):
    return gym.live.call("GET", "/v1/visits", params={"member_id": member["id"]})["items"]


def test_whoever_is_checked_in_by_hand_finds_the_door_open(gym, desk, member):
    lock = Lock(gym, "Glass door")
    sheet = check_in(desk, member)
    assert sheet.form.fields["door"].value() is None
    choose(desk, sheet.form.fields["door"], "Open Glass door")
    polling = lock.wait()
    desk.click(sheet.main)
    desk.wait_until(lambda: desk.toast == "Glass door is open.")
    polling.join(30)
    assert len(lock.orders) == 1
    assert len(visits_of(gym, member)) == 1


def test_a_door_that_fails_is_told_with_what_to_do(gym, desk, member):
    lock = Lock(gym, "Stuck door", opens=False)
    sheet = check_in(desk, member)
    choose(desk, sheet.form.fields["door"], "Open Stuck door")
    polling = lock.wait()
    desk.click(sheet.main)
    desk.wait_until(lambda: "Open it by hand" in desk.toast)
    polling.join(30)
    assert len(visits_of(gym, member)) == 1


def test_only_doors_of_kiosks_that_can_open_one_are_offered(gym, desk, member):
    beat(gym.live.device_client("No lock"), door="none")
    Lock(gym, "Pine door")
    field = check_in(desk, member).form.fields["door"]
    offered = [field.combo.itemText(each) for each in range(field.combo.count())]
    assert "Open Pine door" in offered
    assert "Open No lock" not in offered


def test_for_a_time_that_has_passed_no_door_is_opened(gym, desk, member):
    Lock(gym, "Late door")
    sheet = check_in(desk, member)
    assert sheet.form.fields["door"].isVisible()
    choose(desk, sheet.form.fields["earlier"], desk.frame.context.words("door.when.earlier"))
    sheet.form.fields["earlier"].changed.emit()
    assert not sheet.form.fields["door"].isVisible()
