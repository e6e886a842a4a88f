"""A QR code as lines of a drawing: sharp at any size, on paper and on the screen."""

from functools import lru_cache

import segno
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath

from shared.desktop.tokens import BLACK, WHITE

QUIET = 4
"""Modules of white around it: readers want them."""
_OVERLAP = 0.02  # of a module: no hairlines between the rows


def paint_code(painter: QPainter, box: QRectF, text: str) -> None:
    """Fill a square box with the code, black on white, its quiet zone inside."""
    side, path = _drawing(text)
    painter.save()
    painter.fillRect(box, QColor(WHITE))
    painter.translate(box.topLeft())
    painter.scale(box.width() / side, box.height() / side)
    painter.fillPath(path, QColor(BLACK))
    painter.restore()


@lru_cache(maxsize=16)
def _drawing(text: str) -> tuple[int, QPainterPath]:
    """Modules of a side with the quiet zone, and the dark ones as runs."""
    rows = [bytes(row) for row in segno.make_qr(text, error="m", boost_error=False).matrix]
    path = QPainterPath()
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            end = x
            while end < len(row) and row[end]:
                end += 1
            if end > x:
                path.addRect(x + QUIET, y + QUIET, end - x, 1 + _OVERLAP)
            x = end + 1
    return len(rows) + 2 * QUIET, path
