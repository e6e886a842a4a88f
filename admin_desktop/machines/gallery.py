"""Machines as picture cards: four a row, fewer where it is narrow. Arrows move, Enter or a click opens, a drop gives a picture."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPainterPath,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from admin_desktop.machines.reading import beside_chip, status_chip
from admin_desktop.pictures.reading import source_of
from admin_desktop.pictures.well import paint_empty, paint_picture, paint_progress
from admin_desktop.shell.words import Words
from admin_desktop.widgets.chips import paint_chip
from admin_desktop.widgets.look import palette
from shared.contracts.machines import MachineView
from shared.desktop.fonts import font
from shared.desktop.tokens import DESK, DESK_TYPE

Index = QModelIndex | QPersistentModelIndex
ASPECT = 3 / 2
_MACHINE = Qt.ItemDataRole.UserRole
_COLUMNS, _NARROWEST = 4, 232
_WORDS, _PAD = 124, 16.0
_SLACK = 4  # Qt begins a new row when the cards fill it to the last pixel


class GalleryModel(QAbstractListModel):
    """The machines that are shown."""

    def __init__(self, said: Callable[[MachineView], str], parent: QObject) -> None:
        super().__init__(parent)
        self._said = said
        self.machines: list[MachineView] = []

    def show(self, machines: Sequence[MachineView]) -> None:
        self.beginResetModel()
        self.machines = list(machines)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        return 0 if parent is not None and parent.isValid() else len(self.machines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        machine = self.machines[index.row()]
        if role == _MACHINE:
            return machine
        return (
            self._said(machine) if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole) else None
        )


class Gallery(QListView):
    """``dropped`` carries a machine and a ``Source``; ``may_change`` whether pictures are taken at all."""

    opened = Signal(object)
    dropped = Signal(object, object)

    def __init__(
        self,
        words: Words,
        *,
        picture: Callable[[MachineView], QImage | None],
        percent: Callable[[UUID], int | None],
        today: Callable[[], date],
        may_change: bool,
    ) -> None:
        super().__init__()
        self._may_change = may_change
        self.setAccessibleName(words("machines.room"))
        self.shown = GalleryModel(lambda machine: _said(machine, words, today()), self)
        self.setModel(self.shown)
        self.setItemDelegate(_CardDelegate(self, words, picture, percent, today, may_change=may_change))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setProperty("role", "bare")
        self.setFrameShape(QListView.Shape.NoFrame)
        self.viewport().setProperty("role", "bare")
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setAcceptDrops(may_change)
        self.clicked.connect(lambda index: self.opened.emit(index.data(_MACHINE)))
        self._over: MachineView | None = None

    @property
    def card(self) -> QSize:
        """A card with the gap at its right and below it."""
        wide = max(1, self.viewport().width() - _SLACK)
        columns = max(1, min(_COLUMNS, wide // _NARROWEST))
        width = wide // columns
        return QSize(width, round((width - DESK.gap) / ASPECT) + _WORDS + DESK.gap)

    @property
    def over(self) -> MachineView | None:
        """The machine that something is being held over."""
        return self._over

    @property
    def current(self) -> MachineView | None:
        index = self.currentIndex()
        return index.data(_MACHINE) if index.isValid() else None

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        self.setGridSize(self.card)
        super().resizeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current is not None:
            self.opened.emit(self.current)
        elif event.matches(QKeySequence.StandardKey.Paste):
            event.ignore()  # the room's
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        if source_of(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: N802 - Qt's name
        index = self.indexAt(event.position().toPoint())
        self._hold_over(index.data(_MACHINE) if index.isValid() else None)
        event.setAccepted(index.isValid())

    def dragLeaveEvent(self, event: object) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        self._hold_over(None)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        index, source = self.indexAt(event.position().toPoint()), source_of(event.mimeData())
        self._hold_over(None)
        if index.isValid() and source is not None and self._may_change:
            event.acceptProposedAction()
            self.dropped.emit(index.data(_MACHINE), source)

    def _hold_over(self, machine: MachineView | None) -> None:
        self._over = machine
        self.viewport().update()


class _CardDelegate(QStyledItemDelegate):
    def __init__(
        self,
        gallery: Gallery,
        words: Words,
        picture: Callable[[MachineView], QImage | None],
        percent: Callable[[UUID], int | None],
        today: Callable[[], date],
        *,
        may_change: bool,
    ) -> None:
        super().__init__(gallery)
        self._gallery, self._words, self._today = gallery, words, today
        self._picture, self._percent, self._may_change = picture, percent, may_change

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002, N802 - Qt's name
        return self._gallery.card

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        machine: MachineView = index.data(_MACHINE)
        look, box = palette(), QRectF(option.rect).adjusted(2, 2, 2 - DESK.gap, 2 - DESK.gap)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected) and self._gallery.hasFocus()
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(box, DESK.radius_card, DESK.radius_card)
        painter.fillPath(shape, QColor(look.surface))
        picture = QRectF(box.left(), box.top(), box.width(), box.width() / ASPECT)
        painter.setClipPath(shape)
        self._paint_picture(painter, machine, picture)
        painter.setClipping(False)
        edge = look.focus if chosen else look.edge if hovered else look.line
        painter.setPen(QPen(QColor(edge), 2 if chosen else 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(shape)
        self._paint_words(painter, machine, box.adjusted(_PAD, picture.height() + 12, -_PAD, 0))
        painter.restore()

    def _paint_picture(self, painter: QPainter, machine: MachineView, box: QRectF) -> None:
        image, over = self._picture(machine), self._gallery.over is machine
        if image is not None:
            paint_picture(painter, box, image)
        if image is None or over:
            ask = self._may_change and (machine.picture is None or over)
            paint_empty(painter, box, self._words, ask=ask, over=over)
        percent = self._percent(machine.id)
        if percent is not None:
            paint_progress(painter, box, self._words, percent)

    def _paint_words(self, painter: QPainter, machine: MachineView, box: QRectF) -> None:
        look, today = palette(), self._today()
        name = font(size=DESK_TYPE.card_title[0] - 2, weight=600)
        second = font(size=DESK_TYPE.second[0], weight=400)
        row = QRectF(box.left(), box.top(), box.width(), 22)
        _line(painter, machine.name, row, name, look.text)
        _line(painter, machine.category, row.translated(0, 22), second, look.muted)
        chip = status_chip(machine, self._words, today=today)
        middle = QPointF(box.left(), box.top() + 62)
        paint_chip(painter, chip, middle)
        _line(painter, beside_chip(machine, self._words, today=today), row.translated(0, 78), second, look.muted)


def _line(painter: QPainter, text: str, box: QRectF, face: Any, colour: str) -> None:
    painter.setFont(face)
    painter.setPen(QColor(colour))
    shown = QFontMetricsF(face).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)


def _said(machine: MachineView, words: Words, today: date) -> str:
    """The whole card for a screen reader."""
    chip, beside = status_chip(machine, words, today=today), beside_chip(machine, words, today=today)
    return ", ".join(filter(None, (machine.name, machine.category, chip.text, beside)))
