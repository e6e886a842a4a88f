import cv2
import numpy as np
import pytest

from kiosk.camera import DeviceSource, PictureSource, VideoSource, open_spec


@pytest.fixture
def folder(tmp_path):
    for name in ("b.png", "a.jpg", "c.PNG"):
        cv2.imwrite(str(tmp_path / name), np.full((8, 8, 3), 9, np.uint8))
    (tmp_path / "notes.txt").write_text("no picture")
    return tmp_path


@pytest.mark.parametrize("spec", ["0", "/dev/video0"])
def test_numbers_and_device_paths_are_webcams(spec):
    assert isinstance(open_spec(spec), DeviceSource)


def test_a_file_is_a_video(tmp_path):
    assert isinstance(open_spec(f"file:{tmp_path / 'door.avi'}"), VideoSource)


@pytest.mark.parametrize(
    ("spec", "count"), [("dir:{}", 3), ("seq:{}/*.png", 1), ("dir:{}#frames_each=4,fps=10,pace=off", 12)]
)
def test_folders_and_patterns_are_picture_sequences(folder, spec, count):
    spec = spec.format(folder) if "pace" in spec else spec.format(folder) + "#pace=off"
    source = open_spec(spec)
    assert isinstance(source, PictureSource)
    source.open()
    frames = 0
    while source.read() is not None:
        frames += 1
    assert frames == count


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("", "no camera"),
        ("webcam", "no camera"),
        ("http://camera", "no camera"),
        ("file:", "names no file"),
        ("dir:x#speed=2", "unknown option speed"),
        ("dir:x#fps=fast", "fps must be a number"),
        ("dir:x#frames_each=0", "frames_each must be"),
    ],
)
def test_a_spec_that_means_nothing_is_refused_in_words(spec, says):
    with pytest.raises(ValueError, match=says):
        open_spec(spec)
