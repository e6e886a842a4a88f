"""The list of who is inside, for the meeting place: on the screen, on paper, as a PDF. Works on what was loaded last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import QMarginsF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPagedPaintDevice, QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

from admin_desktop.door.inside import Present
from shared.desktop.fonts import font
from shared.desktop.tokens import BLACK
from shared.errors import Rejected

_POINTS_AN_INCH = 72.0
_DPI = 288
_MARGIN_MM = 15.0
_HEAD, _LINE, _FOOT, _BOX, _COLUMNS, _GUTTER = 76.0, 21.0, 20.0, 11.0, 2, 24.0


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands on it, in the words of the desk. ``page`` has ``{n}`` and ``{of}``; times are of ``zone``."""

    title: str
    sentence: str
    by_hand: str
    page: str
    people: Sequence[Present]
    zone: ZoneInfo


def pages_of(people: Sequence[Present], lines: int) -> list[list[list[Present]]]:
    """Pages of columns of at most ``lines`` people, in their order down each column; one empty page for nobody."""
    a_page = lines * _COLUMNS
    pages = [people[first : first + a_page] for first in range(0, max(len(people), 1), a_page)]
    return [[list(page[first : first + lines]) for first in range(0, a_page, lines)] for page in pages]


def write_pdf(path: Path, paper: Paper) -> Path:
    """Write a PDF (A4). Blocks; any thread.

    Raises:
        Rejected: ``not_written``: the file cannot be written.
    """
    writer = QPdfWriter(str(path))
    writer.setResolution(_DPI)
    writer.setTitle(paper.title)
    _set_page(writer)
    _paint(writer, paper)
    return path


def print_paper(paper: Paper) -> str:
    """Print at once on the printer of this PC; returns its name. Blocks; any thread.

    Raises:
        Rejected: ``no_printer``; ``not_written``: it does not take the page.
    """
    chosen = QPrinterInfo.defaultPrinter()
    if chosen.isNull():
        raise Rejected("This PC has no printer.", code="no_printer")
    printer = QPrinter(chosen, QPrinter.PrinterMode.HighResolution)
    printer.setDocName(paper.title)
    _set_page(printer)
    _paint(printer, paper)
    return chosen.description() or chosen.printerName()


def _set_page(device: QPagedPaintDevice) -> None:
    margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    page = QPageSize(QPageSize.PageSizeId.A4)
    device.setPageLayout(QPageLayout(page, QPageLayout.Orientation.Portrait, margins, QPageLayout.Unit.Millimeter))


def _paint(device: QPagedPaintDevice, paper: Paper) -> None:
    painter = QPainter()
    if not painter.begin(device):
        raise Rejected("The page cannot be written there.", code="not_written")
    scale = device.logicalDpiX() / _POINTS_AN_INCH
    painter.scale(scale, scale)
    whole = QRectF(0, 0, device.width() / scale, device.height() / scale)
    lines = int((whole.height() - _HEAD - _FOOT) / _LINE)
    pages = pages_of(paper.people, lines)
    for number, columns in enumerate(pages, start=1):
        if number > 1:
            device.newPage()
        _paint_head(painter, paper, whole)
        _paint_foot(painter, paper.page.format(n=number, of=len(pages)), whole)
        width = (whole.width() - _GUTTER) / _COLUMNS
        for place, column in enumerate(columns):
            _paint_column(painter, column, paper, QPointF(place * (width + _GUTTER), _HEAD), width)
    if not painter.end():
        raise Rejected("The page cannot be written there.", code="not_written")


def _paint_head(painter: QPainter, paper: Paper, whole: QRectF) -> None:
    painter.setPen(QColor(BLACK))
    painter.setFont(font(size=20, weight=700))
    painter.drawText(QRectF(0, 0, whole.width(), 28), Qt.AlignmentFlag.AlignLeft, paper.title)
    painter.setFont(font(size=11, weight=400))
    flags = Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
    painter.drawText(QRectF(0, 32, whole.width(), 36), int(flags), paper.sentence)


def _paint_foot(painter: QPainter, text: str, whole: QRectF) -> None:
    painter.setFont(font(size=9, weight=400))
    box = QRectF(0, whole.height() - 14, whole.width(), 14)
    painter.drawText(box, Qt.AlignmentFlag.AlignRight, text)


def _paint_column(painter: QPainter, people: Sequence[Present], paper: Paper, corner: QPointF, width: float) -> None:
    """A box to tick, the name, since when."""
    for place, each in enumerate(people):
        top = corner.y() + place * _LINE
        painter.drawRect(QRectF(corner.x(), top + (_LINE - _BOX) / 2, _BOX, _BOX))
        text = QRectF(corner.x() + _BOX + 8, top, width - _BOX - 60, _LINE)
        painter.setFont(font(size=11, weight=600))
        shown = painter.fontMetrics().elidedText(_name(each, paper), Qt.TextElideMode.ElideRight, int(text.width()))
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.setFont(font(size=10, weight=400, tabular=True))
        since = QRectF(corner.x() + width - 48, top, 48, _LINE)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(since, int(flags), _time(each.since, paper.zone))


def _name(each: Present, paper: Paper) -> str:
    return f"{each.name} ({paper.by_hand})" if each.by_hand else each.name


def _time(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%H:%M}"
