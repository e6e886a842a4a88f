import cv2
import numpy as np
import pytest

from kiosk.camera import CameraUnavailable, DeviceSource, FrameSource

PICTURE = np.zeros((720, 1280, 3), np.uint8)


class FakeCapture:
    """A V4L2 camera as OpenCV shows it; ``accepts`` names the properties that can be set."""

    def __init__(self, *, opened=True, frames=(), accepts=(cv2.CAP_PROP_AUTO_EXPOSURE, cv2.CAP_PROP_EXPOSURE)):
        self.opened, self.frames, self.accepts = opened, list(frames), accepts
        self.values = {cv2.CAP_PROP_EXPOSURE: 157.0}
        self.asked = {}
        self.released = 0

    def isOpened(self):  # noqa: N802 - OpenCV's name
        return self.opened

    def read(self):
        return self.frames.pop(0) if self.frames else (False, None)

    def get(self, prop):
        return self.values.get(prop, 0.0)

    def set(self, prop, value):
        self.asked[prop] = value
        if prop in self.accepts:
            self.values[prop] = value
        return prop in self.accepts

    def release(self):
        self.released += 1


def source_of(capture, **options):
    source: FrameSource = DeviceSource(0, capture=lambda _: capture, **options)
    return source


@pytest.fixture(autouse=True)
def _linux(monkeypatch):
    monkeypatch.setattr("kiosk.camera.device.sys.platform", "linux")


def test_it_asks_for_large_motion_jpeg_without_a_queue():
    capture = FakeCapture()
    source_of(capture).open()
    assert capture.asked[cv2.CAP_PROP_FOURCC] == cv2.VideoWriter.fourcc(*"MJPG")
    assert (capture.asked[cv2.CAP_PROP_FRAME_WIDTH], capture.asked[cv2.CAP_PROP_FRAME_HEIGHT]) == (1280, 720)
    assert capture.asked[cv2.CAP_PROP_BUFFERSIZE] == 1


def test_the_exposure_is_fixed_at_5_ms_where_the_driver_allows():
    capture = FakeCapture()
    source = source_of(capture)
    source.open()
    assert capture.asked[cv2.CAP_PROP_AUTO_EXPOSURE] == 1
    assert capture.asked[cv2.CAP_PROP_EXPOSURE] == 50  # times 100 µs
    assert source.exposure.ms == 5.0


@pytest.mark.parametrize(
    ("accepts", "why"),
    [((), "no manual exposure"), ((cv2.CAP_PROP_AUTO_EXPOSURE,), "did not take 5 ms")],
)
def test_an_exposure_that_cannot_be_fixed_is_reported(accepts, why):
    source = source_of(FakeCapture(accepts=accepts))
    source.open()
    assert source.exposure.ms is None
    assert why in source.exposure.why


def test_the_exposure_is_left_alone_when_the_settings_say_so():
    capture = FakeCapture()
    source = source_of(capture, shortest=False)
    source.open()
    assert cv2.CAP_PROP_AUTO_EXPOSURE not in capture.asked
    assert source.exposure.ms is None


def test_windows_counts_exposure_in_powers_of_two(monkeypatch):
    monkeypatch.setattr("kiosk.camera.device.sys.platform", "win32")
    capture = FakeCapture()
    source = source_of(capture)
    source.open()
    assert capture.asked[cv2.CAP_PROP_EXPOSURE] == -8
    assert source.exposure.ms == pytest.approx(3.9, abs=0.01)


@pytest.mark.parametrize("given", [(False, None), (True, None), (True, np.zeros((0, 0, 3), np.uint8))])
def test_no_picture_and_an_empty_picture_are_no_frame(given):
    source = source_of(FakeCapture(frames=[(True, PICTURE), given]))
    source.open()
    assert source.read().number == 0
    assert source.read() is None
    assert not source.finished


def test_a_missing_camera_is_unavailable_and_let_go():
    capture = FakeCapture(opened=False)
    with pytest.raises(CameraUnavailable, match="no camera at 0"):
        source_of(capture).open()
    assert capture.released == 1


def test_closing_lets_go_once_and_reading_afterwards_gives_nothing():
    capture = FakeCapture(frames=[(True, PICTURE)])
    source = source_of(capture)
    source.open()
    source.close()
    source.close()
    assert capture.released == 1
    assert source.read() is None


def test_a_device_that_is_not_there_is_unavailable_for_real():
    with pytest.raises(CameraUnavailable):
        DeviceSource("/dev/video987").open()
