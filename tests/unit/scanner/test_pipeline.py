from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from kiosk.scanner import Pipeline, Read, ScannerSettings
from tests.unit.scanner.conftest import QR_ONLY, on_frame, qr

TEXT = "FIT1:ABCDEFGHIJKLMNOP+/%$0123456789"
ANYWHERE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


def texts(result):
    return [read.text for read in result.reads]


def test_an_easy_code_is_read_by_the_first_stage_in_one_try(pipeline):
    result = pipeline.scan(on_frame(qr(TEXT)), 0.0)
    assert texts(result) == [TEXT]
    assert (result.reads[0].format, result.reads[0].stage, result.tried) == ("QRCode", "direct", 1)
    assert result.ms > 0


def test_the_corners_are_those_of_the_code_in_the_frame(pipeline):
    code = qr(TEXT, quiet=0)
    read = pipeline.scan(on_frame(code, left=400, top=150, background=255), 0.0).reads[0]
    side = code.shape[0]
    assert np.allclose(read.quad, [(400, 150), (400 + side, 150), (400 + side, 150 + side), (400, 150 + side)], atol=6)


def test_grey_and_colour_frames_read_the_same(pipeline):
    frame = on_frame(qr(TEXT))
    colour = cv2.cvtColor(frame, cv2.COLOR_GRAY2BGR)
    with_alpha = cv2.cvtColor(frame, cv2.COLOR_GRAY2BGRA)
    assert [texts(pipeline.scan(each, 0.0)) for each in (frame, colour, with_alpha)] == [[TEXT]] * 3


def test_a_larger_frame_is_scaled_down_and_corners_are_in_its_own_pixels(pipeline):
    read = pipeline.scan(on_frame(qr(TEXT, module_px=20), left=1500, top=900, shape=(2160, 3840)), 0.0).reads[0]
    assert np.allclose(read.quad[0], (1580, 980), atol=25)


def test_an_inverted_code_is_read(pipeline):
    assert texts(pipeline.scan(255 - on_frame(qr(TEXT)), 0.0)) == [TEXT]


def test_a_foreshortened_code_is_read_by_a_second_look():
    flat = cv2.resize(qr(TEXT, module_px=8), None, fx=1, fy=0.18, interpolation=cv2.INTER_AREA)
    frame = cv2.GaussianBlur(on_frame(flat, top=300), (0, 0), 0.8)
    pipeline = Pipeline(ScannerSettings(linear=frozenset(), budget_ms=300))
    result = pipeline.scan(frame, 0.0)
    assert texts(result) == [TEXT]
    assert result.reads[0].stage.startswith("square-")
    assert np.allclose(result.reads[0].quad[0], (432, 305), atol=14)


def test_two_codes_in_view_are_both_read(pipeline):
    frame = on_frame(qr("LEFT SIDE"), left=100)
    frame[150 : 150 + 198, 800 : 800 + 198] = cv2.resize(qr("RIGHT SIDE"), (198, 198))
    assert sorted(texts(pipeline.scan(frame, 0.0))) == ["LEFT SIDE", "RIGHT SIDE"]


def test_micro_qr_inside_or_alone_is_not_read(pipeline):
    import segno

    micro = np.where(np.array(list(segno.make("12345", micro=True).matrix_iter(border=4))) > 0, 0, 255).astype(np.uint8)
    assert texts(pipeline.scan(on_frame(cv2.resize(micro, (300, 300), interpolation=cv2.INTER_NEAREST)), 0.0)) == []


@pytest.mark.parametrize(
    "content", [bytes(range(128, 256)), b"\xff\xfe\x00\x01", "é ü 漢字".encode(), "ｶﾅ".encode("shift_jis")]
)
def test_payloads_that_are_no_text_come_through_without_an_error(pipeline, content):
    result = pipeline.scan(on_frame(qr(content)), 0.0)
    assert len(result.reads) == 1
    assert isinstance(result.reads[0].text, str)


def test_control_characters_come_as_such_not_written_out(pipeline):
    assert texts(pipeline.scan(on_frame(qr("A\x1dB\nC")), 0.0)) == ["A\x1dB\nC"]


@given(
    arrays.arrays(
        np.uint8, st.one_of(st.tuples(*[st.integers(1, 24)] * 2), st.tuples(*[st.integers(1, 24)] * 2, st.just(3)))
    )
)
def test_no_picture_however_small_or_odd_raises(picture):
    Pipeline(QR_ONLY).scan(picture, 0.0)


@pytest.mark.parametrize(
    "picture",
    [np.zeros((0, 0), np.uint8), np.zeros((4, 4), np.float32), np.zeros((4, 4, 2), np.uint8), np.zeros(5, np.uint8)],
)
def test_what_is_no_picture_is_refused(pipeline, picture):
    with pytest.raises(ValueError, match="picture"):
        pipeline.scan(picture, 0.0)


class Ticking:
    """A clock of CPU seconds that a stage moves forward."""

    def __init__(self):
        self.now_s = 0.0

    def __call__(self):
        return self.now_s


class StageDouble:
    """Costs so many ms per step; reads at one step if told to."""

    def __init__(self, clock, *, steps=100, cost_ms=1.0, reads_at=None, patient=False, read_text="X"):
        self.clock, self.count, self.cost_ms, self.reads_at, self.patient = clock, steps, cost_ms, reads_at, patient
        self.text, self.done, self.forgotten = read_text, 0, 0

    def steps(self, view):
        for number in range(self.count):
            self.clock.now_s += self.cost_ms / 1000
            self.done += 1
            yield [Read(self.text, "QRCode", ANYWHERE, "double")] if number == self.reads_at else []

    def forget(self):
        self.forgotten += 1


