"""The left edge: the rooms that the role may enter, and who is at the desk."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from admin_desktop.desk import Me
from admin_desktop.shell.rooms import RoomSpec
from admin_desktop.shell.words import Words
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.chips import Chip, ChipLabel, Tone
from admin_desktop.widgets.labels import IconLabel, label
from shared.desktop.drawings import Icon
from shared.desktop.tokens import DESK


@dataclass(frozen=True, slots=True)
class Acts:
    """What the person at the desk can do about being there."""

    lock: Callable[[], object]
    set_pin: Callable[[], object]
    sign_out: Callable[[], None]


class Navigation(QFrame):
    """Only rooms that the role may enter."""

    def __init__(
        self,
        words: Words,
        me: Me,
        rooms: Sequence[RoomSpec],
        open_room: Callable[[str], object],
        acts: Acts,
    ) -> None:
        super().__init__()
        self._words = words
        self.setProperty("role", "nav")
        self.buttons: dict[str, QPushButton] = {}
        self._texts: list[tuple[QPushButton, str]] = []
        self._wide_only: list[QWidget] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 16, 12, 12)
        column.setSpacing(2)
        head = QHBoxLayout()
        head.addWidget(IconLabel(Icon.MARK, size=26, colour="accent"))
        name = label(words("app.name"), "card")
        head.addWidget(name, 1)
        self._wide_only.append(name)
        column.addLayout(head)
        group = ""
        for room in rooms:
            if room.group != group:
                group = room.group
                heading = label(words(f"group.{group}"), "head")
                heading.setContentsMargins(10, 12, 0, 2)
                column.addWidget(heading)
                self._wide_only.append(heading)
            press = button(words(room.words), kind="nav", icon=room.icon)
            press.setCheckable(True)
            press.setToolTip(words(room.words))
            press.clicked.connect(lambda _=False, name=room.name: open_room(name))
            self.buttons[room.name] = press
            self._texts.append((press, press.text()))
            column.addWidget(press)
        column.addStretch(1)
        column.addWidget(self._person(words, me, acts))
        self.set_narrow(False)

    def _person(self, words: Words, me: Me, acts: Acts) -> QWidget:
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        self.name = label("", "name")
        self.role = ChipLabel(Chip("", Tone.INFO, Icon.STAFF))
        column.addWidget(self.name)
        column.addWidget(self.role)
        self._wide_only += [self.name, self.role]
        for text, icon, press in (
            (words("lock.do"), Icon.LOCK, acts.lock),
            (words("pin.do"), Icon.KEY, acts.set_pin),
            (words("do.sign_out"), Icon.LEAVE, acts.sign_out),
        ):
            made = button(text, kind="nav", icon=icon)
            made.setToolTip(text)
            made.clicked.connect(lambda _=False, press=press: press())
            self._texts.append((made, made.text()))
            column.addWidget(made)
        self.show_person(me)
        return whole

    def show_person(self, me: Me) -> None:
        self.name.setText(me.person.name)
        self.role.show_chip(Chip(self._words(f"role.{me.role.value}"), Tone.INFO, Icon.STAFF))

    def show_open(self, name: str) -> None:
        for each, press in self.buttons.items():
            press.setChecked(each == name)

    def set_narrow(self, narrow: bool) -> None:  # noqa: FBT001 - one thing to say
        self.setFixedWidth(DESK.nav_narrow if narrow else DESK.nav)
        for each in self._wide_only:
            each.setVisible(not narrow)
        for press, text in self._texts:
            press.setText("" if narrow else text)
