import cv2
import numpy as np
import pytest

from kiosk.scanner import Pipeline, ScannerSettings
from kiosk.scanner.decoder import find_linear
from kiosk.scanner.linear import LinearAgreement, same_text
from tests.unit.scanner.conftest import bars, on_frame, qr

TAG, OTHER = ("Code128", "4711"), ("Code128", "4712")


def test_one_read_alone_does_not_count():
    assert LinearAgreement().judge([TAG], [], 0.0) == set()


def test_two_frames_running_count():
    agreement = LinearAgreement()
    agreement.judge([TAG], [], 0.0)
    assert agreement.judge([TAG], [], 0.03) == {TAG}


def test_both_libraries_on_one_frame_count_at_once():
    assert LinearAgreement().judge([TAG], [TAG], 0.0) == {TAG}


def test_libraries_that_disagree_do_not_count():
    assert LinearAgreement().judge([TAG], [OTHER], 0.0) == set()


def test_a_frame_in_between_without_the_code_breaks_the_run():
    agreement = LinearAgreement()
    agreement.judge([TAG], [], 0.0)
    agreement.judge([OTHER], [], 0.03)
    assert agreement.judge([TAG], [], 0.06) == set()


def test_frames_far_apart_are_not_running():
    agreement = LinearAgreement()
    agreement.judge([TAG], [], 0.0)
    assert agreement.judge([TAG], [], 1.5) == set()


def test_the_same_text_in_another_symbology_is_another_code():
    agreement = LinearAgreement()
    agreement.judge([TAG], [], 0.0)
    assert agreement.judge([("Code39", "4711")], [], 0.03) == set()


@pytest.mark.parametrize(
    ("text", "same"), [("A123B", "123"), ("C12-3D", "12-3"), ("123", "123"), ("AB", "AB"), ("A12", "A12")]
)
def test_codabar_guards_are_dropped_in_pairs(text, same):
    assert same_text("Codabar", text) == same
    assert same_text("Code39", text) == text


class OpinionDouble:
    """Answers every question with the same texts."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def ask(self, gray, names, *, wait_s):
        self.asked.append(gray.shape)
        return self.answers


def scanner(*names, opinion=None):
    return Pipeline(ScannerSettings(linear=frozenset(names)), opinion=opinion)


def texts(result):
    return [(read.format, read.text) for read in result.reads]


def test_a_tag_counts_on_the_second_frame_and_is_named_as_unconfirmed_on_the_first():
    pipeline, frame = scanner("Code128"), on_frame(bars("TAG-4711"))
    first, second = pipeline.scan(frame, 0.0), pipeline.scan(frame, 0.03)
    assert texts(first) == []
    assert first.hints.unconfirmed == ("TAG-4711",)
    assert first.tried == 2  # the next frame comes sooner without second looks
    assert texts(second) == [("Code128", "TAG-4711")]
    assert second.reads[0].stage == "linear"


def test_a_tag_counts_at_once_when_the_second_opinion_agrees():
    opinion = OpinionDouble(("Code128", "TAG-4711"))
    frame = on_frame(bars("TAG-4711"))
    assert texts(scanner("Code128", opinion=opinion).scan(frame, 0.0)) == [("Code128", "TAG-4711")]
    assert len(opinion.asked) == 1
    assert opinion.asked[0][1] < frame.shape[1]  # only the part with the code


def test_a_second_opinion_that_disagrees_counts_for_nothing():
    opinion = OpinionDouble(("Code128", "TAG-4712"))
    result = scanner("Code128", opinion=opinion).scan(on_frame(bars("TAG-4711")), 0.0)
    assert texts(result) == []
    assert result.hints.unconfirmed == ("TAG-4711", "TAG-4712")


def test_without_a_linear_code_nobody_is_asked():
    opinion = OpinionDouble()
    scanner("Code128", opinion=opinion).scan(on_frame(qr("A CODE")), 0.0)
    scanner("Code128", opinion=opinion).scan(np.full((200, 200), 9, np.uint8), 0.0)
    assert opinion.asked == []


@pytest.mark.parametrize(
    ("name", "text", "read"),
    [
        ("Code128", "TAG-4711", "TAG-4711"),
        ("Code39", "FIT 42", "FIT 42"),
        ("EAN13", "5901234123457", "5901234123457"),
        ("EAN8", "12345670", "12345670"),
        ("ITF", "12345678", "12345678"),
        ("Codabar", "A4711B", "4711"),
    ],
)
def test_every_symbology_is_read_when_switched_on_and_not_otherwise(name, text, read):
    frame = on_frame(bars(text, name))
    on, off = scanner(name), scanner("Code128" if name != "Code128" else "ITF")
    on.scan(frame, 0.0)
    off.scan(frame, 0.0)
    assert texts(on.scan(frame, 0.03)) == [(name, read)]
    assert texts(off.scan(frame, 0.03)) == []


def test_a_small_tag_is_read_at_twice_its_size_and_placed_in_the_frame():
    small = cv2.resize(bars("TAG-4711", scale=2), None, fx=0.7, fy=0.6, interpolation=cv2.INTER_AREA)
    frame = cv2.GaussianBlur(on_frame(small, background=255), (0, 0), 0.8)
    assert find_linear(frame, ["Code128"]) == []
    pipeline = scanner("Code128")
    pipeline.scan(frame, 0.0)
    result = pipeline.scan(frame, 0.03)
    assert texts(result) == [("Code128", "TAG-4711")]
    assert np.allclose(result.reads[0].quad[0], (442, 174), atol=6)


def test_an_american_product_code_is_an_ean_with_a_nought():
    pipeline, frame = scanner("EAN13"), on_frame(bars("036000291452", "UPCA"))
    pipeline.scan(frame, 0.0)
    assert texts(pipeline.scan(frame, 0.03)) == [("EAN13", "0036000291452")]


def test_unknown_symbologies_are_refused_by_name():
    with pytest.raises(ValueError, match="DataMatrix"):
        ScannerSettings(linear=frozenset({"DataMatrix"}))
