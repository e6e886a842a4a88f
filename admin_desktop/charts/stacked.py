"""Bars that stand side by side, each stacked of parts: such as revenue by month and plan."""

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from admin_desktop.charts.paper import CENTRE, Paper, width_of
from admin_desktop.charts.picture import Spot
from shared.desktop.tokens import DESK_TYPE

_LEGEND, _TOP, _FOOT, _LEAST = 26.0, 24.0, 24.0, 110
_DOT, _GAP, _PART_GAP = 11.0, 8.0, 1.5
_WIDEST, _SHARE = 64.0, 0.74


@dataclass(frozen=True, slots=True)
class Part:
    """``value`` may be negative, when more was given back than taken: it has no height then."""

    value: float
    key: object
    said: str


@dataclass(frozen=True, slots=True)
class Bar:
    """``top`` is its number, ``parts`` stand in it from the bottom, as many as the legend has names."""

    label: str
    top: str
    key: object
    said: str
    parts: tuple[Part, ...]
    strong: bool = False

    @property
    def value(self) -> float:
        return sum(max(0.0, part.value) for part in self.parts)


@dataclass(frozen=True, slots=True)
class StackedBars:
    """As many names in ``legend`` as there are colours, at most."""

    legend: tuple[str, ...]
    bars: tuple[Bar, ...]

    @property
    def is_empty(self) -> bool:
        return not any(bar.value for bar in self.bars)

    @property
    def height(self) -> int:
        return round(_LEGEND + _TOP + _FOOT) + _LEAST

    def paint(self, paper: Paper, box: QRectF) -> None:
        self._paint_legend(paper, box)
        stage = _stage(box)
        paper.line(stage.bottomLeft(), stage.bottomRight(), paper.look.line)
        said = self._said_places(stage)
        for place, bar in enumerate(self.bars):
            column = self._column(stage, place)
            for colour, part in zip(paper.look.chart.series, self._parts(column, bar), strict=False):
                if part.height() > 0:
                    paper.block(part, colour, radius=min(3.0, part.height() / 2))
            if place in said:
                self._paint_words(paper, stage, column, bar)

    def spots(self, box: QRectF) -> list[Spot]:
        """A whole bar, and below it in order its parts from the top."""
        stage, found = _stage(box), []
        for place, bar in enumerate(self.bars):
            column = self._column(stage, place)
            parts = self._parts(column, bar)
            top = min((part.top() for part in parts), default=stage.bottom())
            whole = QRectF(column.left() - 2, top - _TOP, column.width() + 4, stage.bottom() - top + _TOP + 2)
            found.append(Spot(whole, 0, place, bar.key, bar.said))
            seen = [(part, each) for part, each in zip(parts, bar.parts, strict=True) if part.height() > 0]
            for row, (part, each) in enumerate(reversed(seen), start=1):
                found.append(Spot(part, row, place, each.key, each.said))
        return found

    def _paint_legend(self, paper: Paper, box: QRectF) -> None:
        left, room = box.left(), box.width() / max(1, len(self.legend))
        for colour, name in zip(paper.look.chart.series, self.legend, strict=False):
            middle = box.top() + _LEGEND / 2 - 2
            paper.block(QRectF(left, middle - _DOT / 2, _DOT, _DOT), colour, radius=3)
            width = min(width_of(name, DESK_TYPE.second), room - _DOT - 2 * _GAP)
            words = QRectF(left + _DOT + _GAP * 0.75, box.top(), width + 1, _LEGEND - 4)
            paper.text(words, name, DESK_TYPE.second, paper.look.muted, elide=True)
            left = words.right() + 2 * _GAP

    def _paint_words(self, paper: Paper, stage: QRectF, column: QRectF, bar: Bar) -> None:
        wide = QRectF(0, 0, self._room(stage), _TOP)
        top = min((part.top() for part in self._parts(column, bar)), default=stage.bottom())
        wide.moveCenter(QPointF(column.center().x(), top - _TOP / 2))
        paper.text(wide, bar.top, DESK_TYPE.name, paper.look.text, side=CENTRE)
        wide.moveCenter(QPointF(column.center().x(), stage.bottom() + _FOOT / 2 + 1))
        style = (DESK_TYPE.hint[0], 700 if bar.strong else DESK_TYPE.hint[1])
        paper.text(wide, bar.label, style, paper.look.text if bar.strong else paper.look.muted, side=CENTRE)

    def _slot(self, stage: QRectF) -> float:
        return stage.width() / max(1, len(self.bars))

    def _column(self, stage: QRectF, place: int) -> QRectF:
        slot = self._slot(stage)
        width = min(_WIDEST, slot * _SHARE)
        return QRectF(stage.left() + slot * (place + 0.5) - width / 2, stage.top(), width, stage.height())

    def _parts(self, column: QRectF, bar: Bar) -> list[QRectF]:
        highest = max((each.value for each in self.bars), default=0.0) or 1.0
        bottom, boxes = column.bottom(), []
        for part in bar.parts:
            height = max(0.0, part.value) / highest * column.height()
            gap = min(_PART_GAP, height / 2)
            boxes.append(QRectF(column.left(), bottom - height, column.width(), max(0.0, height - gap)))
            bottom -= height
        return boxes

    def _every(self, stage: QRectF) -> int:
        """Words stand at each so many bars, so that no two touch."""
        widest = max(
            (
                max(width_of(bar.top, DESK_TYPE.name), width_of(bar.label, (DESK_TYPE.hint[0], 700)))
                for bar in self.bars
            ),
            default=0.0,
        )
        return max(1, math.ceil((widest + 4) / max(1.0, self._slot(stage))))

    def _room(self, stage: QRectF) -> float:
        return self._slot(stage) * self._every(stage)

    def _said_places(self, stage: QRectF) -> set[int]:
        """The last bar is always among them."""
        return set(range(len(self.bars) - 1, -1, -self._every(stage)))


def _stage(box: QRectF) -> QRectF:
    return box.adjusted(0, _LEGEND + _TOP, 0, -_FOOT)
