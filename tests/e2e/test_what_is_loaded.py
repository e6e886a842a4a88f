"""What is in the kiosk's process: never the server's libraries, and nothing heavy before the window is painted."""

import json

from tests.support.live import LiveKiosk, RealKiosk, live_gym

NEVER = {"sqlmodel", "sqlalchemy", "boto3", "stripe", "fastapi", "cloud_api"}
AFTER_THE_PAINT = {"cv2", "numpy", "zxingcpp", "pyzbar", "keyring"}


def test_the_kiosk_loads_what_it_needs_when_it_needs_it(tmp_path, stack):
    with live_gym(tmp_path) as (gym, _):
        parts = LiveKiosk(tmp_path / "kiosk", stack).start()
        parts.enrol(gym.pairing())
        parts.sync()
        parts.kill()
        kiosk = RealKiosk(tmp_path / "kiosk", stack)
        program = kiosk.start(gym.cards(2), until_over=True, module="tests.support.watched_kiosk")
        at_first_paint = set(json.loads(program.expect("^painted (.*)")[1]))
        at_the_end = set(json.loads(program.expect("^ended (.*)")[1]))
        assert program.wait() == 0
    assert "PySide6" in at_first_paint
    assert not at_first_paint & (NEVER | AFTER_THE_PAINT)
    assert {"cv2", "zxingcpp", "httpx"} <= at_the_end
    assert not at_the_end & NEVER
