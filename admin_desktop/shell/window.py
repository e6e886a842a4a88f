"""The window: navigation at the left, the top line, the offline banner, and the room that is open."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QTimer
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from admin_desktop.desk import Desk, Me
from admin_desktop.shell.asking import Asking, Contact
from admin_desktop.shell.context import Context, Sites
from admin_desktop.shell.palette import Offer, Palette
from admin_desktop.shell.rooms import Room, RoomSpec
from admin_desktop.shell.words import Words
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.chips import Chip, ChipLabel, Tone
from admin_desktop.widgets.labels import IconLabel, label
from admin_desktop.widgets.picker import Picker
from admin_desktop.widgets.toast import Toasts
from shared.desktop.drawings import Icon
from shared.desktop.tokens import DESK
from shared.domain.time import Clock

_NARROW_BELOW = 1240
_SHORTCUTS = 9


class Frame(QWidget):
    """Everything that a signed-in person sees. Rooms are made when they are first entered."""

    def __init__(
        self,
        *,
        desk: Desk,
        ask: Asking,
        words: Words,
        me: Me,
        sites: Sites,
        clock: Clock,
        rooms: Sequence[RoomSpec],
        sign_out: Callable[[], None],
    ) -> None:
        super().__init__()
        self.rooms = [room for room in rooms if me.may(room.operation)]
        self._made: dict[str, Room] = {}
        self._words = words
        self._ask = ask
        self._clock = clock
        self._sign_out = sign_out
        self.stage = QStackedWidget()
        self.toasts = Toasts(self.stage)
        self.context = Context(
            desk=desk, ask=ask, words=words, me=me, sites=sites, clock=clock, stage=self, toasts=self.toasts, go=self.go
        )
        self.banner = _Banner(words, self._try_now)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        self.top = _TopLine(self.context, self.open_palette)
        right.addWidget(self.top)
        right.addWidget(self.banner)
        right.addWidget(self.stage, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.navigation = _Navigation(words, me, self.rooms, self.open, sign_out)
        row.addWidget(self.navigation)
        row.addLayout(right, 1)
        ask.contact_changed.connect(self._show_contact)
        ask.failed.connect(self._show_failure)
        sites.changed.connect(self._enter_again)
        self._bind_keys()
        self.open(self.rooms[0].name)

    @property
    def room(self) -> Room:
        """The one on the screen."""
        current = self.stage.currentWidget()
        assert isinstance(current, Room)  # noqa: S101  # nothing else is put there
        return current

    def open(self, name: str) -> Room:
        """Enter a room by its name."""
        if name not in self._made:
            spec = next(room for room in self.rooms if room.name == name)
            self._made[name] = spec.make(self.context)
            self.stage.addWidget(self._made[name])
        room = self._made[name]
        self.stage.setCurrentWidget(room)
        self.navigation.show_open(name)
        room.entered()
        return room

    def go(self, name: str, thing: object) -> None:
        """Enter a room at one of its things."""
        if any(room.name == name for room in self.rooms):
            self.open(name).go_to(thing)

    def open_palette(self) -> Palette:
        """One field for everything."""
        words = self._words
        offers = [
            Offer(words(room.words), words("palette.room"), room.icon, lambda name=room.name: self._visit(name))  # type: ignore[misc]
            for room in self.rooms
        ]
        offers.append(Offer(words("palette.new"), "Ctrl+N", Icon.PLUS, self._make_new))
        offers.append(Offer(words("do.sign_out"), "", Icon.LEAVE, self._sign_out))
        return Palette(self.context, offers)

    def _visit(self, name: str) -> None:
        self.open(name)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        self.navigation.set_narrow(self.width() < _NARROW_BELOW)
        super().resizeEvent(event)

    def _bind_keys(self) -> None:
        for number, room in enumerate(self.rooms[:_SHORTCUTS], start=1):
            QShortcut(QKeySequence(f"Alt+{number}"), self, lambda name=room.name: self.open(name))
        QShortcut(QKeySequence("Ctrl+Z"), self, self.toasts.undo_last)
        QShortcut(QKeySequence("Ctrl+K"), self, self.open_palette)
        QShortcut(QKeySequence("Ctrl+N"), self, self._make_new)
        QShortcut(QKeySequence("F5"), self, self._enter_again)
        QShortcut(QKeySequence("F3"), self, lambda: self.go("members", None))

    def _enter_again(self) -> None:
        self.room.entered()

    def _try_now(self) -> None:
        self._ask(self.context.desk.me, lambda _: self._enter_again(), failed=lambda _: None)

    def _show_failure(self, error: Exception) -> None:
        self.context.show_failure(error)

    def _make_new(self) -> None:
        self.room.make_new()

    def _show_contact(self, contact: Contact) -> None:
        self.top.show_contact(contact)
        self.banner.show_contact(contact, self.context)


class _Navigation(QFrame):
    """Only rooms that the role may enter."""

    def __init__(
        self,
        words: Words,
        me: Me,
        rooms: Sequence[RoomSpec],
        open_room: Callable[[str], object],
        sign_out: Callable[[], None],
    ) -> None:
        super().__init__()
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
        column.addWidget(self._person(words, me, sign_out))
        self.set_narrow(False)

    def _person(self, words: Words, me: Me, sign_out: Callable[[], None]) -> QWidget:
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        name = label(me.person.name, "name")
        role = ChipLabel(Chip(words(f"role.{me.role.value}"), Tone.INFO, Icon.STAFF))
        leave = button(words("do.sign_out"), kind="nav", icon=Icon.LEAVE)
        leave.clicked.connect(lambda _=False: sign_out())
        self._texts.append((leave, leave.text()))
        for part in (name, role, leave):
            column.addWidget(part)
        self._wide_only += [name, role]
        return whole

    def show_open(self, name: str) -> None:
        for each, press in self.buttons.items():
            press.setChecked(each == name)

    def set_narrow(self, narrow: bool) -> None:  # noqa: FBT001 - one thing to say
        self.setFixedWidth(DESK.nav_narrow if narrow else DESK.nav)
        for each in self._wide_only:
            each.setVisible(not narrow)
        for press, text in self._texts:
            press.setText("" if narrow else text)


class _TopLine(QFrame):
    """The site at hand, and whether the cloud answers."""

    def __init__(self, context: Context, find: Callable[[], object]) -> None:
        super().__init__()
        self.setProperty("role", "top")
        self.setFixedHeight(DESK.top)
        words, sites = context.words, context.sites
        row = QHBoxLayout(self)
        row.setContentsMargins(DESK.margin, 0, DESK.margin, 0)
        self.search = button(words("top.find"), kind="plain", icon=Icon.SEARCH)
        self.search.clicked.connect(lambda _=False: find())
        self.undo = button("", kind="quiet", icon=Icon.UNDO, name=words("do.undo"))
        self.undo.setEnabled(False)
        self.undo.clicked.connect(lambda _=False: context.toasts.undo_last())
        context.toasts.undo_changed.connect(self._show_undo)
        self.site = Picker()
        self.site.setAccessibleName(words("top.site"))
        self.site.addItems([site.name for site in sites.all])
        self.site.setCurrentIndex(sites.all.index(sites.current))
        self.site.setSizeAdjustPolicy(Picker.SizeAdjustPolicy.AdjustToContents)
        self.site.activated.connect(lambda place: sites.choose(sites.all[place].id))
        row.addWidget(self.site)
        row.addStretch(1)
        row.addWidget(self.search)
        row.addWidget(self.undo)
        self._words = words
        self.contact = ChipLabel(Chip(words("top.online"), Tone.GOOD, Icon.CLOUD))
        row.addWidget(self.contact)

    def _show_undo(self, what: str) -> None:
        self.undo.setEnabled(bool(what))
        self.undo.setToolTip(f"{self._words('do.undo')}: {what}" if what else self._words("do.undo"))

    def show_contact(self, contact: Contact) -> None:
        if contact.online:
            self.contact.show_chip(Chip(self._words("top.online"), Tone.GOOD, Icon.CLOUD))
        else:
            self.contact.show_chip(Chip(self._words("top.offline"), Tone.CARE, Icon.CLOUD_OFF))


class _Banner(QFrame):
    """Said while the cloud does not answer: since when, how old the page is, what waits. Tries again by itself."""

    _EVERY_MS = 10_000

    def __init__(self, words: Words, try_now: Callable[[], None]) -> None:
        super().__init__()
        self.setProperty("role", "banner")
        row = QHBoxLayout(self)
        row.setContentsMargins(DESK.margin, 8, DESK.margin, 8)
        row.addWidget(IconLabel(Icon.CLOUD_OFF, size=20, colour="notice"))
        self.text = label("", wrap=True)
        row.addWidget(self.text, 1)
        press = button(words("banner.try"))
        press.clicked.connect(lambda _=False: try_now())
        row.addWidget(press)
        self._words = words
        self._timer = QTimer(self, interval=self._EVERY_MS)
        self._timer.timeout.connect(try_now)
        self.hide()

    def show_contact(self, contact: Contact, context: Context) -> None:
        self.setVisible(not contact.online)
        if contact.online:
            self._timer.stop()
            return
        now, zone = context.clock.now(), context.sites.zone
        loaded = contact.loaded_at or contact.since
        self.text.setText(
            self._words(
                "banner.offline",
                since=self._words.moment(contact.since, zone=zone, now=now),
                loaded=self._words.moment(loaded, zone=zone, now=now),
            )
        )
        self._timer.start()