def staged(*stages, clock, **settings):
    return Pipeline(ScannerSettings(linear=frozenset(), **settings), stages=stages, clock_s=clock)


def frame_of(level=100, moving=0):
    frame = np.full((72, 128), level, np.uint8)
    frame[10 + moving : 30 + moving, 10:60] = 255
    return frame


def test_stages_end_when_the_time_is_used_up():
    clock = Ticking()
    stage = StageDouble(clock)
    result = staged(stage, clock=clock, budget_ms=10).scan(frame_of(), 0.0)
    assert 10 <= stage.done <= 11
    assert result.tried == stage.done
    assert 10 <= result.ms <= 11.001


def test_a_read_ends_the_look_and_later_stages_are_not_asked():
    clock = Ticking()
    first, second = StageDouble(clock, reads_at=2), StageDouble(clock)
    result = staged(first, second, clock=clock).scan(frame_of(), 0.0)
    assert texts(result) == ["X"]
    assert (first.done, second.done) == (3, 0)


def test_a_code_that_stands_in_view_for_seconds_does_not_hide_another_one():
    clock = Ticking()
    poster, held = StageDouble(clock, steps=1, reads_at=0, read_text="POSTER"), StageDouble(clock, steps=1, reads_at=0)
    pipeline = staged(poster, held, clock=clock)
    seen = [texts(pipeline.scan(frame_of(moving=number % 9), number * 0.1)) for number in range(30)]
    assert seen[0] == seen[15] == ["POSTER"]
    assert seen[-1] == ["POSTER", "X"]


def test_patient_stages_rest_on_most_frames_while_nothing_moves_and_wake_when_it_does():
    clock = Ticking()
    stage = StageDouble(clock, steps=1, patient=True)
    pipeline = staged(stage, clock=clock, quiet_after_s=1.0, quiet_every=4)
    hints = [pipeline.scan(frame_of(), number / 30).hints for number in range(60)]
    assert not hints[20].quiet
    assert hints[-1].quiet
    assert stage.done == 30 + 7  # all of the first second, then every fourth frame
    pipeline.scan(frame_of(moving=20), 2.01)
    assert stage.done == 38
    pipeline.scan(frame_of(moving=20), 2.02)
    assert stage.done == 39


def test_forgetting_reaches_every_stage_and_starts_the_count_anew():
    clock = Ticking()
    stage = StageDouble(clock)
    pipeline = staged(stage, clock=clock)
    pipeline.scan(frame_of(), 0.0)
    pipeline.forget()
    assert stage.forgotten == 1


def test_second_looks_go_on_in_the_next_frame_where_this_one_stopped(monkeypatch):
    clock, tried = Ticking(), []

    def look(view, box, recipe):
        clock.now_s += 0.003
        tried.append((recipe.name, box))
        return []

    monkeypatch.setattr("kiosk.scanner.crops.look", look)
    pipeline = Pipeline(ScannerSettings(linear=frozenset(), budget_ms=15, whole_frame_every=10**9), clock_s=clock)
    noise = np.random.default_rng(1).integers(0, 255, (300, 300), dtype=np.uint8)
    counts = []
    for number in range(3):
        pipeline.scan(on_frame(noise), number / 30)
        counts.append(len(tried))
    assert counts == [5, 10, 15]
    planned = [turn for number, turn in enumerate(tried) if number % 5 > 1]
    assert len({name for name, _ in planned}) >= 5  # a new frame does not begin from the start
    assert tried[:2] == tried[5:7] == tried[10:12]  # but for what is tried afresh on each


def test_the_hints_tell_of_a_code_that_is_found_but_not_decoded(pipeline):
    broken = qr(TEXT, module_px=6)
    broken[90:190, 90:190] = np.kron(np.random.default_rng(2).integers(0, 2, (10, 10)) * 255, np.ones((10, 10)))
    hints = pipeline.scan(on_frame(broken), 0.0).hints
    assert hints.quad is not None
    assert hints.module_px == pytest.approx(6, abs=0.7)
    assert 100 < hints.brightness < 200


def test_a_second_thread_is_refused(pipeline):
    pipeline.scan(frame_of(), 0.0)
    with ThreadPoolExecutor(1) as pool, pytest.raises(RuntimeError, match="thread"):
        pool.submit(pipeline.scan, frame_of(), 0.1).result(30)


def test_opencv_uses_one_thread_so_that_the_budget_counts_all_work(pipeline):
    assert cv2.getNumThreads() == 1


def test_a_day_of_frames_does_not_grow_the_memory():
    def resident():
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * 4096

    pipeline = Pipeline(ScannerSettings(linear=frozenset({"Code128"}), budget_ms=8))
    rng = np.random.default_rng(3)
    frames = [rng.integers(0, 255, (180, 320), dtype=np.uint8) for _ in range(8)] + [
        on_frame(qr(TEXT), left=20, top=20, shape=(300, 300))
    ]
    for number in range(60):
        pipeline.scan(frames[number % 9], number / 30)
    before = resident()
    for number in range(60, 360):
        pipeline.scan(frames[number % 9], number / 30)
    assert resident() - before < 8 * 2**20
