"""Frames: the newest wins, arrays are taken as they are, a wrong shape is refused."""

import threading

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage

from kiosk.screens.frames import FrameBox, as_picture
from tests.gui.screens.pixels import pixels


def grey(value: int) -> np.ndarray:
    return np.full((4, 6, 3), value, np.uint8)


def test_the_newest_frame_wins_and_is_announced_once(qapp):
    box, announced = FrameBox(), []
    box.arrived.connect(lambda: announced.append(True))
    pictures = [as_picture(grey(value)) for value in (1, 2, 3)]
    for picture in pictures:
        box.put(picture)
    assert box.take() is pictures[2]
    assert box.take() is None
    assert announced == [True]
    box.put(pictures[0])
    assert len(announced) == 2


def test_frames_of_another_thread_arrive_on_the_gui_thread(qtbot):
    box, seen = FrameBox(), []
    box.arrived.connect(lambda: seen.append((threading.get_ident(), box.take())))

    def put():
        for value in range(200):
            box.put(as_picture(grey(value)))

    thread = threading.Thread(target=put)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(seen), timeout=30_000)
    taken = [picture for _, picture in seen if picture is not None]
    assert {ident for ident, _ in seen} == {threading.get_ident()}
    assert taken[-1].source[0, 0, 0] == 199


def test_a_bgr_array_is_wrapped_without_a_copy():
    frame = np.zeros((4, 6, 3), np.uint8)
    frame[:] = (255, 128, 0)
    picture = as_picture(frame)
    assert picture.image.size() == QSize(6, 4)
    assert pixels(picture.image)[0, 0].tolist() == [0, 128, 255]
    frame[0, 0] = (1, 2, 3)
    assert pixels(picture.image)[0, 0].tolist() == [3, 2, 1]


@pytest.mark.parametrize("part", [np.s_[::2, ::2], np.s_[:, ::-1], np.s_[1:3, 2:5]])
def test_a_part_of_an_array_shows_its_own_pixels(part):
    frame = np.random.default_rng(7).integers(0, 256, (8, 10, 3), np.uint8)
    assert (pixels(as_picture(frame[part]).image) == frame[part][:, :, ::-1]).all()


def test_a_grey_array_is_a_frame_too():
    frame = np.arange(24, dtype=np.uint8).reshape(4, 6)
    assert (pixels(as_picture(frame).image)[:, :, 0] == frame).all()


def test_an_image_is_taken_as_it_is():
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    assert as_picture(image).image is image


@pytest.mark.parametrize("shape", [(4, 6, 4), (4,), (0, 6, 3), (4, 6, 3, 1)])
def test_another_shape_is_refused(shape):
    with pytest.raises(ValueError, match="A frame is"):
        as_picture(np.zeros(shape, np.uint8))
