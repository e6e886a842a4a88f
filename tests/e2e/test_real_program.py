"""``fit-kiosk`` itself, window and camera and all, killed and started again."""

from uuid import uuid4

import pytest

from tests.support.live import LiveKiosk, RealKiosk, assert_exactly_once, eventually, live_gym, stored_events
from tests.support.processes import Strike


@pytest.mark.parametrize(("point", "answers"), [("entry.after_commit", 1), ("push.sent", 2)])
def test_the_real_kiosk_killed_at_the_door_and_while_it_pushes(tmp_path, stack, point, answers):
    with live_gym(tmp_path) as (gym, _):
        cards = gym.cards(4)
        parts = LiveKiosk(tmp_path / "kiosk", stack).start()
        device_id = parts.enrol(gym.pairing())
        parts.sync()
        parts.kill()

        kiosk = RealKiosk(tmp_path / "kiosk", stack)
        struck = kiosk.start(cards[:2], Strike(point, nth=2 if point.startswith("entry") else 1))
        while kiosk.next_answer() is not None:
            pass
        assert struck.wait() == -9
        shown = [item["shown"] for item in kiosk.answers]
        at_the_door = point.startswith("entry")
        assert shown == ["granted"] * (answers if at_the_door else len(shown))
        assert shown

        left = cards[2:] if at_the_door else cards[len(shown) :]  # the first push may go before the second card
        program = kiosk.start(left)
        for _ in left:
            kiosk.next_answer()
        assert len(stored_events(kiosk.folder)) == 4
        eventually(lambda: len(gym.events_of(device_id)) == 4)
        assert program.stop() == 0
        assert_exactly_once(gym, device_id, kiosk)


def test_the_door_opens_for_who_is_let_in_and_when_the_desk_says_so(tmp_path, stack, monkeypatch):
    log = tmp_path / "opened"
    monkeypatch.setenv("FIT_KIOSK_DOOR", f"sh -c 'echo x >> {log}'")
    with live_gym(tmp_path) as (gym, _):
        cards = gym.cards(1)
        parts = LiveKiosk(tmp_path / "kiosk", stack).start()
        device_id = parts.enrol(gym.pairing())
        parts.sync()
        parts.kill()

        kiosk = RealKiosk(tmp_path / "kiosk", stack)
        program = kiosk.start([*cards, "FM:not a pass of anybody"])
        assert [kiosk.next_answer()["shown"] for _ in range(2)] == ["granted", "denied"]
        eventually(lambda: log.read_text() == "x\n")

        def has_a_door():
            told = next(each for each in gym.call("GET", "/v1/devices") if each["id"] == str(device_id))
            return told["heartbeat"] is not None and told["heartbeat"]["door"] == "ready"

        eventually(has_a_door)
        order = {"id": str(uuid4())}
        gym.call("POST", f"/v1/devices/{device_id}/openings", json=order)
        eventually(lambda: gym.call("GET", f"/v1/devices/{device_id}/openings/{order['id']}")["state"] == "opened")
        assert log.read_text() == "x\nx\n"
        assert program.stop() == 0
