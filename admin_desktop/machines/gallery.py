"""Machines as picture cards: four a row, fewer where it is narrow. Arrows move, Enter or a click opens, a drop gives a picture."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QKeyEvent, QKeySequence, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from admin_desktop.machines.picture_cards import ASPECT, WORDS_HEIGHT, CardPainter, Standing
from admin_desktop.pictures.reading import source_of
from shared.contracts.machines import MachineView
from shared.desktop.tokens import DESK

Index = QModelIndex | QPersistentModelIndex
_MACHINE = Qt.ItemDataRole.UserRole
_COLUMNS, _NARROWEST = 4, 232
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
    """``dropped`` carries a machine and a ``Source``."""

    opened = Signal(object)
    dropped = Signal(object, object)

    def __init__(self, cards: CardPainter) -> None:
        super().__init__()
        self._may_change = cards.may_change
        self.setAccessibleName(cards.words("machines.room"))
        self.shown = GalleryModel(cards.said, self)
        self.setModel(self.shown)
        self.setItemDelegate(_CardDelegate(self, cards))
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
        self.setAcceptDrops(cards.may_change)
        self.clicked.connect(lambda index: self.opened.emit(index.data(_MACHINE)))
        self._over: MachineView | None = None

    @property
    def card(self) -> QSize:
        """A card with the gap at its right and below it."""
        wide = max(1, self.viewport().width() - _SLACK)
        columns = max(1, min(_COLUMNS, wide // _NARROWEST))
        width = wide // columns
        return QSize(width, round((width - DESK.gap) / ASPECT) + WORDS_HEIGHT + DESK.gap)

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
    def __init__(self, gallery: Gallery, cards: CardPainter) -> None:
        super().__init__(gallery)
        self._gallery, self._cards = gallery, cards

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002, N802 - Qt's name
        return self._gallery.card

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        machine: MachineView = index.data(_MACHINE)
        standing = Standing(
            chosen=bool(option.state & QStyle.StateFlag.State_Selected) and self._gallery.hasFocus(),
            hovered=bool(option.state & QStyle.StateFlag.State_MouseOver),
            over=self._gallery.over is machine,
        )
        self._cards.paint(painter, machine, QRectF(option.rect).adjusted(2, 2, 2 - DESK.gap, 2 - DESK.gap), standing)
