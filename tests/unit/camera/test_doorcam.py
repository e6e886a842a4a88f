"""The rendered door camera is itself a measuring device, so it is tested too."""

import numpy as np
import pytest

from kiosk.camera import VideoSource
from tests.support.doorcam import KINDS, NEGATIVES, Item, render_clip, render_negative, render_presentation

TEXT = "FIT:" + "0123456789ABCDEF" * 4


def test_there_are_the_eighteen_kinds():
    assert len(KINDS) == 18


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_shows_the_whole_code_in_camera_frames(kind):
    shots = list(render_presentation(kind, TEXT, 3))
    assert all(frame.shape == (720, 1280, 3) and frame.dtype == np.uint8 for frame, _ in shots)
    assert 5 <= sum(whole for _, whole in shots) < len(shots)
    assert not shots[0][1]


def test_the_same_seed_gives_the_same_frames_and_another_does_not():
    def take(seed):
        return next(iter(render_presentation("card_easy", TEXT, seed)))[0]

    assert np.array_equal(take(5), take(5))
    assert not np.array_equal(take(5), take(6))


@pytest.mark.parametrize("kind", NEGATIVES)
def test_negatives_are_camera_frames_too(kind):
    frame = next(iter(render_negative(kind, 1)))
    assert frame.shape == (720, 1280, 3)


def test_a_clip_is_a_video_with_gaps_that_the_camera_can_read(tmp_path):
    path = tmp_path / "clip.avi"
    count = render_clip(path, [Item("swipe", TEXT, 1)], fps=30, gap_frames=4)
    source = VideoSource(path, paced=False)
    source.open()
    read = 0
    while source.read() is not None:
        read += 1
    assert read == count == 16 + 4


def test_a_linear_code_can_be_held_up_as_well():
    frames = list(render_presentation("card_easy", "TAG-4711", 1, symbology="Code128"))
    assert any(whole for _, whole in frames)
