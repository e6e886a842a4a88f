"""A webcam through OpenCV, set up for codes held up to it: large picture, short exposure, no queue."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from kiosk.camera.frame import CameraUnavailable, Frame
from kiosk.camera.opencv import Capture, load, open_capture

WIDTH, HEIGHT, FPS = 1280, 720, 30
EXPOSURE_MS = 5.0
V4L2_MANUAL, V4L2_UNIT_MS = 1.0, 0.1  # V4L2_EXPOSURE_MANUAL; exposure_time_absolute counts 100 µs
DSHOW_MANUAL, DSHOW_LOG2_SECONDS = 0.25, -8.0  # DirectShow counts in powers of two of a second: 2^-8 s = 3.9 ms


@dataclass(frozen=True, slots=True)
class Exposure:
    """How long the shutter is open. ``ms`` None: the camera decides by itself, and ``why`` says why it must."""

    ms: float | None
    why: str = ""


class DeviceSource:
    """A webcam by index or path.

    Asks for 1280x720 Motion JPEG, a buffer of one frame and, where the driver lets us, a fixed exposure of at most 5
    ms, because nobody can read a smeared code. What came of that stands in ``exposure`` after `open`. ``shortest``
    off leaves the exposure to the camera.
    """

    finished = False

    def __init__(
        self, target: int | str, *, shortest: bool = True, capture: Callable[[int | str], Capture] = open_capture
    ) -> None:
        self._target, self._shortest, self._capture = target, shortest, capture
        self._open: Capture | None = None
        self._number = 0
        self.exposure = Exposure(None, "not opened yet")

    def open(self) -> None:
        self.close()
        capture = self._capture(self._target)
        if not capture.isOpened():
            capture.release()
            raise CameraUnavailable(f"no camera at {self._target}: is it plugged in, and may this user read it?")
        self._open = capture
        self._set_up(capture)

    def read(self) -> Frame | None:
        if self._open is None:
            return None
        arrived, image = self._open.read()
        if not arrived or image is None or not image.size:  # some drivers say yes and give 0x0
            return None
        self._number += 1
        return Frame(image, time.monotonic(), self._number - 1)

    def close(self) -> None:
        if self._open is not None:
            self._open.release()
        self._open = None

    def _set_up(self, capture: Capture) -> None:
        cv2 = load()
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, WIDTH)
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, HEIGHT)
        capture.set(cv2.CAP_PROP_FPS, FPS)
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        self.exposure = _shorten(capture) if self._shortest else Exposure(None, "left to the camera by the settings")


def _shorten(capture: Capture) -> Exposure:
    """Fix the exposure and read back what the driver made of it."""
    cv2 = load()
    manual, value = (
        (DSHOW_MANUAL, DSHOW_LOG2_SECONDS) if sys.platform == "win32" else (V4L2_MANUAL, EXPOSURE_MS / V4L2_UNIT_MS)
    )
    if not capture.set(cv2.CAP_PROP_AUTO_EXPOSURE, manual):
        return Exposure(None, "the driver has no manual exposure")
    capture.set(cv2.CAP_PROP_EXPOSURE, value)
    got = capture.get(cv2.CAP_PROP_EXPOSURE)
    ms = 1000 * 2.0**got if sys.platform == "win32" else got * V4L2_UNIT_MS
    if 0 < ms <= EXPOSURE_MS:
        return Exposure(ms)
    return Exposure(None, f"the driver did not take {EXPOSURE_MS:g} ms")
