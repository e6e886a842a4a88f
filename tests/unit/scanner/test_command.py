import io
import json

import cv2
import numpy as np
import pytest

from kiosk.scanner import ScannerSettings
from kiosk.scanner.command import run_scan
from tests.unit.scanner.conftest import bars, on_frame, qr

SETTINGS = ScannerSettings(linear=frozenset({"Code128"}), second_opinion=False)


def scan(*paths, settings=SETTINGS):
    out = io.StringIO()
    code = run_scan([str(path) for path in paths], as_json=True, settings=settings, out=out)
    return code, [json.loads(line) for line in out.getvalue().splitlines()]


def saved(path, picture):
    cv2.imwrite(str(path), picture)
    return path


def test_a_picture_is_one_line_with_texts_formats_and_ms(tmp_path):
    path = saved(tmp_path / "pass.png", on_frame(qr("FIT1:ABC")))
    code, (line,) = scan(path)
    assert code == 0
    assert (line["path"], line["texts"], line["formats"]) == (str(path), ["FIT1:ABC"], ["QRCode"])
    assert line["ms"] > 0
    assert set(line) == {"path", "texts", "formats", "ms"}


def test_a_picture_without_a_code_is_no_error(tmp_path):
    code, (line,) = scan(saved(tmp_path / "empty.png", np.full((90, 120), 200, np.uint8)))
    assert (code, line["texts"], line["formats"]) == (0, [], [])


def test_a_video_is_one_line_per_frame(tmp_path):
    path = tmp_path / "door.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 30, (640, 480))
    for picture in (qr("FIRST ONE"), None, qr("SECOND ONE")):
        frame = (
            np.full((480, 640), 120, np.uint8)
            if picture is None
            else on_frame(picture, left=60, top=60, shape=(480, 640))
        )
        writer.write(cv2.cvtColor(frame, cv2.COLOR_GRAY2BGR))
    writer.release()
    code, lines = scan(path)
    assert code == 0
    assert [(line["frame"], line["texts"]) for line in lines] == [(0, ["FIRST ONE"]), (1, []), (2, ["SECOND ONE"])]


def test_a_linear_code_in_a_still_counts_when_it_reads_alike_at_another_scale(tmp_path):
    _, (line,) = scan(saved(tmp_path / "tag.png", on_frame(bars("TAG-4711"))))
    assert (line["texts"], line["formats"]) == (["TAG-4711"], ["Code128"])


def test_a_linear_code_that_reads_otherwise_at_another_scale_does_not_count(tmp_path, monkeypatch):
    from kiosk.scanner.decoder import Found

    quad = ((0.0, 0.0), (50.0, 0.0), (50.0, 9.0), (0.0, 9.0))
    monkeypatch.setattr(
        "kiosk.scanner.linear.find_linear", lambda gray, names: [Found(f"TEXT{gray.shape[1]}", "Code128", quad)]
    )
    _, (line,) = scan(saved(tmp_path / "tag.png", np.full((90, 120), 200, np.uint8)))
    assert line["texts"] == []


def test_files_that_cannot_be_read_are_named_and_the_rest_is_still_done(tmp_path):
    broken, empty, video = tmp_path / "broken.png", tmp_path / "empty.jpg", tmp_path / "broken.avi"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n but no picture")
    empty.write_bytes(b"")
    video.write_bytes(b"RIFF")
    good = saved(tmp_path / "good.png", on_frame(qr("FIT1:ABC")))
    code, lines = scan(tmp_path / "nowhere.png", broken, tmp_path, empty, video, good)
    assert code == 1
    assert [bool(line.get("error")) for line in lines] == [True] * 5 + [False]
    assert lines[0]["error"] == "there is no such file"
    assert lines[1]["error"] == lines[3]["error"] == "this is no picture that can be read"
    assert set(lines[0]) == {"path", "error"}
    assert lines[5]["texts"] == ["FIT1:ABC"]


def test_what_was_seen_once_in_one_picture_does_not_count_in_the_next(tmp_path, monkeypatch):
    from kiosk.scanner.decoder import Found

    quad, seen = ((0.0, 0.0), (50.0, 0.0), (50.0, 9.0), (0.0, 9.0)), []

    def find(gray, names):
        seen.append(gray.shape)
        return [Found("4711", "Code128", quad)] if len(seen) % 6 in {0, 1} else []  # the first and last of six looks

    monkeypatch.setattr("kiosk.scanner.linear.find_linear", find)
    pictures = [saved(tmp_path / name, np.full((90, 120), 200, np.uint8)) for name in ("a.png", "b.png")]
    _, lines = scan(*pictures)
    assert [line["texts"] for line in lines] == [[], []]


@pytest.mark.parametrize("text", ["plain", "bell\x07 and \x1b[31mred", "漢字"])
def test_words_for_people_never_carry_control_characters(tmp_path, text):
    out = io.StringIO()
    path = saved(tmp_path / "pass.png", on_frame(qr(text)))
    run_scan([str(path), str(tmp_path / "nowhere.png")], as_json=False, settings=SETTINGS, out=out)
    read, missing = out.getvalue().splitlines()
    assert read.isascii()
    assert read.isprintable()
    assert "QRCode" in read
    assert missing.endswith(": there is no such file")
