"""Bench: the scanner on real photos, scaled to the camera's frame, first frame only, with the kiosk's own settings.

Times are CPU ms of one thread, so other programs on the machine hardly change them.
"""

import json
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt
import zxingcpp

from kiosk.scanner import Pipeline, ScannerSettings
from tests.support.doorcam import render_negative, render_presentation

PHOTOS = Path(__file__).resolve().parents[3] / "shared" / "data" / "qr"
Gray = npt.NDArray[np.uint8]
CONTROLS = (
    "NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US"
)
NAMED = {name: chr(code) for code, name in enumerate(CONTROLS.split())} | {"DEL": "\x7f"}


class Table(Protocol):
    def row(self, name: str, value: str, goal: str, ok: bool | None) -> None: ...


@dataclass(frozen=True, slots=True)
class Photo:
    """``texts`` are the labels; ``open_`` says that a code in it has no known text, so another read is new, not wrong."""

    name: str
    kind: str
    texts: frozenset[str]
    open_: bool
    gray: Gray


@dataclass(slots=True)
class Tally:
    """Counts of one run over the photos."""

    qr: int = 0
    read: int = 0
    ms: list[float] = field(default_factory=list)
    wrong: list[tuple[str, str]] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        return self.read / max(self.qr, 1)


def plain(text: str) -> str:
    """A text in the form in which texts are compared: line ends alike, control characters as such, no Codabar guards."""
    unescaped = re.sub(r"<(?:U\+([0-9A-F]+)|([A-Z0-9]{2,3}))>", _control, text)
    alike = re.sub(r"[\r\n]+", "\n", unescaped).strip()
    return alike[1:-1] if re.fullmatch(r"[A-D][0-9$:/.+-]+[A-D]", alike) else alike


def _control(match: re.Match[str]) -> str:
    """Some labels write control characters out, as in ``<GS>`` or ``<U+8E>``."""
    return chr(int(match[1], 16)) if match[1] else NAMED.get(match[2], match[0])


def photos(folder: Path = PHOTOS, *, every: int = 1) -> Iterator[Photo]:
    """The labelled photos, each scaled down to fit 1280x720; only every n-th if asked."""
    for entry in json.loads((folder / "ground_truth.json").read_text("utf-8"))["images"][::every]:
        picture = cv2.imread(str(folder / entry["file"]), cv2.IMREAD_GRAYSCALE)
        if picture is None:
            raise FileNotFoundError(f"cannot read {entry['file']}")
        scale = min(1.0, 1280 / picture.shape[1], 720 / picture.shape[0])
        if scale < 1:
            picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        texts = [code["text"] for code in entry["codes"]]
        known = frozenset(plain(text) for text in texts if text is not None)
        yield Photo(entry["file"], entry["kind"], known, None in texts, np.asarray(picture, np.uint8))


def tally(pictures: Sequence[Photo], pipeline: Pipeline) -> Tally:
    """Show each photo once, as an unrelated first frame."""
    counts = Tally()
    for photo in pictures:
        pipeline.forget()
        result = pipeline.scan(photo.gray, 0.0)
        texts = {plain(read.text) for read in result.reads}
        if not photo.open_:
            counts.wrong += [(photo.name, text) for text in texts - photo.texts]
        if photo.kind == "qr":
            counts.qr += 1
            counts.ms.append(result.ms)
            if texts & photo.texts:
                counts.read += 1
            else:
                counts.missed.append(photo.name)
    return counts


def union_of_others(pictures: Sequence[Photo]) -> int:
    """Photos that at least one of zxing-cpp, pyzbar and OpenCV's two detectors reads, each on the same pixels."""
    readers = [
        _zxing_texts,
        _opencv_texts(cv2.QRCodeDetector()),
        _opencv_texts(cv2.QRCodeDetectorAruco()),
        _zbar_texts(),
    ]
    count = 0
    for photo in pictures:
        if photo.kind == "qr":
            count += any({plain(text) for text in read(photo.gray.copy())} & photo.texts for read in readers)
    return count


def zxing_alone(gray: Gray) -> list[zxingcpp.Barcode]:
    model2, mode = zxingcpp.BarcodeFormat.QRCodeModel2, zxingcpp.TextMode.Plain
    return list(zxingcpp.read_barcodes(gray, formats=model2, text_mode=mode))


def _zxing_texts(gray: Gray) -> list[str]:
    return [code.text for code in zxing_alone(gray)]


