"""One of some things, each in a row with a second line and a number at the right. Up and down go through them."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QSizePolicy, QVBoxLayout, QWidget

from admin_desktop.widgets.labels import bare
from admin_desktop.widgets.look import palette
from shared.desktop.fonts import font
from shared.desktop.tokens import DESK, DESK_TYPE

_PAD, _RING, _GAP = 16.0, 9.0, 14.0


@dataclass(frozen=True, slots=True)
class Choice:
    """What a row says."""

    title: str
    second: str
    right: str


class _Row(QAbstractButton):
    """One row. ``step`` is an arrow key: the list's business."""

    step = Signal(int)

    def __init__(self, choice: Choice) -> None:
        super().__init__()
        self.choice = choice
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(f"{choice.title}, {choice.right}")
        self.setAccessibleDescription(choice.second)
        self.setToolTip(choice.second)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(320, DESK.row)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.step.emit(step)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        look, painter, on = palette(), QPainter(self), self.isChecked()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = look.focus if self.hasFocus() else look.accent if on else look.edge
        painter.setPen(QPen(QColor(edge), 2 if on or self.hasFocus() else 1))
        painter.setBrush(QColor(look.accent_soft if on else look.surface if self.isEnabled() else look.sunken))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 10, 10)
        middle = self.height() / 2
        painter.setPen(QPen(QColor(look.accent if on else look.edge), 1.8))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QPointF(_PAD + _RING, middle), _RING, _RING)
        if on:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(look.accent))
            painter.drawEllipse(QPointF(_PAD + _RING, middle), _RING / 2, _RING / 2)
        self._paint_words(painter)
        painter.end()

    def _paint_words(self, painter: QPainter) -> None:
        look = palette()
        number = font(size=DESK_TYPE.name[0] + 1, weight=DESK_TYPE.name[1], tabular=True)
        wide = QFontMetricsF(number).horizontalAdvance(self.choice.right)
        box = QRectF(self.rect()).adjusted(_PAD + 2 * _RING + _GAP, 8, -_PAD, -8)
        painter.setFont(number)
        painter.setPen(QColor(look.text if self.isEnabled() else look.muted))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self.choice.right)
        box.setRight(box.right() - wide - _GAP)
        name = font(size=DESK_TYPE.name[0], weight=DESK_TYPE.name[1])
        painter.setFont(name)
        upper = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
        lower = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft
        painter.drawText(box, upper, _fitted(self.choice.title, name, box.width()))
        second = font(size=DESK_TYPE.second[0], weight=DESK_TYPE.second[1])
        painter.setFont(second)
        painter.setPen(QColor(look.muted))
        painter.drawText(box, lower, _fitted(self.choice.second, second, box.width()))


def _fitted(text: str, face: object, width: float) -> str:
    return QFontMetricsF(face).elidedText(text, Qt.TextElideMode.ElideRight, width)  # type: ignore[call-overload, no-any-return]


class ChoiceList(QWidget):
    """``chosen`` is told the place of the row that was chosen by hand."""

    chosen = Signal(int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        inner, whole = QWidget(), QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        self._scroll = bare(inner)
        whole.addWidget(self._scroll)
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 0, 8, 0)
        self._column.setSpacing(8)
        self._column.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.rows: list[_Row] = []
        self._group = QButtonGroup(self)

    @property
    def place(self) -> int | None:
        return next((place for place, row in enumerate(self.rows) if row.isChecked()), None)

    def show_choices(self, choices: Sequence[Choice], place: int | None = None) -> None:
        """Put other rows in; one of them may be chosen from the start."""
        had_focus = any(row.hasFocus() for row in self.rows)
        for row in self.rows:
            self._group.removeButton(row)
            row.hide()
            row.deleteLater()
        self.rows = [_Row(choice) for choice in choices]
        for each, row in enumerate(self.rows):
            self._group.addButton(row)
            self._column.addWidget(row)
            row.setChecked(each == place)
            row.show()  # now: Qt shows what joins a visible layout only with a later event, and focus wants it shown
            row.clicked.connect(lambda _=False, at=each: self.chosen.emit(at))
            row.step.connect(self._go)
        if had_focus:
            self.take_focus()

    def take_focus(self) -> None:
        if self.rows:
            self._show_row(self.place or 0)

    def _go(self, step: int) -> None:
        place = self.place
        wanted = 0 if place is None else min(max(0, place + step), len(self.rows) - 1)
        self._show_row(wanted)
        self.rows[wanted].click()

    def _show_row(self, place: int) -> None:
        self.rows[place].setFocus()
        self._scroll.ensureWidgetVisible(self.rows[place], 0, 8)
