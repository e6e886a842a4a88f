"""What charts are painted on: a painter, the colours of the day, and a note of every text that was written."""

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from shared.desktop.colours import mix
from shared.desktop.fonts import font
from shared.desktop.tokens import Palette

LEFT, CENTRE, RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignHCenter, Qt.AlignmentFlag.AlignRight
Style = tuple[int, int]
"""Pixels and weight, as the tokens have them."""


@dataclass(frozen=True, slots=True)
class Written:
    """A text and the box that it had; ``width`` is what it takes."""

    text: str
    box: QRectF
    width: float

    @property
    def is_cut(self) -> bool:
        return self.width > self.box.width() + 0.5


@lru_cache(maxsize=1024)
def width_of(text: str, style: Style) -> float:
    """Of a text with figures of one width, in pixels."""
    return QFontMetricsF(font(size=style[0], weight=style[1], tabular=True)).horizontalAdvance(text)


class Paper:
    """``written`` is for whoever wants to know what a chart says."""

    def __init__(self, painter: QPainter, look: Palette) -> None:
        self.look = look
        self.written: list[Written] = []
        self._painter = painter
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def block(self, box: QRectF, colour: str, *, radius: float = 4) -> None:
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(QColor(colour))
        self._painter.drawRoundedRect(box, radius, radius)

    def ring(self, box: QRectF, *, radius: float = 5) -> None:
        """Around what is chosen; it can be seen on every colour of a chart."""
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.setPen(QPen(QColor(self.look.surface), 4))
        self._painter.drawRoundedRect(box.adjusted(-1, -1, 1, 1), radius, radius)
        self._painter.setPen(QPen(QColor(self.look.text), 2))
        self._painter.drawRoundedRect(box.adjusted(-1, -1, 1, 1), radius, radius)

    def line(self, start: QPointF, end: QPointF, colour: str) -> None:
        self._painter.setPen(QPen(QColor(colour), 1))
        self._painter.drawLine(start, end)

    def text(
        self, box: QRectF, text: str, style: Style, colour: str, *, side: Qt.AlignmentFlag = LEFT, elide: bool = False
    ) -> None:
        """One line in the middle of the box's height. ``elide`` is for names that people gave."""
        face = font(size=style[0], weight=style[1], tabular=True)
        measure = QFontMetricsF(face)
        shown = measure.elidedText(text, Qt.TextElideMode.ElideRight, box.width()) if elide else text
        self.written.append(Written(text, QRectF(box), measure.horizontalAdvance(shown)))
        self._painter.setFont(face)
        self._painter.setPen(QColor(colour))
        flags = int(Qt.AlignmentFlag.AlignVCenter | side) | int(Qt.TextFlag.TextDontClip)
        self._painter.drawText(box, flags, shown)

    def heat(self, share: float) -> str:
        """The colour of a cell, ``share`` (0 to 1) of the hottest."""
        return mix(self.look.chart.cold, self.look.chart.hot, share)
