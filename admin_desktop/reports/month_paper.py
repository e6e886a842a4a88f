"""A month on A4, by the painters of the screen: vectors, black on white. Runs on a worker."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF
from PySide6.QtGui import QPageSize, QPainter, QPdfWriter

from admin_desktop.charts.paper import RIGHT, Paper
from admin_desktop.charts.picture import Picture
from shared.desktop.tokens import DESK_TYPE, LIGHT

_DPI, _UNITS_AN_INCH = 600, 96
"""A painter's unit is a pixel of the screen."""
_WIDTH, _HEIGHT, _MARGIN = 794.0, 1123.0, 48.0
_TITLE, _LINE, _HEAD, _GAP, _FOOT, _RULE = 34.0, 20.0, 26.0, 26.0, 24.0, 14.0


@dataclass(frozen=True, slots=True)
class Block:
    """A picture with its title, and what is said instead of a picture of nothing."""

    title: str
    second: str
    picture: Picture
    nothing: str
    height: int = 0

    @property
    def whole(self) -> float:
        """Its height with the words above it."""
        height = _LINE if self.picture.is_empty else max(self.height, self.picture.height)
        return (_HEAD if self.title else 0) + (_LINE if self.second else 0) + height


@dataclass(frozen=True, slots=True)
class Document:
    """``rows`` of blocks side by side. ``foot`` takes the page's number and how many there are."""

    title: str
    name: str
    lines: Sequence[str]
    rows: Sequence[Sequence[Block]]
    made: str
    pages: str

    def laid_out(self) -> list[list[Sequence[Block]]]:
        """The rows by page: none is cut in two."""
        pages: list[list[Sequence[Block]]] = [[]]
        at = _MARGIN + _TITLE + _LINE * (len(self.lines) + 1) + _RULE
        for row in self.rows:
            height = max(block.whole for block in row)
            if at + height > _HEIGHT - _MARGIN - _FOOT and pages[-1]:
                pages.append([])
                at = _MARGIN
            pages[-1].append(row)
            at += height + _GAP
        return pages


def write_pdf(document: Document) -> bytes:
    """The document as a PDF."""
    made = QByteArray()
    buffer = QBuffer(made)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(f"{document.title}, {document.name}")
    writer.setCreator("FIT Monitor")
    writer.setResolution(_DPI)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    painter = QPainter(writer)
    painter.scale(_DPI / _UNITS_AN_INCH, _DPI / _UNITS_AN_INCH)
    pages = document.laid_out()
    for number, rows in enumerate(pages, start=1):
        if number > 1:
            writer.newPage()
        paint_page(Paper(painter, LIGHT), document, rows, number, len(pages))
    painter.end()
    buffer.close()
    return bytes(made.data())


def paint_page(paper: Paper, document: Document, rows: Sequence[Sequence[Block]], number: int, whole: int) -> None:
    """One page; its lengths are pixels of the screen."""
    box = QRectF(_MARGIN, _MARGIN, _WIDTH - 2 * _MARGIN, _HEIGHT - 2 * _MARGIN)
    at = box.top() if number > 1 else _paint_head(paper, document, box)
    for row in rows:
        width = (box.width() - _GAP * (len(row) - 1)) / len(row)
        for place, block in enumerate(row):
            left = box.left() + place * (width + _GAP)
            _paint_block(paper, block, QRectF(left, at, width, block.whole))
        at += max(block.whole for block in row) + _GAP
    foot = QRectF(box.left(), box.bottom() - _LINE, box.width(), _LINE)
    paper.text(foot, f"{document.name}. {document.made}", DESK_TYPE.hint, paper.look.muted)
    said = document.pages.replace("{n}", str(number)).replace("{whole}", str(whole))
    paper.text(foot, said, DESK_TYPE.hint, paper.look.muted, side=RIGHT)


def _paint_head(paper: Paper, document: Document, box: QRectF) -> float:
    """The height at which the rest begins."""
    at = QRectF(box.left(), box.top(), box.width(), _TITLE)
    paper.text(at, document.title, DESK_TYPE.title, paper.look.text)
    at = QRectF(box.left(), at.bottom(), box.width(), _LINE)
    paper.text(at, document.name, DESK_TYPE.name, paper.look.text, elide=True)
    for line in document.lines:
        at.translate(0, _LINE)
        paper.text(at, line, DESK_TYPE.second, paper.look.muted)
    return at.bottom() + _RULE


def _paint_block(paper: Paper, block: Block, box: QRectF) -> None:
    at = box.top()
    if block.title:
        paper.text(QRectF(box.left(), at, box.width(), _HEAD), block.title, DESK_TYPE.card_title, paper.look.text)
        at += _HEAD
    if block.second:
        paper.text(QRectF(box.left(), at, box.width(), _LINE), block.second, DESK_TYPE.hint, paper.look.muted)
        at += _LINE
    rest = QRectF(box.left(), at, box.width(), box.bottom() - at)
    if block.picture.is_empty:
        paper.text(rest, block.nothing, DESK_TYPE.second, paper.look.muted)
    else:
        block.picture.paint(paper, rest)
