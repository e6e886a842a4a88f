"""What a printer would make of our PDFs: their filled shapes, drawn anew from the page's own commands. No texts."""

import re
import zlib

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QTransform

from kiosk.scanner import Pipeline, ScannerSettings

_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_BOX = re.compile(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]")
_NUMBER = re.compile(r"-?\d*\.?\d+")
_POINTS_A_MM = 72 / 25.4


def page_sizes_mm(pdf: bytes) -> list[tuple[int, int]]:
    """Width and height of each page, to the millimetre: Qt makes whole points of them."""
    return [(round(float(w) / _POINTS_A_MM), round(float(h) / _POINTS_A_MM)) for w, h in _BOX.findall(pdf)]


def has_pixels(pdf: bytes) -> bool:
    return re.search(rb"/Subtype\s*/Image", pdf) is not None


def draw_pages(pdf: bytes, *, dpi: int = 150) -> list[QImage]:
    """Each page as a printer of that resolution would show its shapes."""
    sizes = [(float(w), float(h)) for w, h in _BOX.findall(pdf)]
    contents = [text for text in map(_unpacked, _STREAM.findall(pdf)) if text.startswith("/GSa gs")]
    assert len(sizes) == len(contents), "a page without a content, or the other way round"
    return [_draw(text, size, dpi / 72) for text, size in zip(contents, sizes, strict=True)]


def _unpacked(stream: bytes) -> str:
    try:
        return zlib.decompress(stream).decode("latin1")
    except zlib.error:
        return ""


def _draw(text: str, size: tuple[float, float], scale: float) -> QImage:
    image = QImage(round(size[0] * scale), round(size[1] * scale), QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    pen = _Pen(painter, QTransform(scale, 0, 0, -scale, 0, size[1] * scale))
    numbers: list[float] = []
    for word in re.sub(r"BT.*?ET", "", text, flags=re.DOTALL).split():
        if _NUMBER.fullmatch(word):
            numbers.append(float(word))
        else:
            pen.do(word, numbers)
            numbers = []
    painter.end()
    return image


class _Pen:
    """The few commands of PDF (ISO 32000-1, 8.4 and 8.5) that fill shapes."""

    def __init__(self, painter: QPainter, to_pixels: QTransform) -> None:
        self._painter, self._to_pixels = painter, to_pixels
        self._state, self._colour = QTransform(), QColor("black")
        self._kept: list[tuple[QTransform, QColor]] = []
        self._path = QPainterPath()

    def do(self, word: str, n: list[float]) -> None:
        if word in ("m", "l", "c", "re", "h"):
            self._draw(word, n)
        elif word in ("f", "f*", "n", "S", "s"):
            self._end(fill=word.startswith("f"))
        elif word == "q":
            self._kept.append((QTransform(self._state), QColor(self._colour)))
        elif word == "Q":
            self._state, self._colour = self._kept.pop()
        elif word == "cm":
            self._state = QTransform(*n) * self._state
        elif word == "scn" and len(n) == 3:
            self._colour = QColor.fromRgbF(*n)

    def _draw(self, word: str, n: list[float]) -> None:
        if word == "m":
            self._path.moveTo(QPointF(*n))
        elif word == "l":
            self._path.lineTo(QPointF(*n))
        elif word == "c":
            self._path.cubicTo(*n)
        elif word == "re":
            self._path.addRect(QRectF(*n))
        else:
            self._path.closeSubpath()

    def _end(self, *, fill: bool) -> None:
        if fill:
            self._painter.setTransform(self._state * self._to_pixels)
            self._painter.fillPath(self._path, self._colour)
        self._path = QPainterPath()


def read_codes(page: QImage) -> list[str]:
    """What the kiosk's own scanner reads on a page that is held before it."""
    grey = page.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), grey.bytesPerLine())
    pipeline = Pipeline(ScannerSettings(linear=frozenset(), budget_ms=2000))
    return [read.text for read in pipeline.scan(rows[:, : grey.width()].copy(), 0.0).reads]
