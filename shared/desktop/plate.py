"""The plate: our one sign. A disc with a ring, as on a barbell, with a silhouette of its own for each verdict.

Kiosk and desk draw it with this one function, at 300 pixels or at 21. Colour, silhouette and mark each tell the
verdict alone; no two verdicts share a silhouette (a test compares them as pure shapes).
"""

from enum import StrEnum
from functools import cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPainterPathStroker, QPen, QPolygonF

from shared.desktop.tokens import VerdictColours

RING = 1.28  # radius of the ring, in plate radii
_RING_WIDTH = 0.086
_RING_REST = 0.27  # opacity of the part that has run out
_FULL_CIRCLE = 16 * 360


class Sign(StrEnum):
    """What the plate says. The door opens for all but STOP; CARE is "not recorded"."""

    TICK = "tick"
    TICK_NOTE = "tick_note"
    TICKS = "ticks"
    STOP = "stop"
    CARE = "care"


def paint_plate(painter: QPainter, sign: Sign, centre: QPointF, radius: float, colours: VerdictColours) -> None:
    """Draw the sign around ``centre``. ``radius`` is the disc's, without the ring."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(centre)
    painter.scale(radius, radius)
    painter.fillPath(silhouette(sign), QColor(colours.on))
    if sign is Sign.TICK_NOTE:
        _paint_bubble(painter, colours)
    painter.fillPath(_cut_out(sign), QColor(colours.deep if sign is Sign.TICK_NOTE else colours.fill))
    painter.restore()


def paint_ring(painter: QPainter, centre: QPointF, radius: float, colour: str, *, left: float) -> None:
    """The time a verdict still stays, ``left`` from 1 to 0, running out clockwise from the top."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    box = QRectF(-RING, -RING, 2 * RING, 2 * RING)
    painter.translate(centre)
    painter.scale(radius, radius)
    rest = QColor(colour)
    rest.setAlphaF(_RING_REST)
    painter.setPen(_ring_pen(rest))
    painter.drawEllipse(box)
    painter.setPen(_ring_pen(QColor(colour)))
    if left > 0:
        painter.drawArc(box, 16 * 90, round(_FULL_CIRCLE * min(left, 1.0)))
    painter.restore()


def _ring_pen(colour: QColor) -> QPen:
    return QPen(colour, _RING_WIDTH, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)


@cache
def silhouette(sign: Sign) -> QPainterPath:
    """The sign's shape at radius 1, as it is told apart from far away."""
    match sign:
        case Sign.TICKS:
            return _disc(1.0).subtracted(_disc(0.88)).united(_stroke(_TICKS, 0.15))
        case Sign.STOP:
            return _octagon()
        case Sign.CARE:
            return _triangle()
        case Sign.TICK_NOTE:
            return _disc(1.0)
        case Sign.TICK:
            return _disc(1.0)


_TICK = ((-0.44, 0.03), (-0.15, 0.33), (0.43, -0.30))
_TICKS = ((-0.50, 0.03), (-0.25, 0.27), (0.18, -0.20)), ((-0.05, 0.16), (0.06, 0.27), (0.50, -0.20))
_BUBBLE = QRectF(0.32, 0.24, 0.88, 0.78)


@cache
def _cut_out(sign: Sign) -> QPainterPath:
    """What is drawn on the silhouette in the colour behind it."""
    match sign:
        case Sign.TICK | Sign.TICK_NOTE:
            path = _stroke((_TICK,), 0.2)
            return path.united(_exclamation(QPointF(0.76, 0.63), 0.30)) if sign is Sign.TICK_NOTE else path
        case Sign.STOP:
            path = QPainterPath()
            path.addRoundedRect(QRectF(-0.52, -0.13, 1.04, 0.26), 0.07, 0.07)
            return path
        case Sign.CARE:
            return _exclamation(QPointF(0.0, 0.20), 0.62)
        case Sign.TICKS:
            return QPainterPath()


def _disc(radius: float) -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QPointF(0, 0), radius, radius)
    return path


def _stroke(lines: tuple[tuple[tuple[float, float], ...], ...], width: float) -> QPainterPath:
    path = QPainterPath()
    for line in lines:
        path.addPolygon(QPolygonF([QPointF(*point) for point in line]))
    return _outlined(path, width)


def _outlined(path: QPainterPath, width: float) -> QPainterPath:
    stroker = QPainterPathStroker()
    stroker.setWidth(width)
    stroker.setCurveThreshold(0.01)
    stroker.setCapStyle(Qt.PenCapStyle.RoundCap)
    stroker.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    shape = stroker.createStroke(path)
    shape.setFillRule(Qt.FillRule.WindingFill)
    return shape.simplified()


def _octagon() -> QPainterPath:
    flat, far = 0.80, 0.30
    corners = [
        (-far, -flat),
        (far, -flat),
        (flat, -far),
        (flat, far),
        (far, flat),
        (-far, flat),
        (-flat, far),
        (-flat, -far),
    ]
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(*corner) for corner in corners]))
    path.closeSubpath()
    return path.united(_outlined(path, 0.32))


def _triangle() -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(0, -0.82), QPointF(0.86, 0.70), QPointF(-0.86, 0.70)]))
    path.closeSubpath()
    return path.united(_outlined(path, 0.30))


def _exclamation(centre: QPointF, height: float) -> QPainterPath:
    width = height * 0.24
    path = QPainterPath()
    path.addRoundedRect(
        QRectF(centre.x() - width / 2, centre.y() - height * 0.62, width, height * 0.68), width / 2, width / 2
    )
    path.addEllipse(QPointF(centre.x(), centre.y() + height * 0.37), width * 0.6, width * 0.6)
    return path


def _bubble() -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(_BUBBLE, 0.2, 0.2)
    tail = QPainterPath()
    tail.addPolygon(QPolygonF([QPointF(0.5, 0.95), QPointF(0.82, 0.95), QPointF(0.5, 1.24)]))
    tail.closeSubpath()
    return path.united(tail)


def _paint_bubble(painter: QPainter, colours: VerdictColours) -> None:
    bubble = _bubble()
    painter.fillPath(bubble.united(_outlined(bubble, 0.13)), QColor(colours.deep))
    painter.fillPath(bubble, QColor(colours.on))
