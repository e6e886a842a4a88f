"""The plate: our one sign. A disc with a ring, as on a barbell, with a silhouette of its own for each verdict.

Kiosk and desk draw it with this one function, at 300 pixels or at 21. Colour, silhouette and mark each tell the
verdict alone; no two verdicts share a silhouette (a test compares them as pure shapes).
"""

from dataclasses import dataclass
from enum import Enum, StrEnum

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from shared.desktop.icons import parse
from shared.desktop.tokens import VerdictColours

RING = 1.28  # radius of the ring, in plate radii
_RING_WIDTH = 0.086
_RING_REST = 0.27  # opacity of the part that has run out
_FULL_CIRCLE = 16 * 360
_RADIUS = 100.0  # of the disc, in the drawings below; the centre is 0 0


class Sign(StrEnum):
    """What the plate says. CARE is "not recorded"; only STOP means that the door stays shut for certain."""

    TICK = "tick"
    TICK_NOTE = "tick_note"
    TICKS = "ticks"
    STOP = "stop"
    CARE = "care"


class _Ink(Enum):
    ON = "on"
    BEHIND = "fill"
    RIM = "deep"


@dataclass(frozen=True, slots=True)
class _Step:
    """One drawing in one colour, filled or as a line. A filled shape with a line grows by it and gets round corners."""

    ink: _Ink
    drawing: str
    line: float = 0.0
    filled: bool = False


_DISC = _Step(_Ink.ON, "O 0 0 100", filled=True)
_TICK = _Step(_Ink.BEHIND, "M -44 3 L -15 33 L 43 -30", 20)
_BUBBLE = "M 52 26 L 100 26 C 114 26 118 30 118 44 L 118 82 C 118 96 114 100 100 100 L 78 100 L 51 122 L 52 100 C 38 100 34 96 34 82 L 34 44 C 34 30 38 26 52 26 Z"
_SIGNS: dict[Sign, tuple[_Step, ...]] = {
    Sign.TICK: (_DISC, _TICK),
    Sign.TICK_NOTE: (
        _DISC,
        _TICK,
        _Step(_Ink.RIM, _BUBBLE, 14, filled=True),
        _Step(_Ink.ON, _BUBBLE, filled=True),
        _Step(_Ink.BEHIND, "M 76 45 L 76 63", 9),
        _Step(_Ink.BEHIND, "D 76 80", 11),
    ),
    Sign.TICKS: (
        _Step(_Ink.ON, "O 0 0 94", 12),
        _Step(_Ink.ON, "M -48 3 L -24 27 L 16 -19 M -3 18 L 6 27 L 49 -19", 13),
    ),
    Sign.STOP: (
        _Step(_Ink.ON, "M -30 -80 L 30 -80 L 80 -30 L 80 30 L 30 80 L -30 80 L -80 30 L -80 -30 Z", 32, filled=True),
        _Step(_Ink.BEHIND, "R -52 -13 104 26 7", filled=True),
    ),
    Sign.CARE: (
        _Step(_Ink.ON, "M 0 -78 L 74 56 L -74 56 Z", 30, filled=True),
        _Step(_Ink.BEHIND, "M 0 -28 L 0 16", 15),
        _Step(_Ink.BEHIND, "D 0 46", 18),
    ),
}


def paint_plate(painter: QPainter, sign: Sign, centre: QPointF, radius: float, colours: VerdictColours) -> None:
    """Draw the sign around ``centre``. ``radius`` is the disc's, without the ring."""
    inks = {_Ink.ON: colours.on, _Ink.BEHIND: colours.fill, _Ink.RIM: colours.deep}
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(centre)
    painter.scale(radius / _RADIUS, radius / _RADIUS)
    for step in _SIGNS[sign]:
        colour = QColor(inks[step.ink])
        painter.setPen(_pen(colour, step.line) if step.line else Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(colour) if step.filled else Qt.BrushStyle.NoBrush)
        painter.drawPath(parse(step.drawing))
    painter.restore()


def paint_ring(painter: QPainter, centre: QPointF, radius: float, colour: str, *, left: float) -> None:
    """The time a verdict still stays, ``left`` from 1 to 0, running out clockwise from the top."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    reach = radius * RING
    box = QRectF(centre.x() - reach, centre.y() - reach, 2 * reach, 2 * reach)
    rest = QColor(colour)
    rest.setAlphaF(_RING_REST)
    painter.setPen(_pen(rest, radius * _RING_WIDTH))
    painter.drawEllipse(box)
    painter.setPen(_pen(QColor(colour), radius * _RING_WIDTH))
    if left > 0:
        painter.drawArc(box, 16 * 90, round(_FULL_CIRCLE * min(left, 1.0)))
    painter.restore()


def _pen(colour: QColor, width: float) -> QPen:
    return QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
