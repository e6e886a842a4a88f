"""A photo from this PC's camera, which is a film here: looked at, taken, cut and stored; and no camera at all."""

import cv2
import numpy as np
import pytest

from admin_desktop.members.photo import PhotoSheet
from admin_desktop.pictures.camera import CameraSheet
from admin_desktop.pictures.cropping import CropSheet
from tests.gui.desk.test_photos import photo_of, show_someone

LEFT, RIGHT = (20, 30, 200), (200, 60, 20)  # blue, green, red
WIDTH, HEIGHT, FRAMES = 320, 240, 8


@pytest.fixture
def film(tmp_path):
    """Red at its left side, blue at its right one; over after some pictures."""
    frame = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    frame[:, : WIDTH // 2], frame[:, WIDTH // 2 :] = LEFT, RIGHT
    path = tmp_path / "camera.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 25, (WIDTH, HEIGHT))
    for _ in range(FRAMES):
        writer.write(frame)
    writer.release()
    return path


def open_camera(gym, desk):
    card, member = show_someone(gym, desk)
    card.photo.open()
    desk.click(desk.on_top(PhotoSheet).camera_button)
    return desk.on_top(CameraSheet), member


def test_a_picture_is_taken_cut_and_stored_as_it_was_and_not_mirrored(gym, open_desk, film):
    desk = open_desk(camera=str(film))
    sheet, member = open_camera(gym, desk)
    desk.wait_until(sheet.main.isEnabled)
    shown = sheet.view.grab().toImage()
    left = shown.pixelColor(shown.width() // 4, shown.height() // 2)
    assert left.blue() > 150 > left.red()  # as in a mirror
    desk.click(sheet.main)
    desk.click(desk.on_top(CropSheet).main)
    desk.wait_until(lambda: "new photo" in desk.toast)
    stored = photo_of(gym, member)
    assert stored.width() == stored.height()
    assert stored.pixelColor(stored.width() // 4, stored.height() // 2).red() > 150
    assert sheet.feed._stopped.is_set()


def test_a_camera_that_is_unplugged_is_told_and_the_last_picture_stays(gym, open_desk, film):
    desk = open_desk(camera=str(film))
    sheet, _ = open_camera(gym, desk)
    desk.wait_until(sheet.problem.isVisible)
    assert "does not answer any more" in sheet.problem.text()
    desk.click(sheet.main)
    assert desk.on_top(CropSheet)


def test_without_a_camera_it_says_what_to_do_and_nothing_can_be_taken(gym, open_desk, tmp_path):
    desk = open_desk(camera=str(tmp_path / "no camera"))
    sheet, _ = open_camera(gym, desk)
    desk.wait_until(sheet.problem.isVisible)
    assert "Plug one in" in sheet.problem.text()
    assert not sheet.main.isEnabled()
    desk.click(sheet.leave_button)
    assert desk.on_top(PhotoSheet)
    desk.wait_until(lambda: not sheet.feed._thread.is_alive())
