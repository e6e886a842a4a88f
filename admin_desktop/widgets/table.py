"""The desk's table: a view of a :class:`PagedModel` with painted cells. Arrows move, Enter opens."""

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from admin_desktop.widgets.avatar import paint_avatar
from admin_desktop.widgets.chips import paint_chip
from admin_desktop.widgets.look import palette
from admin_desktop.widgets.pages import CELL_ROLE, ROW_ROLE, Cell, PagedModel
from admin_desktop.widgets.signs import paint_sign
from shared.desktop.fonts import font
from shared.desktop.tokens import DESK, DESK_TYPE

_PAD, _AVATAR, _BAR, _SIGN = 12.0, 34.0, 3.0, 22.0
_BARS, _BARS_WIDE, _BARS_STEP = 22.0, 8.0, 11.0


class CellDelegate(QStyledItemDelegate):
    """Paints a :class:`Cell`."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        cell: Cell = index.data(CELL_ROLE)
        look, box = palette(), QRectF(option.rect)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, QColor(look.accent_soft))
            if index.column() == 0:
                painter.fillRect(QRectF(box.left(), box.top(), _BAR, box.height()), QColor(look.accent))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, QColor(look.sunken))
        painter.setPen(QColor(look.line))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        _paint_cell(painter, cell, box.adjusted(_PAD, 0, -_PAD, 0))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Any) -> QSize:  # noqa: ARG002, N802 - Qt's name
        return QSize(40, DESK.row)


def _paint_cell(painter: QPainter, cell: Cell, box: QRectF) -> None:
    look = palette()
    if cell.avatar is not None:
        side = min(_AVATAR, box.height() - 8)
        paint_avatar(painter, QRectF(box.left(), box.center().y() - side / 2, side, side), cell.avatar, cell.photo)
        box = box.adjusted(side + 10, 0, 0, 0)
    if cell.sign is not None:
        paint_sign(painter, cell.sign, QRectF(box.left(), box.center().y() - _SIGN / 2, _SIGN, _SIGN))
        box = box.adjusted(_SIGN + 12, 0, 0, 0)
    if cell.chip is not None:
        paint_chip(painter, cell.chip, QPointF(box.left(), box.center().y()))
        box = box.adjusted(cell.chip.width + 8, 0, 0, 0)
    if cell.bars:
        _paint_bars(painter, cell, box)
        return
    first = font(
        size=DESK_TYPE.name[0],
        weight=DESK_TYPE.name[1] if cell.strong else DESK_TYPE.body[1],
        tabular=cell.right or cell.figures,
    )
    if not cell.second:
        _line(painter, cell.text, box, first, look.text, right=cell.right)
        return
    middle = box.center().y()
    upper, lower = QRectF(box), QRectF(box)
    upper.setBottom(middle + 1)
    upper.setTop(middle - 19)
    lower.setTop(middle + 1)
    lower.setBottom(middle + 19)
    _line(painter, cell.text, upper, first, look.text, right=cell.right)
    _line(painter, cell.second, lower, font(size=DESK_TYPE.second[0], weight=400), look.muted, right=cell.right)


def _paint_bars(painter: QPainter, cell: Cell, box: QRectF) -> None:
    look, highest = palette(), max(*cell.bars, 1)
    bottom, usual = box.center().y() + _BARS / 2, len(cell.bars) - cell.low_bars
    for place, value in enumerate(cell.bars):
        height = max(2.0, _BARS * value / highest)
        bar = QRectF(box.left() + place * _BARS_STEP, bottom - height, _BARS_WIDE, height)
        painter.fillRect(bar, QColor(look.accent if place < usual else look.notice))


def _line(painter: QPainter, text: str, box: QRectF, face: Any, colour: str, *, right: bool) -> None:
    painter.setFont(face)
    painter.setPen(QColor(colour))
    shown = QFontMetricsF(face).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | side, shown)


class Table(QTableView):
    """One row is chosen at a time: ``chosen`` follows the arrows, ``opened`` is Enter or a double click."""

    chosen = Signal(object)
    opened = Signal(object)
    order_wanted = Signal(str)
    """The head of a column was clicked: the server's name of its order."""

    def __init__(self, model: PagedModel[Any], *, name: str, row_height: int = DESK.row) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setModel(model)
        self.setItemDelegate(CellDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(row_height)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionsClickable(any(column.sort for column in model.columns))
        self.horizontalHeader().sectionClicked.connect(self._want_order)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.selectionModel().currentRowChanged.connect(self._tell_chosen)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.data(ROW_ROLE)))

    def paged(self) -> PagedModel[Any]:
        model = self.model()
        assert isinstance(model, PagedModel)  # noqa: S101  # it was given one
        return model

    def choose(self, place: int) -> None:
        """Choose a row by its place in the list; nothing beyond its ends."""
        if 0 <= place < self.paged().rowCount():
            self.setCurrentIndex(self.paged().index(place, 0))

    def _want_order(self, section: int) -> None:
        if (sort := self.paged().columns[section].sort) is not None:
            self.order_wanted.emit(sort)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex().data(ROW_ROLE))
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._share_width()

    def _share_width(self) -> None:
        columns, left = self.paged().columns, self.viewport().width()
        shares = sum(column.share for column in columns)
        spare = left - sum(column.floor for column in columns)
        for place, column in enumerate(columns[:-1]):
            width = column.floor + max(0, round(spare * column.share / shares))
            self.setColumnWidth(place, width)
            left -= width
        self.setColumnWidth(len(columns) - 1, max(columns[-1].floor, left))

    def _tell_chosen(self, index: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(index.data(ROW_ROLE))
