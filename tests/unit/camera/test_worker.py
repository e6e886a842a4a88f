import random
import threading
from collections import deque

import numpy as np
import pytest

from kiosk.camera import BackOff, CameraState, CameraThread, CameraUnavailable, Frame, Mailbox

DEADLINE_S = 30.0
PICTURE = np.zeros((4, 4), np.uint8)


class ScriptedSource:
    """Plays one list of results per opening: "frame", None, or an exception; then gives frames for ever."""

    def __init__(self, *openings, finishes=False):
        self.openings, self.finishes = deque(openings), finishes
        self.finished = False
        self.opened = self.closed = self.count = 0
        self.script = deque()

    def open(self):
        self.opened += 1
        self.script = deque(self.openings.popleft() if self.openings else ["frame"] * 10_000)
        if self.script and isinstance(self.script[0], CameraUnavailable):
            raise self.script.popleft()

    def read(self):
        step = self.script.popleft() if self.script else None
        if isinstance(step, Exception):
            raise step
        if step is None:
            self.finished = self.finishes
            return None
        self.count += 1
        return Frame(PICTURE, 0.0, self.count - 1)

    def close(self):
        self.closed += 1


class Watch:
    """Records states and lets a test wait for the n-th of one kind."""

    def __init__(self):
        self.seen, self.changed = [], threading.Condition()

    def __call__(self, state, why):
        with self.changed:
            self.seen.append((state, why))
            self.changed.notify_all()

    def wait_for(self, state, times=1):
        with self.changed:
            arrived = self.changed.wait_for(lambda: sum(s is state for s, _ in self.seen) >= times, DEADLINE_S)
        assert arrived, f"never {times} x {state}: {self.seen}"


class QuickBackOff(BackOff):
    def __init__(self):
        super().__init__(first_s=1e-4, longest_s=1e-3)
        self.pauses = 0

    def pause_s(self):
        self.pauses += 1
        return super().pause_s()


@pytest.fixture
def run():
    threads = []

    def start(source, **options):
        watch, box = Watch(), Mailbox()
        camera = CameraThread(source, [box], on_state=watch, **options)
        threads.append(camera)
        camera.start()
        return camera, watch, box

    yield start
    assert all(camera.stop(DEADLINE_S) for camera in threads)


def test_frames_reach_the_mailbox_and_the_camera_is_live(run):
    _, watch, box = run(ScriptedSource())
    watch.wait_for(CameraState.LIVE)
    assert box.take(DEADLINE_S) is not None


def test_a_camera_that_gives_nothing_is_lost_and_comes_back(run):
    source, back_off = ScriptedSource(["frame", "frame", None], [None]), QuickBackOff()
    _, watch, _ = run(source, back_off=back_off)
    watch.wait_for(CameraState.LIVE, times=2)
    states = [state for state, _ in watch.seen]
    assert states == [CameraState.LIVE, CameraState.LOST, CameraState.LIVE]
    assert watch.seen[1][1] == "the camera gives no pictures"
    assert source.opened == 3
    assert back_off.pauses == 2  # one pause before every try: never a busy loop


def test_a_camera_that_cannot_be_opened_says_why_and_is_tried_again(run):
    source = ScriptedSource([CameraUnavailable("no camera at 0")])
    _, watch, _ = run(source, back_off=QuickBackOff())
    watch.wait_for(CameraState.LIVE)
    assert watch.seen[0] == (CameraState.LOST, "no camera at 0")


def test_a_driver_that_raises_counts_as_lost_and_is_logged(run, caplog):
    _, watch, _ = run(ScriptedSource(["frame", OSError("ioctl")]), back_off=QuickBackOff())
    watch.wait_for(CameraState.LIVE, times=2)
    assert "the camera failed" in caplog.text
    assert watch.seen[1][0] is CameraState.LOST


def test_the_end_of_a_file_is_finished_not_lost_and_closes_the_mailbox(run):
    source = ScriptedSource(["frame", None], finishes=True)
    _, watch, box = run(source)
    watch.wait_for(CameraState.FINISHED)
    assert CameraState.LOST not in [state for state, _ in watch.seen]
    assert box.take(DEADLINE_S) is not None
    assert box.take(DEADLINE_S) is None
    assert box.closed
    assert source.closed >= 1


def test_stopping_ends_a_camera_that_waits_to_try_again(run):
    source = ScriptedSource([None])
    camera, watch, box = run(source, back_off=BackOff(first_s=10 * DEADLINE_S))
    watch.wait_for(CameraState.LOST)
    assert camera.stop(DEADLINE_S)
    assert watch.seen[-1][0] is CameraState.STOPPED
    assert box.closed


def test_a_listener_that_fails_does_not_end_the_camera(caplog):
    def listener(state, why):
        raise RuntimeError("listener")

    box = Mailbox()
    camera = CameraThread(ScriptedSource(["frame", None]), [box], on_state=listener, back_off=QuickBackOff())
    camera.start()
    numbers = {taken.number for taken in (box.take(DEADLINE_S) for _ in range(3)) if taken}
    assert camera.stop(DEADLINE_S)
    assert numbers
    assert camera.state is CameraState.STOPPED
    assert "a listener failed" in caplog.text


def test_pauses_double_to_the_longest_with_a_quarter_of_jitter():
    back_off = BackOff(first_s=1, longest_s=8, rng=random.Random(1))
    pauses = [back_off.pause_s() for _ in range(6)]
    for pause, middle in zip(pauses, [1, 2, 4, 8, 8, 8], strict=True):
        assert 0.75 * middle <= pause <= 1.25 * middle
    assert len({round(pause / middle, 3) for pause, middle in zip(pauses, [1, 2, 4, 8, 8, 8], strict=True)}) > 1


def test_only_a_camera_that_lived_for_long_starts_again_from_the_shortest_pause():
    back_off = BackOff(first_s=1, longest_s=8)
    back_off.pause_s()
    back_off.pause_s()  # 4 s would be next
    back_off.lived(3.0)
    assert back_off.pause_s() > 2
    back_off.lived(60.0)
    assert back_off.pause_s() < 2
