"""Choosing a member by typing: from the cloud, and while that is away from those whom this desk has seen."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from admin_desktop.shell.context import Context
from admin_desktop.widgets.forms import Field
from admin_desktop.widgets.search import SearchLine
from shared.contracts.gym import AttendanceView
from shared.contracts.occupancy import Inside
from shared.errors import InvalidInput

SHOWN = 6
_LINE = 32


@dataclass(frozen=True, slots=True)
class Who:
    """A member, or with ``member_id`` None only what staff typed."""

    member_id: UUID | None
    name: str
    number: str = ""


class KnownPeople:
    """Members whom this desk has seen since it was opened."""

    def __init__(self) -> None:
        self._people: dict[UUID, Who] = {}

    def learn(self, people: Iterable[Who]) -> None:
        self._people.update({who.member_id: who for who in people if who.member_id is not None and who.name})

    def find(self, text: str) -> list[Who]:
        """Those whose name has every word of ``text`` in it, or whose number it is."""
        words = text.casefold().split()
        found = [
            who
            for who in self._people.values()
            if words and (who.number == text or all(word in who.name.casefold() for word in words))
        ]
        return sorted(found, key=lambda who: who.name)[:SHOWN]


def people_of(events: Iterable[AttendanceView], inside: Iterable[Inside]) -> list[Who]:
    """Whom a picture of the door names."""
    came = [Who(e.member.id, e.member.name, e.member.number or "") for e in events if e.member is not None]
    here = [Who(each.member_id, each.name or "") for each in inside]
    return [*here, *came]


class MemberPicker(QWidget):
    """A line to type in, and those who match below it. Arrows choose, Enter or a click takes."""

    changed = Signal()

    def __init__(self, context: Context, known: KnownPeople) -> None:
        super().__init__()
        self._context, self._known = context, known
        self.who: Who | None = None
        self._shown: list[Who] = []
        self.line = SearchLine(context.words("members.search"), only_typed=True)
        self.line.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName(context.words("door.member"))
        self.list.hide()
        self.list.itemClicked.connect(lambda item: self._take(self.list.row(item)))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.line)
        column.addWidget(self.list)
        self.setFocusProxy(self.line)
        self.line.textEdited.connect(lambda _: self._typed())
        self.line.searched.connect(self._search)

    def take(self, who: Who) -> None:
        """Choose somebody."""
        self.who = who
        self.line.setText(f"{who.name}  ·  {who.number}" if who.number else who.name)
        self.list.hide()
        self.changed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if watched is self.line and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key(event)
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        """Arrows and Enter while the list is open; the rest is typing."""
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        if not self.list.isVisible():
            return False
        if event.key() in steps:
            last = self.list.count() - 1
            self.list.setCurrentRow(max(0, min(last, self.list.currentRow() + steps[Qt.Key(event.key())])))
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self._take(self.list.currentRow())
            return True
        return False

    def _typed(self) -> None:
        self.who = None
        self.changed.emit()

    def _search(self) -> None:
        text, staff = self.line.text().strip(), self._context.desk.staff
        if not text:
            self._show([], text)
            return
        if not self._context.ask.contact.online:
            self._show_known(text)
            return

        def work() -> list[Who]:
            found = staff.members(search=text, limit=SHOWN).items
            return [Who(each.id, f"{each.given_name} {each.family_name}".strip(), each.number or "") for each in found]

        def show(found: list[Who]) -> None:
            self._known.learn(found)
            self._show(found, text)

        self._context.ask(work, show, failed=lambda _: self._show_known(text), owner=self, lane="search")

    def _show_known(self, text: str) -> None:
        """Without the cloud: whom the desk has seen, and at last what was typed, to be cleared up later."""
        self._show([*self._known.find(text)[: SHOWN - 1], Who(None, text)], text)

    def _show(self, found: list[Who], text: str) -> None:
        words = self._context.words
        self._shown = found
        self.list.clear()
        for who in found:
            said = f"{who.name}  ·  {who.number}" if who.number else who.name
            self.list.addItem(said if who.member_id is not None else words("door.as_typed", name=who.name))
        if not found and text:
            nobody = QListWidgetItem(words("members.none.found", search=text))
            nobody.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(nobody)
        self.list.setFixedHeight(self.list.count() * _LINE + 4)
        self.list.setVisible(bool(text))
        self.list.setCurrentRow(0)

    def _take(self, place: int) -> None:
        if 0 <= place < len(self._shown):
            self.take(self._shown[place])


class MemberField(Field[Who]):
    """``who`` is chosen already when given."""

    def __init__(self, context: Context, known: KnownPeople, who: Who | None) -> None:
        self.picker = MemberPicker(context, known)
        self._pick = context.words("door.pick_member")
        super().__init__(context.words("door.member"), self.picker, self._read)
        if who is not None:
            self.picker.take(who)
        self.picker.changed.connect(self._edited)

    def _edited(self) -> None:
        self.complain("")
        self.changed.emit()

    def _read(self) -> Who:
        if self.picker.who is None:
            raise InvalidInput(self._pick)
        return self.picker.who
