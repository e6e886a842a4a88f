"""A chart on the screen: the pointer and the arrow keys choose a spot of it, Enter or a click opens the rows behind."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from admin_desktop.charts.paper import CENTRE, Paper
from admin_desktop.charts.picture import Picture, Spot
from admin_desktop.widgets.look import palette
from shared.desktop.tokens import DESK_TYPE

_STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
_EDGE = 3.0
"""Left free around the picture, for the ring."""


class ChartView(QWidget):
    """``opened`` is told the key of a spot. ``nothing`` is said instead of a picture of nothing."""

    opened = Signal(object)

    def __init__(self, name: str, *, nothing: str) -> None:
        super().__init__()
        self._name, self._nothing = name, nothing
        self._picture: Picture | None = None
        self._chosen: object = None
        self._spots: list[Spot] | None = None
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def picture(self) -> Picture | None:
        return self._picture

    @property
    def spots(self) -> list[Spot]:
        """Where what is on this widget."""
        if self._spots is None:
            shown = self._picture
            self._spots = [] if shown is None or shown.is_empty else shown.spots(self._box())
        return self._spots

    @property
    def chosen(self) -> Spot | None:
        """The spot that Enter opens."""
        return next((spot for spot in self.spots if spot.key == self._chosen), None)

    def show_picture(self, picture: Picture) -> None:
        """Show another one. What was chosen stays so where it still is, else what lies at its place is."""
        before = self.chosen
        self._picture, self._spots = picture, None
        if before is not None and self.chosen is None:
            same = [spot for spot in self.spots if (spot.row, spot.column) == (before.row, before.column)]
            self._chosen = same[0].key if same else None
        self.setMinimumHeight(picture.height + round(2 * _EDGE))
        self._tell()
        self.update()

    def choose(self, key: object) -> None:
        self._chosen = key
        self._tell()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(240, 120 if self._picture is None else self._picture.height + round(2 * _EDGE))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        self._spots = None
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        painter = QPainter(self)
        self.paint_on(Paper(painter, palette()))
        painter.end()

    def paint_on(self, paper: Paper) -> None:
        if self._picture is None or self._picture.is_empty:
            if self._picture is not None:
                paper.text(self._box(), self._nothing, DESK_TYPE.second, paper.look.muted, side=CENTRE)
            if self.hasFocus():
                paper.ring(self._box())
            return
        self._picture.paint(paper, self._box())
        if self.hasFocus() and (spot := self.chosen) is not None:
            paper.ring(spot.box)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        key, spot = Qt.Key(event.key()), self._take_first()
        if key in _ENTER and not event.modifiers() and spot is not None:
            self.opened.emit(spot.key)
        elif key in _STEPS and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self._go(*_STEPS[key])
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        self._take_first()
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusOutEvent(event)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        spot = self._spot_at(event.position())
        if spot is not None and event.button() is Qt.MouseButton.LeftButton:
            self.choose(spot.key)
            self.opened.emit(spot.key)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        over = self._spot_at(event.position()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            spot = self._spot_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), "" if spot is None else spot.said, self)
            return True
        return super().event(event)

    def _take_first(self) -> Spot | None:
        """Keys begin somewhere."""
        if self.chosen is None and self.spots:
            self.choose(self.spots[0].key)
        return self.chosen

    def _box(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)

    def _spot_at(self, place: QPointF) -> Spot | None:
        """The smallest one there: a part before its bar."""
        there = [spot for spot in self.spots if spot.box.contains(place)]
        return min(there, key=lambda spot: spot.box.width() * spot.box.height(), default=None)

    def _go(self, down: int, right: int) -> None:
        """To the nearest spot in that direction; none beyond the edge."""
        here = self.chosen
        if here is None:
            return
        ahead = [spot for spot in self.spots if (spot.row - here.row) * down + (spot.column - here.column) * right > 0]
        if right:
            ahead = [spot for spot in ahead if spot.row == here.row] or ahead
        if ahead:
            nearest = min(ahead, key=lambda spot: _far(here, spot, sideways=bool(right)))
            self.choose(nearest.key)

    def _tell(self) -> None:
        """A screen reader says the chart, and what is chosen in it."""
        spot = self.chosen
        self.setAccessibleDescription(self._nothing if not self.spots else "" if spot is None else spot.said)


def _far(one: Spot, other: Spot, *, sideways: bool) -> tuple[int, int]:
    down, right = abs(one.row - other.row), abs(one.column - other.column)
    return (right, down) if sideways else (right * 100 + down, 0)
