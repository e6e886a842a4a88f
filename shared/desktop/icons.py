"""Paints the icons of ``shared.desktop.drawings`` in one colour. No icon font, no emoji, no flags."""

import re
from collections.abc import Callable
from functools import cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPainterPathStroker, QTransform

from shared.desktop.drawings import GRID, OFF_ICONS, SLASH, Icon

_FINE = 16.0  # outlines are computed this much larger: Qt flattens curves by absolute distances
_TOKEN = re.compile(r"[A-Z]|-?\d+(?:\.\d+)?")
_SLASH_GAP = 2.6  # strokes that an "off" icon leaves free around its slash
_STROKE = 2.0
_THIN_FROM_PX, _THIN = 60.0, 1.7
_SMALL_TO_PX, _SMALL = 16.0, 2.4
_MARK = 2.6


def paint_icon(painter: QPainter, icon: Icon, box: QRectF, colour: str) -> None:
    """Fill ``box`` (square) with the icon in one colour."""
    painter.save()
    painter.translate(box.topLeft())
    painter.scale(box.width() / GRID / _FINE, box.height() / GRID / _FINE)
    painter.fillPath(outline(icon, _MARK if icon is Icon.MARK else stroke_for(box.width())), QColor(colour))
    painter.restore()


def stroke_for(size_px: float) -> float:
    """Stroke width on the grid: thinner on large icons, thicker on tiny ones."""
    if size_px > _THIN_FROM_PX:
        return _THIN
    return _SMALL if size_px < _SMALL_TO_PX else _STROKE


@cache
def outline(icon: Icon, stroke: float) -> QPainterPath:
    """The icon's strokes as a filled shape, ``_FINE`` times the 24 grid."""
    shape = _stroked(icon.value, stroke)
    if icon not in OFF_ICONS:
        return shape
    return shape.subtracted(_stroked(SLASH, stroke * _SLASH_GAP)).united(_stroked(SLASH, stroke))


def _stroked(drawing: str, width: float) -> QPainterPath:
    stroker = QPainterPathStroker()
    stroker.setWidth(width * _FINE)
    stroker.setCapStyle(Qt.PenCapStyle.RoundCap)
    stroker.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    shape = stroker.createStroke(QTransform.fromScale(_FINE, _FINE).map(parse(drawing)))
    shape.setFillRule(Qt.FillRule.WindingFill)
    return shape


def parse(drawing: str) -> QPainterPath:
    """Read a drawing. Raises ValueError for an unknown command or missing numbers."""
    path = QPainterPath()
    tokens = _TOKEN.findall(drawing)
    while tokens:
        command = tokens.pop(0)
        if command not in _COMMANDS:
            raise ValueError(f"Unknown drawing command {command!r} in {drawing!r}")
        count, draw = _COMMANDS[command]
        numbers, tokens = [float(token) for token in tokens[:count]], tokens[count:]
        if len(numbers) != count:
            raise ValueError(f"{command} wants {count} numbers in {drawing!r}")
        draw(path, numbers)
    return path


def _arc(path: QPainterPath, n: list[float]) -> None:
    box = QRectF(n[0] - n[2], n[1] - n[2], 2 * n[2], 2 * n[2])
    path.arcMoveTo(box, n[3])
    path.arcTo(box, n[3], n[4])


def _dot(path: QPainterPath, n: list[float]) -> None:
    path.moveTo(n[0], n[1])
    path.lineTo(n[0] + 0.01, n[1])


_COMMANDS: dict[str, tuple[int, Callable[[QPainterPath, list[float]], None]]] = {
    "M": (2, lambda path, n: path.moveTo(n[0], n[1])),
    "L": (2, lambda path, n: path.lineTo(n[0], n[1])),
    "C": (6, lambda path, n: path.cubicTo(n[0], n[1], n[2], n[3], n[4], n[5])),
    "Z": (0, lambda path, _: path.closeSubpath()),
    "O": (3, lambda path, n: path.addEllipse(QPointF(n[0], n[1]), n[2], n[2])),
    "R": (5, lambda path, n: path.addRoundedRect(QRectF(n[0], n[1], n[2], n[3]), n[4], n[4])),
    "A": (5, _arc),
    "D": (2, _dot),
}
