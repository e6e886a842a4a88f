"""Ctrl+K: one field that finds people, rooms and what can be done. Arrows choose, Enter runs, Esc leaves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
)

from admin_desktop.shell.context import Context
from admin_desktop.widgets.labels import label
from admin_desktop.widgets.look import palette
from admin_desktop.widgets.search import SearchLine
from admin_desktop.widgets.sheet import Overlay
from shared.contracts.gym import MemberView
from shared.desktop.drawings import Icon
from shared.desktop.fonts import font
from shared.desktop.icons import paint_icon
from shared.desktop.tokens import DESK, DESK_TYPE

MOST = 7
_WIDTH, _ROW = 620, 48


@dataclass(frozen=True, slots=True)
class Offer:
    """Something to choose: what it is, a quieter word beside it, and what Enter does."""

    text: str
    second: str
    icon: Icon
    run: Callable[[], None]


class Palette(Overlay):
    """``commands`` are offered by their words; people come from the cloud."""

    def __init__(self, context: Context, commands: Sequence[Offer]) -> None:
        super().__init__(context.stage)
        self._context, self._commands = context, commands
        words = context.words
        self.frame = QFrame(self)
        self.frame.setProperty("role", "sheet")
        column = QVBoxLayout(self.frame)
        column.setContentsMargins(DESK.gap, DESK.gap, DESK.gap, DESK.gap)
        self.line = SearchLine(words("palette.hint"))
        self.line.installEventFilter(self)
        column.addWidget(self.line)
        self.list = QListWidget()
        self.list.setItemDelegate(_OfferDelegate(self.list))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setAccessibleName(words("palette.found"))
        self.list.itemClicked.connect(self._run)
        column.addWidget(self.list)
        self.nothing = label(words("palette.nothing"), "muted")
        column.addWidget(self.nothing)
        self.line.searched.connect(self._search)
        self.setAccessibleName(words("palette.hint"))
        self.frame.setFixedWidth(_WIDTH)
        self._show(self._commands_like(""))
        self.show()
        self.raise_()
        self.line.setFocus()

    @property
    def offers(self) -> list[Offer]:
        """What is offered now."""
        return [self.list.item(place).data(Qt.ItemDataRole.UserRole) for place in range(self.list.count())]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if watched is self.line and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            match event.key():
                case Qt.Key.Key_Down | Qt.Key.Key_Up:
                    self._step(1 if event.key() == Qt.Key.Key_Down else -1)
                    return True
                case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                    if (item := self.list.currentItem()) is not None:
                        self._run(item)
                    return True
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: object) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        self._place()

    def _search(self) -> None:
        """Commands at once, people when the cloud has answered; without it there are commands still."""
        text = self.line.text().strip()
        commands = self._commands_like(text)
        self._show(commands)
        if text:
            staff = self._context.desk.staff
            self._context.ask.quietly(
                lambda: staff.members(search=text, limit=MOST).items,
                lambda people: self._show([*map(self._person, people), *commands]),
                owner=self,
                lane="people",
            )

    def _commands_like(self, text: str) -> list[Offer]:
        wanted = text.casefold().split()
        return [offer for offer in self._commands if all(word in offer.text.casefold() for word in wanted)]

    def _person(self, member: MemberView) -> Offer:
        name = f"{member.given_name} {member.family_name}".strip()
        second = self._context.words("palette.member", number=member.number or "")
        return Offer(name, second, Icon.PERSON, lambda: self._context.go("members", member))

    def _show(self, offers: Sequence[Offer]) -> None:
        self.list.clear()
        for offer in offers[:MOST]:
            item = QListWidgetItem(offer.text)
            item.setData(Qt.ItemDataRole.UserRole, offer)
            item.setSizeHint(QSize(0, _ROW))
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.list.setFixedHeight(self.list.count() * _ROW)
        self.nothing.setVisible(self.list.count() == 0)
        self._place()

    def _step(self, by: int) -> None:
        if self.list.count():
            self.list.setCurrentRow((self.list.currentRow() + by) % self.list.count())

    def _run(self, item: QListWidgetItem) -> None:
        offer: Offer = item.data(Qt.ItemDataRole.UserRole)
        self.close_it()
        offer.run()

    def _place(self) -> None:
        self.frame.adjustSize()
        self.frame.move((self.width() - _WIDTH) // 2, self.height() // 6)


class _OfferDelegate(QStyledItemDelegate):
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: object) -> None:
        offer: Offer = index.data(Qt.ItemDataRole.UserRole)  # type: ignore[attr-defined]
        look, box = palette(), QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(look.accent_soft))
            painter.drawRoundedRect(box, DESK.radius_control, DESK.radius_control)
        paint_icon(painter, offer.icon, QRectF(box.left() + 12, box.center().y() - 10, 20, 20), look.muted)
        text = box.adjusted(44, 0, -12, 0)
        painter.setPen(QColor(look.text))
        painter.setFont(font(size=DESK_TYPE.name[0], weight=DESK_TYPE.name[1]))
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, offer.text)
        painter.setPen(QColor(look.muted))
        painter.setFont(font(size=DESK_TYPE.second[0], weight=DESK_TYPE.second[1]))
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, offer.second)
        painter.restore()
