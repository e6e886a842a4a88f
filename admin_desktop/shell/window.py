"""The window: navigation at the left, the top line, the offline banner, and the room that is open."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from admin_desktop.desk import Desk, Me
from admin_desktop.shell.asking import Asking, Contact
from admin_desktop.shell.context import Context, Sites
from admin_desktop.shell.idle import IdleWatch
from admin_desktop.shell.lock import LockedDesk
from admin_desktop.shell.navigation import Acts, Navigation
from admin_desktop.shell.palette import Offer, Palette
from admin_desktop.shell.pin import PinSheet
from admin_desktop.shell.rooms import Room, RoomSpec
from admin_desktop.shell.signed_out import SignedOut
from admin_desktop.shell.topline import Banner, TopLine
from admin_desktop.shell.who import Who
from admin_desktop.shell.words import Words
from admin_desktop.widgets.sheet import Overlay, is_covered
from admin_desktop.widgets.toast import Toasts
from shared.contracts.identity import Colleague
from shared.desktop.drawings import Icon
from shared.domain.roles import Group
from shared.domain.time import Clock

_NARROW_BELOW = 1240
_SHORTCUTS = 9
_LOAD_REST_MS = 700


class Frame(QWidget):
    """Everything that a signed-in person sees. Rooms are made when they are first entered."""

    other_rights = Signal(object)
    """Somebody with another role has taken over: :class:`Me`. The page has to be made anew."""
    locked = Signal(bool)

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
        set_up: Callable[[Context], None],
        camera: str,
        first: str | None = None,
    ) -> None:
        """``first`` is the room to enter, where the role may; ``set_up`` leads an owner through what a gym needs."""
        super().__init__()
        self.rooms = [room for room in rooms if me.may(room.operation)]
        self._made: dict[str, Room] = {}
        self._words = words
        self._ask = ask
        self._clock = clock
        self._sign_out = sign_out
        self._set_up = set_up
        self.stage = QStackedWidget()
        self.toasts = Toasts(self)
        self.context = Context(
            desk=desk,
            ask=ask,
            words=words,
            who=Who(me),
            sites=sites,
            clock=clock,
            stage=self,
            toasts=self.toasts,
            camera=camera,
            go=self.go,
        )
        self.banner = Banner(words, self._try_now)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        self.top = TopLine(self.context, self.open_palette, lambda: self.go("door", "check-in"))
        right.addWidget(self.top)
        right.addWidget(self.banner)
        right.addWidget(self.stage, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.navigation = Navigation(words, me, self.rooms, self.open, Acts(self.lock, self.set_pin, sign_out))
        row.addWidget(self.navigation)
        row.addLayout(right, 1)
        ask.contact_changed.connect(self._show_contact)
        ask.failed.connect(self._show_failure)
        sites.changed.connect(self._enter_again)
        self._bind_keys()
        self._can_come_back = False
        self.idle = IdleWatch(self, self._may_lock, self.lock)
        self._learn_who_comes_back()
        known = {room.name for room in self.rooms}
        self.open(first if first in known else self.rooms[0].name)
        QTimer.singleShot(_LOAD_REST_MS, self, self._load_rooms)

    def _load_rooms(self) -> None:
        """Have the rooms that nobody entered yet come in beside the work, for a first click that does not wait."""
        self._ask.quietly(lambda: [room.load() for room in self.rooms], lambda _: None, local=True)

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
            self._made[name] = spec.load()(self.context)
            self.stage.addWidget(self._made[name])
        room = self._made[name]
        self.stage.setCurrentWidget(room)
        self.navigation.show_open(name)
        room.entered()
        return room

    @property
    def room_name(self) -> str:
        return next(name for name, room in self._made.items() if room is self.room)

    def lock(self) -> LockedDesk | None:
        """Hide the page until somebody gives a PIN or a card; it stays as it was."""
        if self.findChild(LockedDesk) is not None:
            return None
        self._enable_keys(on=False)
        self.locked.emit(True)
        return LockedDesk(self.context, self._came_back, self._sign_out)

    def sign_in_again(self) -> None:
        """The cloud knows this sign-in no more: ask for another one over the page, which stays as it was."""
        if self.findChild(SignedOut) is None:
            self._enable_keys(on=False)
            SignedOut(self.context, self._signed_in_again)

    def set_pin(self) -> PinSheet:
        return PinSheet(self.context, self._learn_who_comes_back)

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
        if self.context.me.role is Group.OWNER:
            offers.append(Offer(words("first.again"), "", Icon.TICK, lambda: self._set_up(self.context)))
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
        QShortcut(QKeySequence("Ctrl+L"), self, self.lock)
        QShortcut(QKeySequence("Ctrl+Z"), self, self.top.undo.click)
        QShortcut(QKeySequence("Ctrl+K"), self, self.open_palette)
        QShortcut(QKeySequence("Ctrl+N"), self, self._make_new)
        QShortcut(QKeySequence("F5"), self, self._enter_again)
        QShortcut(QKeySequence("F3"), self, lambda: self.go("members", None))
        QShortcut(QKeySequence("F9"), self, lambda: self.go("door", "evacuation"))

    def _enter_again(self) -> None:
        self.room.entered()

    def _try_now(self) -> None:
        self._ask(self.context.desk.me, lambda _: self._enter_again(), failed=lambda _: None)

    def _show_failure(self, error: Exception) -> None:
        self.context.show_failure(error)

    def _enable_keys(self, *, on: bool) -> None:
        """A locked desk takes no shortcut, of whatever room."""
        for shortcut in self.findChildren(QShortcut):
            shortcut.setEnabled(on)

    def _came_back(self, me: Me) -> None:
        """Somebody is at the desk again: the page stays where the rights are the same."""
        self._enable_keys(on=True)
        self.locked.emit(False)
        if me.groups != self.context.me.groups:
            self.other_rights.emit(me)
            return
        self.context.who.become(me)
        self.navigation.show_person(me)
        self._learn_who_comes_back()

    def _signed_in_again(self, me: Me) -> None:
        """Whoever has given a password needs no PIN and no card. The room loads anew, unless somebody was filling in a sheet."""
        overlays = [each for each in self.findChildren(Overlay) if each.isVisible()]
        covers = [each for each in overlays if isinstance(each, SignedOut | LockedDesk)]
        if covers == overlays:
            self._enter_again()
        for each in covers:
            each.close_it()
        self._came_back(me)

    def _learn_who_comes_back(self) -> None:
        """A desk locks itself only where the person at it has a PIN or a card to come back with."""

        def learnt(colleagues: list[Colleague]) -> None:
            self._can_come_back = any(each.id == self.context.me.person.id for each in colleagues)

        self._ask.quietly(self.context.desk.staff.colleagues, learnt)

    def _may_lock(self) -> bool:
        return self._can_come_back and self._ask.contact.online

    def _make_new(self) -> None:
        if not is_covered(self):
            self.room.make_new()

    def _show_contact(self, contact: Contact) -> None:
        self.top.show_contact(contact)
        self.banner.show_contact(contact, self.context)
