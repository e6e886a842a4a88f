"""The newest entry as a tall card: the sign, the face, the name, and why."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from admin_desktop.door.reading import SIGNS, Said, line_of, said, who_of
from admin_desktop.members.reading import current_membership, left_of
from admin_desktop.shell.context import Context
from admin_desktop.widgets.avatar import Avatar
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.labels import label
from admin_desktop.widgets.signs import Flood
from shared.contracts.gym import AttendanceView, MemberView
from shared.contracts.photos import PhotoSize
from shared.desktop.drawings import Icon
from shared.desktop.tokens import DESK

_FLOOD, _HEIGHT, _PHOTO = 128, 156, 84


class EntryCard(QFrame):
    """Shows one event; ``let_in``, ``find`` and ``open_card`` are the room's, called with the event."""

    def __init__(
        self,
        context: Context,
        *,
        let_in: Callable[[AttendanceView], None],
        open_card: Callable[[AttendanceView], None],
    ) -> None:
        super().__init__()
        self.setProperty("role", "panel")
        self.setFixedHeight(_HEIGHT)
        self._context = context
        self.entry: AttendanceView | None = None
        self._held = self._where = ""
        words = context.words
        self.flood = Flood(width=_FLOOD)
        self.avatar = Avatar(size=_PHOTO)
        self.name = label("", "title")
        self.why = label("", "name", wrap=True)
        self.detail = label("", "muted", wrap=True)
        self.at = label("", "card")
        self.ago = label("", "muted")
        self.let_in = button(words("door.let_in"), kind="main", icon=Icon.DOOR)
        self.open = button(words("door.card"), kind="plain", icon=Icon.PERSON)
        self.let_in.clicked.connect(lambda: self._with_entry(let_in))
        self.open.clicked.connect(lambda: self._with_entry(open_card))
        self._lay_out()
        self.show_event(None, "")

    def _with_entry(self, act: Callable[[AttendanceView], None]) -> None:
        if self.entry is not None:
            act(self.entry)

    def _lay_out(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(4)
        texts.addStretch(1)
        for part in (self.name, self.why, self.detail):
            texts.addWidget(part)
        texts.addStretch(1)
        times = QVBoxLayout()
        times.setSpacing(2)
        for part in (self.at, self.ago):
            times.addWidget(part, 0, Qt.AlignmentFlag.AlignRight)
        times.addStretch(1)
        acts = QVBoxLayout()
        acts.setSpacing(6)
        acts.addWidget(self.let_in)
        acts.addWidget(self.open)
        times.addLayout(acts)
        row = QHBoxLayout(self)
        row.setContentsMargins(1, 1, DESK.padding, 1)
        row.setSpacing(DESK.padding)
        row.addWidget(self.flood)
        row.addWidget(self.avatar)
        row.addLayout(texts, 1)
        right = QVBoxLayout()
        right.setContentsMargins(0, 12, 0, 12)
        right.addLayout(times)
        row.addLayout(right)

    def show_event(self, event: AttendanceView | None, where: str) -> None:
        """Show what happened last, or that nothing has."""
        is_same = event is not None and self.entry is not None and event.id == self.entry.id
        self.entry, self._where = event, where
        words = self._context.words
        for part in (self.avatar, self.why, self.detail, self.at, self.ago):
            part.setVisible(event is not None)
        self.let_in.setVisible(event is not None and said(event) is Said.REFUSED)
        self.open.setVisible(event is not None and event.member is not None)
        if event is None:
            self.flood.show_sign(None)
            self.name.setText(words("door.nothing"))
            return
        line = line_of(event, words)
        self.flood.show_sign(SIGNS[said(event)])
        self.name.setText(who_of(event, words))
        self.why.setText(line.title)
        self.let_in.setText(" " + words("door.find" if event.member is None else "door.let_in"))
        self.at.setText(f"{event.at.astimezone(self._context.sites.zone):%H:%M:%S}")
        self._show_ago(event)
        if not is_same:
            self._held = ""
            self._load_person(event)
        self.detail.setText(" · ".join(filter(None, [line.detail, self._held, where])))
        self.setToolTip(self.detail.text())
        self.setAccessibleName(f"{self.name.text()}. {line.title}. {line.detail}")

    def _show_ago(self, event: AttendanceView) -> None:
        words, span = self._context.words, self._context.clock.now() - event.at
        just_now = span.total_seconds() < 10  # noqa: PLR2004  # five pictures
        self.ago.setText(words("door.just_now") if just_now else words("door.ago", span=words.lasting(span)))

    def _load_person(self, event: AttendanceView) -> None:
        """The face, and what the person holds. Without an answer the card says less."""
        name = who_of(event, self._context.words)
        self.avatar.show_person(name)
        member, desk = event.member, self._context.desk
        self._context.ask.quietly(lambda: None, lambda _: None, owner=self, lane="person", local=True)
        self._context.ask.quietly(lambda: None, lambda _: None, owner=self, lane="photo", local=True)
        if member is None:
            return

        def show(view: MemberView) -> None:
            self._held = self._what_is_held(view)
            self.show_event(self.entry, self._where)

        def show_photo(content: bytes) -> None:
            self.avatar.show_person(name, QImage.fromData(content))

        ask = self._context.ask
        ask.quietly(lambda: desk.staff.member(member.id), show, owner=self, lane="person")
        ask.quietly(lambda: desk.machines.photo(member.id, PhotoSize.SMALL), show_photo, owner=self, lane="photo")

    def _what_is_held(self, view: MemberView) -> str:
        context, held = self._context, current_membership(view)
        if held is None:
            return context.words("members.no_membership")
        today = context.today
        until = context.words.day(held.paid_through_on, today=today)
        if held.visits_left is not None:
            return f"{held.plan_name}, {left_of(held, context.words, today=today)}"
        return context.words("door.holds", plan=held.plan_name, day=until)
