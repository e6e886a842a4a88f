import cv2
import numpy as np
import pytest

from kiosk.camera import CameraUnavailable, FrameSource, PictureSource, VideoSource
from kiosk.camera.files import Pacer


def drain(source: FrameSource):
    source.open()
    frames = []
    while (frame := source.read()) is not None:
        frames.append(frame)
    return frames


@pytest.fixture
def video(tmp_path):
    path = tmp_path / "door.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25, (64, 48))
    for level in (0, 60, 120, 180):
        writer.write(np.full((48, 64, 3), level, np.uint8))
    writer.release()
    return path


@pytest.fixture
def pictures(tmp_path):
    paths = []
    for level in (10, 90, 170):
        paths.append(tmp_path / f"{level:03}.png")
        cv2.imwrite(str(paths[-1]), np.full((20, 30, 3), level, np.uint8))
    return paths


def test_a_video_gives_all_frames_in_order_and_then_is_finished(video):
    source = VideoSource(video, paced=False)
    frames = drain(source)
    assert [frame.number for frame in frames] == [0, 1, 2, 3]
    assert [round(float(frame.image.mean()) / 60) for frame in frames] == [0, 1, 2, 3]
    assert source.finished
    assert [frame.number for frame in drain(source)] == [0, 1, 2, 3]


def test_a_paced_video_waits_for_its_own_rate(video, monkeypatch):
    naps = []
    monkeypatch.setattr("kiosk.camera.files.time.monotonic", lambda: 100.0 + sum(naps))
    monkeypatch.setattr("kiosk.camera.files.Pacer", lambda fps: Pacer(fps, sleep=naps.append))
    frames = drain(VideoSource(video))
    assert naps == pytest.approx([1 / 25] * 3)
    assert frames[-1].captured_s == pytest.approx(100 + 3 / 25)


def test_a_late_reader_is_not_rushed_through_the_rest(monkeypatch):
    now, naps = [0.0], []
    monkeypatch.setattr("kiosk.camera.files.time.monotonic", lambda: now[0])
    pacer = Pacer(10, sleep=naps.append)
    pacer.hold()
    now[0] = 5.0
    pacer.hold()
    pacer.hold()
    assert naps == pytest.approx([0.1])


@pytest.mark.parametrize("content", [None, b"", b"RIFF no video at all"])
def test_a_missing_or_broken_video_is_unavailable(tmp_path, content):
    path = tmp_path / "x.avi"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CameraUnavailable):
        VideoSource(path).open()


def test_pictures_come_in_order_each_for_some_frames(pictures):
    source = PictureSource(pictures, frames_each=2, paced=False)
    frames = drain(source)
    assert [int(frame.image.mean()) for frame in frames] == [10, 10, 90, 90, 170, 170]
    assert [frame.number for frame in frames] == list(range(6))
    assert source.finished


def test_a_picture_that_cannot_be_read_is_skipped_and_named_in_the_log(pictures, caplog):
    pictures[1].write_bytes(b"no picture")
    frames = drain(PictureSource(pictures, frames_each=3, paced=False))
    assert [int(frame.image.mean()) for frame in frames] == [10] * 3 + [170] * 3
    assert caplog.text.count("090.png") == 1


def test_no_pictures_at_all_is_unavailable():
    with pytest.raises(CameraUnavailable):
        PictureSource([]).open()
