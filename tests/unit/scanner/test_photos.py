"""A small form of the bench: real photos where they are at hand, rendered presentations everywhere."""

import cv2
import pytest

from kiosk.scanner import Pipeline, ScannerSettings
from tests.bench.scanner import PHOTOS, photos, plain, tally, zxing_alone
from tests.bench.stream import easy_latencies, false_reads, payload, present, present_all
from tests.support.doorcam import EASY_KINDS, render_presentation

if (PHOTOS / "ground_truth.json").is_file():  # they are not part of the repository

    def test_most_of_a_sample_of_real_photos_is_read_and_none_wrongly():
        sample = list(photos(every=5))
        counts = tally(sample, Pipeline(ScannerSettings()))
        alone = sum(
            bool({plain(code.text) for code in zxing_alone(each.gray)} & each.texts)
            for each in sample
            if each.kind == "qr"
        )
        assert counts.qr >= 40
        assert counts.share >= 0.86
        assert counts.read > alone
        assert counts.wrong == []


def test_easy_presentations_are_all_read():
    latencies = easy_latencies(present_all(77, len(EASY_KINDS), kinds=EASY_KINDS))
    assert max(latencies) < 500


@pytest.mark.parametrize("kind", ["tiny_card", "mixed_hard", "card_worn"])
def test_second_looks_read_presentations_that_zxing_alone_does_not(kind):
    shown = [present(kind, seed) for seed in range(40, 44)]
    assert sum(item.pipeline.read_ms is not None for item in shown) > sum(
        item.alone.read_ms is not None for item in shown
    )
    assert not any(item.pipeline.wrong for item in shown)


def test_frames_without_a_code_read_nothing():
    frames, texts = false_reads(120, seed=5)
    assert frames >= 120
    assert texts == []


def test_a_tag_held_up_is_read_within_the_presentation():
    pipeline = Pipeline(ScannerSettings(linear=frozenset({"Code128"})))
    seen = set()
    for number, (frame, _) in enumerate(render_presentation("card_easy", "4711", 2, symbology="Code128")):
        seen |= {read.text for read in pipeline.scan(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), number / 30).reads}
    assert seen == {"4711"}


def test_payloads_of_the_bench_fit_version_4():
    import segno

    assert segno.make(payload(1), error="m", boost_error=False).version == 4
