"""A receipt or a till's slip as rows, and those rows as a PDF of vectors. Qt's painter works on any thread here."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMarginsF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPageSize, QPainter, QPdfWriter

from shared.desktop import tokens
from shared.desktop.fonts import font

_DPI, _MARGIN_MM = 144, 14.0
_PX_MM = _DPI / 25.4
_SIZES = {"title": (30.0, 700), "strong": (20.0, 600), "plain": (20.0, 400), "quiet": (17.0, 400)}


@dataclass(frozen=True, slots=True)
class PrintRow:
    """A text, one at the right of it, and how it looks: ``title``, ``strong``, ``plain``, ``quiet`` or ``rule``."""

    left: str
    right: str = ""
    look: str = "plain"


RULE = PrintRow("", look="rule")


def write_pdf(path: Path, title: str, rows: Sequence[PrintRow]) -> None:
    """Write one page of A5. Blocks: not for the GUI thread.

    Raises:
        OSError: the file cannot be written.
    """
    writer = QPdfWriter(str(path))
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A5))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    writer.setResolution(_DPI)
    writer.setTitle(title)
    writer.setCreator("FIT Monitor")
    painter = QPainter()
    if not painter.begin(writer):
        message = f"{path.name} cannot be written there."
        raise OSError(message)
    margin = _MARGIN_MM * _PX_MM
    at, width = margin, writer.width() - 2 * margin
    for row in rows:
        at += _paint(painter, row, QRectF(margin, at, width, writer.height() - at - margin))
    painter.end()


def _paint(painter: QPainter, row: PrintRow, box: QRectF) -> float:
    """Paint a row at the top of ``box``; its height."""
    painter.setPen(QColor(tokens.BLACK))
    if row.look == "rule":
        painter.drawLine(box.left(), box.top() + 8, box.right(), box.top() + 8)  # type: ignore[call-overload]
        return 18.0
    size, weight = _SIZES[row.look]
    face = font(size=size, weight=weight, tabular=True)
    painter.setFont(face)
    measure = QFontMetricsF(face)
    wide = measure.horizontalAdvance(row.right) + 16 if row.right else 0.0
    words = QRectF(box)
    words.setWidth(box.width() - wide)
    wrap = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
    taken = measure.boundingRect(words, int(wrap), row.left)
    painter.drawText(words, int(wrap), row.left)
    painter.drawText(box, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop), row.right)
    return max(taken.height(), measure.height()) + size * 0.35
