"""Small things on paper: their size, their place on a page, and the page as a PDF or at a printer. Runs on a worker."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QPagedPaintDevice, QPageSize, QPainter, QPdfWriter, QPen
from PySide6.QtPrintSupport import QPrinter

from shared.desktop.tokens import LIGHT
from shared.errors import FitError

UNIT = 10
"""Of a painter here in a millimetre."""
_A4 = QSizeF(210, 297)
_DPI = 600
_MM_AN_INCH = 25.4
_MARK = 4.0

Tell = Callable[[int, int], None]
"""Told after each page how many of how many are done. What it raises ends the printing."""


class PrinterAway(FitError):  # noqa: N818  # reads as what it is
    """This PC's printer is not there, or takes nothing. Not ``Unavailable``: the cloud is fine."""


class Piece(Protocol):
    """A card, a label, a sticker."""

    def paint(self, painter: QPainter, box: QRectF) -> None:
        """Draw it, black on white. Lengths are tenths of a millimetre; the box begins at 0, 0."""


@dataclass(frozen=True, slots=True)
class Form:
    """How pieces stand on paper. ``name`` is the key of its words; ``size`` a piece's, in millimetres."""

    name: str
    size: QSizeF
    on_a4: bool = False

    @property
    def page(self) -> QSizeF:
        return _A4 if self.on_a4 else self.size

    @property
    def columns(self) -> int:
        return int(_A4.width() // self.size.width()) if self.on_a4 else 1

    @property
    def rows(self) -> int:
        return int(_A4.height() // self.size.height()) if self.on_a4 else 1

    def pages_of(self, pieces: Sequence[Piece]) -> list[Sequence[Piece]]:
        a_page = self.columns * self.rows
        return [pieces[first : first + a_page] for first in range(0, len(pieces), a_page)]

    def corners(self) -> list[QPointF]:
        """Where pieces lie on a page, in millimetres: in the middle of it, without gaps, so that one cut parts two."""
        left = (self.page.width() - self.columns * self.size.width()) / 2
        top = (self.page.height() - self.rows * self.size.height()) / 2
        return [
            QPointF(left + column * self.size.width(), top + row * self.size.height())
            for row in range(self.rows)
            for column in range(self.columns)
        ]


def write_pdf(form: Form, pieces: Sequence[Piece], *, title: str, tell: Tell = lambda _done, _whole: None) -> bytes:
    """All pieces as a PDF of vectors."""
    made = QByteArray()
    buffer = QBuffer(made)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(title)
    writer.setCreator("FIT Monitor")
    writer.setResolution(_DPI)
    _paint(writer, form, pieces, tell)
    buffer.close()
    return bytes(made.data())


def print_at(name: str, form: Form, pieces: Sequence[Piece], *, title: str, tell: Tell) -> None:
    """Print at a printer of this PC. Raises PrinterAway."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setPrinterName(name)
    printer.setDocName(title)
    printer.setFullPage(True)
    if not printer.isValid():
        raise PrinterAway("This printer is not there.")
    _paint(printer, form, pieces, tell)


def _paint(device: QPagedPaintDevice, form: Form, pieces: Sequence[Piece], tell: Tell) -> None:
    device.setPageSize(QPageSize(form.page, QPageSize.Unit.Millimeter, "", QPageSize.SizeMatchPolicy.ExactMatch))
    device.setPageMargins(QMarginsF(0, 0, 0, 0))
    painter = QPainter()
    if not painter.begin(device):
        raise PrinterAway("The printer does not take anything.")
    try:
        scale = device.logicalDpiX() / _MM_AN_INCH / UNIT
        painter.scale(scale, scale)
        pages = form.pages_of(pieces)
        for number, page in enumerate(pages):
            tell(number, len(pages))
            if number:
                device.newPage()
            paint_page(painter, form, page)
        tell(len(pages), len(pages))
    finally:
        painter.end()


def paint_page(painter: QPainter, form: Form, pieces: Sequence[Piece]) -> None:
    """One page. Its lengths are tenths of a millimetre."""
    box = QRectF(QPointF(0, 0), form.size * UNIT)
    for corner, piece in zip(form.corners(), pieces, strict=False):
        painter.save()
        painter.translate(corner * UNIT)
        painter.setClipRect(box)
        piece.paint(painter, box)
        painter.restore()
    if form.on_a4:
        _paint_marks(painter, form)


def _paint_marks(painter: QPainter, form: Form) -> None:
    """Short lines at the edges of the sheet that say where to cut."""
    painter.setPen(QPen(QColor(LIGHT.edge), 1))
    first, size = form.corners()[0] * UNIT, form.size * UNIT
    right, bottom = first.x() + form.columns * size.width(), first.y() + form.rows * size.height()
    mark = _MARK * UNIT
    for column in range(form.columns + 1):
        x = first.x() + column * size.width()
        painter.drawLine(QPointF(x, first.y() - mark), QPointF(x, first.y() - UNIT))
        painter.drawLine(QPointF(x, bottom + UNIT), QPointF(x, bottom + mark))
    for row in range(form.rows + 1):
        y = first.y() + row * size.height()
        painter.drawLine(QPointF(first.x() - mark, y), QPointF(first.x() - UNIT, y))
        painter.drawLine(QPointF(right + UNIT, y), QPointF(right + mark, y))
