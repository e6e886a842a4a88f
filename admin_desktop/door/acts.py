"""What staff do at the door: let in, check in by hand, take back, open a card, print who is inside."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QMenu

from admin_desktop.door.check_in import Begin, CheckInSheet
from admin_desktop.door.evacuating import EvacuationSheet, make_paper
from admin_desktop.door.keeper import Keeper
from admin_desktop.door.keeping import Kept
from admin_desktop.door.live import LiveDoor
from admin_desktop.door.people import KnownPeople, Who
from admin_desktop.door.reading import Said, counts, line_of, said, who_of
from admin_desktop.door.taking_back import TakeBackSheet
from admin_desktop.shell.changing import changing
from admin_desktop.shell.context import Context
from shared.contracts.gym import AttendanceView, ManualCheckIn
from shared.domain.device import Direction


class DoorActs(QObject):
    """The acts, each with its way back where there is one."""

    changed = Signal()
    """The cloud has something new."""

    def __init__(self, context: Context, live: LiveDoor, keeper: Keeper, known: KnownPeople) -> None:
        super().__init__(live)
        self._context, self._live, self._keeper, self._known = context, live, keeper, known

    def act_on(self, event: AttendanceView) -> None:
        """The one thing to do about an event, or the choice of several."""
        if said(event) is Said.REFUSED:
            self.let_in(event)
            return
        words, menu = self._context.words, QMenu(self._context.stage, toolTipsVisible=True)
        may_change = self._context.me.may("attendance.change")
        if event.member is not None:
            menu.addAction(words("door.card"), lambda: self.open_card(event))
        if counts(event) and may_change:
            back = menu.addAction(words("door.take_back.do"), lambda: self.take_back(event))
            changing(self._context, back, "attendance.change")
        if event.held and may_change:
            changing(
                self._context, menu.addAction(words("door.accept"), lambda: self.accept(event)), "attendance.change"
            )
        if not menu.isEmpty():
            menu.popup(QCursor.pos())

    def let_in(self, event: AttendanceView) -> None:
        """Let somebody in whom the door refused; whoever has no name is looked for first."""
        words = self._context.words
        if not self._context.me.may("attendance.change"):
            return
        line = line_of(event, words)
        who = None if event.member is None else Who(event.member.id, who_of(event, words), event.member.number or "")
        self._sheet(Begin(who, refusal=f"{line.title}. {line.detail}"))

    def check_in(self, *, earlier: bool = False) -> None:
        if self._context.me.may("attendance.change"):
            self._sheet(Begin(earlier=earlier))

    def take_back(self, event: AttendanceView) -> None:
        TakeBackSheet(self._context, event, self._taken_back)

    def accept(self, event: AttendanceView) -> None:
        """Let an event count that a revoked kiosk handed in."""
        staff, words = self._context.desk.staff, self._context.words

        def done(_: object) -> None:
            self._context.toasts.show(words("door.accepted", name=who_of(event, words)))
            self.changed.emit()

        self._context.ask(lambda: staff.accept([event.id]), done)

    def open_card(self, event: AttendanceView) -> None:
        if event.member is not None:
            member_id, context = event.member.id, self._context
            context.ask(lambda: context.desk.staff.member(member_id), lambda member: context.go("members", member))

    def evacuate(self) -> None:
        """Show the list, as soon as there is one."""
        picture = self._live.picture
        if picture is None:
            self._live.changed.connect(self.evacuate, Qt.ConnectionType.SingleShotConnection)
            return
        if self._context.stage.findChild(EvacuationSheet) is None:
            EvacuationSheet(self._context, make_paper(self._context, picture, list(self._keeper.waiting)))

    def tell_sent(self, sent: Sequence[Kept]) -> None:
        words = self._context.words
        text = words("door.sent.one", name=sent[0].who) if len(sent) == 1 else words("door.sent", n=len(sent))
        self._context.toasts.show(text)
        self.changed.emit()

    def _sheet(self, begin: Begin) -> None:
        CheckInSheet(self._context, self._keeper.store, self._known, begin, done=self._checked_in, kept=self._kept_here)

    def _checked_in(self, event: AttendanceView) -> None:
        words, staff = self._context.words, self._context.desk.staff
        name = who_of(event, words)

        def undo() -> None:
            self._do(lambda: staff.take_back(event.id, note=words("door.undone")), "door.taken_back", name)

        self._tell(words("door.checked_in", name=name), undo)

    def _kept_here(self, kept: Kept) -> None:
        self._keeper.load()
        text = self._context.words("door.kept_here", name=kept.who)
        self._context.toasts.show(text, action=self._context.words("do.undo"), then=lambda: self._keeper.remove(kept))

    def _taken_back(self, event: AttendanceView) -> None:
        """The way back of a taken back entry is a check-in by hand at its time: the record keeps all three."""
        words, staff = self._context.words, self._context.desk.staff
        text = words("door.taken_back", name=who_of(event, words))
        if event.member is None or event.direction is not Direction.ENTRY:
            self._tell(text, None)
            return
        request = ManualCheckIn(
            id=self._context.new_id(),
            member_id=event.member.id,
            site_id=event.site_id,
            at=event.at,
            note=words("door.undone"),
        )
        name = who_of(event, words)
        self._tell(text, lambda: self._do(lambda: staff.check_in(request), "door.checked_in", name))

    def _do(self, work: Callable[[], object], key: str, name: str) -> None:
        def done(_: object) -> None:
            self._context.toasts.show(self._context.words(key, name=name))
            self.changed.emit()

        def again() -> None:
            self._do(work, key, name)

        self._context.ask(work, done, failed=lambda error: self._context.show_failure(error, again=again))

    def _tell(self, text: str, undo: Callable[[], None] | None) -> None:
        if undo is None:
            self._context.toasts.show(text)
        else:
            self._context.toasts.show(text, action=self._context.words("do.undo"), then=undo)
        self.changed.emit()