def _opencv_texts(detector: "cv2.GraphicalCodeDetector") -> Callable[[Gray], list[str]]:
    def read(gray: Gray) -> list[str]:
        try:
            found, texts, _, _ = detector.detectAndDecodeMulti(gray)
        except (cv2.error, UnicodeDecodeError):  # both happen on codes it finds and cannot decode
            return []
        return list(texts) if found else []

    return read


def _zbar_texts() -> Callable[[Gray], list[str]]:
    """pyzbar, or nothing where libzbar is missing."""
    try:
        from pyzbar import pyzbar
    except (ImportError, OSError):
        return lambda _: []
    kinds = [pyzbar.ZBarSymbol.QRCODE]
    return lambda gray: [code.data.decode("utf-8", "replace") for code in pyzbar.decode(gray, symbols=kinds)]


def cpu_ms(work: Callable[[], object]) -> float:
    started = time.thread_time()
    work()
    return (time.thread_time() - started) * 1000


def easy_ratio(*, rounds: int = 40) -> tuple[float, float]:
    """Median CPU ms of zxing-cpp alone and of the pipeline on the same easy frames, taken in turns."""
    shots = list(render_presentation("phone_easy", "FIT " + "0123456789ABC" * 6, 3))
    frames = [cv2.cvtColor(shot, cv2.COLOR_BGR2GRAY) for shot, _ in shots]
    easy = [frame for frame in frames if zxing_alone(frame)][:10]
    pipeline = Pipeline(ScannerSettings())
    alone, whole = [], []
    for number in range(rounds):
        frame = easy[number % len(easy)]
        alone.append(cpu_ms(lambda frame=frame: zxing_alone(frame)))
        whole.append(cpu_ms(lambda frame=frame, number=number: pipeline.scan(frame, number / 30)))
    return statistics.median(alone), statistics.median(whole)


def codeless_ms(*, seeds: int = 6) -> list[float]:
    """CPU ms of frames without a readable code, of every kind of them."""
    pipeline, ms = Pipeline(ScannerSettings()), []
    for kind in ("people", "empty_phone", "text", "broken_code"):
        for seed in range(seeds):
            ms += [pipeline.scan(frame, number / 30).ms for number, frame in enumerate(render_negative(kind, seed))]
    return ms


def run(report: Table) -> bool:
    """Print the scanner's rows; False when a ratio does not hold."""
    cv2.setNumThreads(1)
    held = [_easy_rows(report), _codeless_row(report)]
    if (PHOTOS / "ground_truth.json").is_file():
        held.append(_photo_rows(report, list(photos())))
    else:
        report.row("photos", "no photos here", "", None)
    return all(held)


def _photo_rows(report: Table, pictures: list[Photo]) -> bool:
    pipeline = Pipeline(ScannerSettings())
    tally(pictures[:3], pipeline)
    counts, union = tally(pictures, pipeline), union_of_others(pictures)
    median, p95 = np.percentile(counts.ms, [50, 95])
    enough, more, right = counts.share >= 0.86, counts.read > union, not counts.wrong
    report.row(
        "QR photos read on the first frame", f"{counts.read} of {counts.qr} ({counts.share:.1%})", ">= 86 %", enough
    )
    report.row("more than pyzbar, zxing-cpp and OpenCV together", f"{counts.read} : {union}", f"> {union}", more)
    report.row("wrong texts, all photos", f"{len(counts.wrong)}", "0", right)
    report.row("CPU per photo, median / p95", f"{median:.1f} / {p95:.1f} ms", "<= 10 / <= 40 ms", None)
    return enough and more and right


def _easy_rows(report: Table) -> bool:
    alone, whole = easy_ratio()
    ratio = whole / alone
    report.row(
        "easy frame, pipeline : zxing-cpp alone", f"{whole:.2f} : {alone:.2f} ms = {ratio:.2f}", "<= 3", ratio <= 3
    )
    return ratio <= 3


def _codeless_row(report: Table) -> bool:
    ms = codeless_ms()
    text = f"{statistics.median(ms):.1f} / {np.percentile(ms, 95):.1f} ms"
    report.row("frame without a code, CPU median / p95", text, "p95 <= 33 ms", None)
    return True


if __name__ == "__main__":
    from tests.bench.report import Report

    table = Report()
    run(table)
    sys.exit(table.close())
