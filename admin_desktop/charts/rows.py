"""Bars that lie below one another, a name at the left and a number at the right: such as refusals by reason."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF

from admin_desktop.charts.paper import RIGHT, Paper, width_of
from admin_desktop.charts.picture import Spot
from shared.desktop.tokens import DESK_TYPE

_ROW, _BAR, _GAP = 30.0, 12.0, 12.0
_NAMES = 0.46
"""Names take no more of the width than this."""


@dataclass(frozen=True, slots=True)
class RowBar:
    """``text`` is its number. ``care`` is one that somebody should look at."""

    label: str
    value: float
    text: str
    key: object
    said: str
    care: bool = False


@dataclass(frozen=True, slots=True)
class RowBars:
    """``full`` is the value of a bar over the whole width; the longest one when None."""

    rows: tuple[RowBar, ...]
    full: float | None = None

    @property
    def is_empty(self) -> bool:
        return not self.rows

    @property
    def height(self) -> int:
        return round(len(self.rows) * _ROW)

    def paint(self, paper: Paper, box: QRectF) -> None:
        look, full = paper.look, self.full or max(row.value for row in self.rows) or 1.0
        names, numbers = self._widths(box)
        for place, row in enumerate(self.rows):
            line = _line(box, place)
            name = QRectF(line.left(), line.top(), names, line.height())
            number = QRectF(line.right() - numbers, line.top(), numbers, line.height())
            paper.text(name, row.label, DESK_TYPE.second, look.text, elide=True)
            paper.text(number, row.text, DESK_TYPE.name, look.notice if row.care else look.text, side=RIGHT)
            track = QRectF(name.right() + _GAP, line.center().y() - _BAR / 2, 0, _BAR)
            track.setRight(number.left() - _GAP)
            paper.block(track, look.sunken)
            track.setWidth(max(3.0, track.width() * min(1.0, row.value / full)) if row.value else 0.0)
            paper.block(track, look.notice if row.care else look.chart.series[1])

    def spots(self, box: QRectF) -> list[Spot]:
        return [
            Spot(_line(box, place).adjusted(0, 2, 0, -2), place, 0, row.key, row.said)
            for place, row in enumerate(self.rows)
        ]

    def _widths(self, box: QRectF) -> tuple[float, float]:
        names = max(width_of(row.label, DESK_TYPE.second) for row in self.rows) + 1
        numbers = max(width_of(row.text, DESK_TYPE.name) for row in self.rows) + 1
        return min(names, box.width() * _NAMES), numbers


def _line(box: QRectF, place: int) -> QRectF:
    return QRectF(box.left(), box.top() + place * _ROW, box.width(), _ROW)
