"""The card of one person: who it is, the acts, and what this person may do."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from admin_desktop.shell.changing import changing, let
from admin_desktop.shell.context import Context
from admin_desktop.staff.reading import may_change, role_chip, shown_name, state_chip
from admin_desktop.staff.roles import role_of
from admin_desktop.staff.table import RoleTable
from admin_desktop.widgets.avatar import Avatar
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.chips import ChipLabel
from admin_desktop.widgets.labels import bare, label, mail_that_wraps, rule
from shared.contracts.identity import Person
from shared.desktop.drawings import Icon
from shared.desktop.tokens import DESK

_ICONS = {
    "change": Icon.EDIT,
    "new_link": Icon.KEY,
    "sign_out": Icon.LEAVE,
    "disable": Icon.BLOCK,
    "remove": Icon.CLOSE,
}


class PersonCard(QFrame):
    """Shows one person; ``acts`` are the room's, by name."""

    def __init__(self, context: Context, acts: Mapping[str, Callable[[], None]]) -> None:
        super().__init__()
        self.setProperty("role", "panel")
        self.setFixedWidth(DESK.card)
        self._context = context
        self.person: Person | None = None
        self.table: RoleTable | None = None
        words = context.words
        column = QVBoxLayout(self)
        column.setContentsMargins(DESK.padding, DESK.padding, DESK.padding, DESK.padding)
        self._empty = label(words("staff.pick"), "muted", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self._empty)
        self._full = QWidget()
        inner = QVBoxLayout(self._full)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(12)
        inner.addLayout(self._head())
        self.buttons = {name: button(words(f"staff.{name}"), icon=_ICONS[name]) for name in acts}
        for press in self.buttons.values():
            changing(context, press, "person.change")
        inner.addLayout(_in_rows(self.buttons, acts))
        self.why_off = label("", "muted", wrap=True)
        inner.addWidget(self.why_off)
        inner.addWidget(rule())
        self.may = label("", "head", wrap=True)
        inner.addWidget(self.may)
        self._place = QVBoxLayout()
        self._place.setContentsMargins(0, 0, 8, 0)
        self._place.setAlignment(Qt.AlignmentFlag.AlignTop)
        holder = QWidget()
        holder.setLayout(self._place)
        inner.addWidget(bare(holder), 1)
        column.addWidget(self._full, 1)
        self.show_person(None)

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(14)
        self.avatar = Avatar(size=56)
        row.addWidget(self.avatar, 0, Qt.AlignmentFlag.AlignTop)
        texts = QVBoxLayout()
        texts.setSpacing(4)
        self.name, self.facts = label("", "card", wrap=True), label("", "muted", wrap=True)
        self._chips = QHBoxLayout()
        self._chips.setSpacing(6)
        texts.addWidget(self.name)
        texts.addWidget(self.facts)
        texts.addLayout(self._chips)
        row.addLayout(texts, 1)
        return row

    def show_person(self, person: Person | None) -> None:
        self.person = person
        self._empty.setVisible(person is None)
        self._full.setVisible(person is not None)
        if person is None:
            return
        words = self._context.words
        self.avatar.show_person(person.name)
        self.name.setText(shown_name(person, self._context))
        self.facts.setText("\n".join((mail_that_wraps(person.email), self._since(person))))
        self._show_chips(person)
        self._show_acts(person)
        self.may.setText(words("staff.may" if person.enabled else "staff.may_not_now", name=person.name))
        self._show_table(person)

    def _since(self, person: Person) -> str:
        words, zone = self._context.words, self._context.sites.zone
        today = self._context.clock.now().astimezone(zone).date()
        day = words.day(person.created_at.astimezone(zone).date(), today=today)
        return words("staff.since", day=day[:1].lower() + day[1:])

    def _show_chips(self, person: Person) -> None:
        _clear(self._chips)
        for chip in (role_chip(person, self._context.words), state_chip(person, self._context.words)):
            self._chips.addWidget(ChipLabel(chip))
        self._chips.addStretch(1)

    def _show_acts(self, person: Person) -> None:
        words, may = self._context.words, may_change(person, self._context)
        for press in self.buttons.values():
            let(press, on=may)
        self.buttons["disable"].setText(" " + words("staff.disable" if person.enabled else "staff.enable"))
        self.why_off.setText(words("staff.owners_only"))
        self.why_off.setVisible(not may)

    def _show_table(self, person: Person) -> None:
        _clear(self._place)
        groups = frozenset(person.groups) if role_of(person.groups) is not None else frozenset()
        self.table = RoleTable(self._context.words, [groups])
        self._place.addWidget(self.table)


def _in_rows(buttons: Mapping[str, QPushButton], acts: Mapping[str, Callable[[], None]]) -> QGridLayout:
    """Two in a row, of one width."""
    grid = QGridLayout()
    grid.setSpacing(8)
    for place, (name, press) in enumerate(buttons.items()):
        press.clicked.connect(lambda _=False, act=acts[name]: act())
        grid.addWidget(press, place // 2, place % 2)
    return grid


def _clear(layout: QVBoxLayout | QHBoxLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
