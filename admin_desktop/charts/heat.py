"""A grid whose cells are the darker the more there was: such as visits by weekday and hour."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from admin_desktop.charts.paper import CENTRE, RIGHT, Paper, width_of
from admin_desktop.charts.picture import Spot
from shared.desktop.tokens import DESK_TYPE

_GAP, _FOOT, _SCALE, _ROW, _WIDE = 4.0, 22.0, 26.0, 20, 14.0
_NUMBER = (DESK_TYPE.head[0], 700)
_STEPS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


@dataclass(frozen=True, slots=True)
class HeatCell:
    """``text`` is its number, written where the cell is dark and wide enough."""

    value: float
    text: str
    key: object
    said: str


@dataclass(frozen=True, slots=True)
class HeatMap:
    """``columns`` may be empty texts, where no room is to be taken. ``fewer`` and ``more`` are the ends of the scale."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[HeatCell, ...], ...]
    fewer: str
    more: str

    @property
    def is_empty(self) -> bool:
        return not any(cell.value for row in self.cells for cell in row)

    @property
    def height(self) -> int:
        return round(len(self.rows) * _ROW + _FOOT + _SCALE)

    def paint(self, paper: Paper, box: QRectF) -> None:
        self._paint_heads(paper, box)
        hottest = max(cell.value for row in self.cells for cell in row)
        for row, cells in enumerate(self.cells):
            for column, cell in enumerate(cells):
                self._paint_cell(paper, self._cell(box, row, column), cell, cell.value / hottest)
        self._paint_scale(paper, box)

    def spots(self, box: QRectF) -> list[Spot]:
        return [
            Spot(self._cell(box, row, column), row, column, cell.key, cell.said)
            for row, cells in enumerate(self.cells)
            for column, cell in enumerate(cells)
        ]

    def _paint_cell(self, paper: Paper, box: QRectF, cell: HeatCell, share: float) -> None:
        paper.block(box, paper.heat(share), radius=5)
        room = box.adjusted(1, 0, -1, 0)
        if share >= paper.look.chart.readable and width_of(cell.text, _NUMBER) <= room.width():
            paper.text(room, cell.text, _NUMBER, paper.look.chart.on_hot, side=CENTRE)

    def _paint_heads(self, paper: Paper, box: QRectF) -> None:
        for row, name in enumerate(self.rows):
            line = self._cell(box, row, 0)
            words = QRectF(box.left(), line.top(), self._left, line.height())
            paper.text(words, name, DESK_TYPE.second, paper.look.text)
        for column, name in enumerate(self.columns):
            under = self._cell(box, len(self.rows) - 1, column)
            room = QRectF(0, 0, max(under.width() + _GAP, _WIDE + 6), _FOOT)
            room.moveCenter(QPointF(under.center().x(), under.bottom() + _FOOT / 2 + 2))
            if name:
                paper.text(room, name, DESK_TYPE.hint, paper.look.muted, side=CENTRE)

    def _paint_scale(self, paper: Paper, box: QRectF) -> None:
        line = QRectF(box.left(), box.bottom() - _SCALE + 6, box.width(), _SCALE - 6)
        width = width_of(self.fewer, DESK_TYPE.hint) + 2
        paper.text(QRectF(line.left(), line.top(), width, line.height()), self.fewer, DESK_TYPE.hint, paper.look.muted)
        left = line.left() + width + 8
        for share in _STEPS:
            paper.block(QRectF(left, line.center().y() - 6, 24, 12), paper.heat(share), radius=3)
            left += 27
        width = width_of(self.more, DESK_TYPE.hint) + 2
        words = QRectF(left + 5, line.top(), width, line.height())
        paper.text(words, self.more, DESK_TYPE.hint, paper.look.muted)

    @property
    def _left(self) -> float:
        return max(width_of(name, DESK_TYPE.second) for name in self.rows) + 1

    def _cell(self, box: QRectF, row: int, column: int) -> QRectF:
        left = box.left() + self._left + 12
        width = (box.right() - left + _GAP) / len(self.columns)
        height = (box.height() - _FOOT - _SCALE + _GAP) / len(self.rows)
        return QRectF(left + column * width, box.top() + row * height, width - _GAP, height - _GAP)


@dataclass(frozen=True, slots=True)
class Cohort:
    """Who began together, how many, and how many of them stayed: one cell a period that has passed."""

    label: str
    size: str
    cells: tuple[HeatCell, ...]


@dataclass(frozen=True, slots=True)
class CohortTriangle:
    """Shares (0 to 1) that get the fewer the farther to the right; each says its number."""

    cohorts: tuple[Cohort, ...]
    columns: tuple[str, ...]
    first: str
    second: str

    @property
    def is_empty(self) -> bool:
        return not self.cohorts

    @property
    def height(self) -> int:
        return round((len(self.cohorts) + 1) * (_ROW + _GAP))

    def paint(self, paper: Paper, box: QRectF) -> None:
        self._paint_heads(paper, box)
        for row, cohort in enumerate(self.cohorts):
            line = self._cell(box, row, 0)
            name, size = self._left_boxes(box, line)
            paper.text(name, cohort.label, DESK_TYPE.second, paper.look.text)
            paper.text(size, cohort.size, DESK_TYPE.second, paper.look.muted, side=RIGHT)
            for column, cell in enumerate(cohort.cells):
                there = self._cell(box, row, column)
                paper.block(there, paper.heat(cell.value * paper.look.chart.quiet), radius=4)
                if width_of(cell.text, DESK_TYPE.head) <= there.width():
                    paper.text(there, cell.text, DESK_TYPE.head, paper.look.text, side=CENTRE)

    def spots(self, box: QRectF) -> list[Spot]:
        return [
            Spot(self._cell(box, row, column), row, column, cell.key, cell.said)
            for row, cohort in enumerate(self.cohorts)
            for column, cell in enumerate(cohort.cells)
        ]

    def _paint_heads(self, paper: Paper, box: QRectF) -> None:
        head = self._cell(box, -1, 0)
        name, size = self._left_boxes(box, head)
        paper.text(name, self.first, DESK_TYPE.hint, paper.look.muted)
        paper.text(size, self.second, DESK_TYPE.hint, paper.look.muted, side=RIGHT)
        for column, text in enumerate(self.columns):
            there = self._cell(box, -1, column)
            if width_of(text, DESK_TYPE.hint) <= there.width():
                paper.text(there, text, DESK_TYPE.hint, paper.look.muted, side=CENTRE)

    def _left_boxes(self, box: QRectF, line: QRectF) -> tuple[QRectF, QRectF]:
        names, sizes = self._lefts
        name = QRectF(box.left(), line.top(), names, line.height())
        return name, QRectF(name.right() + 10, line.top(), sizes, line.height())

    @property
    def _lefts(self) -> tuple[float, float]:
        names = [width_of(each.label, DESK_TYPE.second) for each in self.cohorts] + [
            width_of(self.first, DESK_TYPE.hint)
        ]
        sizes = [width_of(each.size, DESK_TYPE.second) for each in self.cohorts] + [
            width_of(self.second, DESK_TYPE.hint)
        ]
        return max(names) + 1, max(sizes) + 1

    def _cell(self, box: QRectF, row: int, column: int) -> QRectF:
        """Row -1 is that of the headings."""
        left = box.left() + sum(self._lefts) + 22
        width = (box.right() - left + _GAP) / max(1, len(self.columns))
        height = min(30.0, (box.height() + _GAP) / (len(self.cohorts) + 1))
        return QRectF(left + column * width, box.top() + (row + 1) * height, width - _GAP, height - _GAP)
