"""Freezing a membership, and ending its freeze sooner: each is taken back by the other."""

from collections.abc import Callable
from datetime import date, timedelta

from admin_desktop.members.membership_sheet import Done, MembershipSheet, running
from admin_desktop.shell.context import Context
from admin_desktop.widgets.forms import DateField
from shared.contracts.gym import MembershipView, MemberView, Pause
from shared.contracts.pauses import Thaw

_USUAL_DAYS = 14
_DAY = timedelta(days=1)


def can_freeze(member: MemberView, *, today: date) -> list[MembershipView]:
    """Those with paid days left, from today on."""
    return [
        view for view in running(member) if min(view.ends_on or view.paid_through_on, view.paid_through_on) >= today
    ]


def pauses_of(view: MembershipView, *, today: date) -> list[Pause]:
    """Those that run or are to come, the next first."""
    return [Pause(first=first, end=end) for first, end in sorted(view.freezes) if end > today]


class FreezeSheet(MembershipSheet):
    """Whole days, given back at the end."""

    def __init__(self, context: Context, member: MemberView, done: Done) -> None:
        today, words = context.today, context.words
        super().__init__(context, member, can_freeze(member, today=today), done, what="freeze")
        first = max(today, self._views[0].starts_on)
        self.first = DateField(words("members.freeze.first"), first, earliest=first)
        self.last = DateField(words("members.freeze.last"), first + (_USUAL_DAYS - 1) * _DAY, earliest=first)
        self.form.add("first", self.first)
        self.form.add("last", self.last)
        self.form.column.addWidget(self.means)
        self.first.editor.setFocus()
        self._show()

    def _show(self) -> None:
        days = (self.last.value() - self.first.value()).days + 1
        view, words = self.which.value(), self._context.words
        until = view.paid_through_on + days * _DAY
        key = "members.freeze.means" if days > 0 else "members.freeze.wrong"
        self.means.setText(words(key, n=days, day=until, year=str(until.year)))

    def save(self) -> None:
        first, end = self.first.value(), self.last.value() + _DAY
        if end <= first:
            self.last.complain(self._context.words("members.freeze.wrong"))
            self.last.editor.setFocus()
            return
        pause = Pause(first=first, end=end)
        self.send(*freezing(self._context, self._member, self.which.value(), pause, self._told))


class ThawSheet(MembershipSheet):
    """From which day on there is training again. The days that the pause does not need are taken from the end."""

    def __init__(self, context: Context, member: MemberView, view: MembershipView, pause: Pause, done: Done) -> None:
        super().__init__(context, member, [view], done, what="thaw")
        self._pause = pause
        earliest = max(context.today, pause.first)
        self.back_on = DateField(context.words("members.thaw.back_on"), earliest, earliest=earliest)
        self.back_on.edit.setMaximumDate(pause.end - _DAY)  # type: ignore[arg-type]  # Qt takes Python's
        self.form.add("back_on", self.back_on)
        self.form.column.addWidget(self.means)
        self.back_on.editor.setFocus()
        self._show()

    def _show(self) -> None:
        back_on, view = self.back_on.value(), self.which.value()
        unused = (self._pause.end - back_on).days
        until = view.paid_through_on - unused * _DAY
        key = "members.thaw.means" if back_on > self._pause.first else "members.thaw.none"
        self.means.setText(self._context.words(key, n=unused, day=until, year=str(until.year)))

    def save(self) -> None:
        thaw = Thaw(first=self._pause.first, end=self._pause.end, back_on=self.back_on.value())
        self.send(*thawing(self._context, self._member, self.which.value(), thaw, self._told))


def freezing(
    context: Context, member: MemberView, view: MembershipView, pause: Pause, done: Done, *, undoable: bool = True
) -> tuple[Callable[[], MemberView], Callable[[MemberView], None]]:
    """The work of freezing, and what tells of it. Taken back later, it ends on that day."""
    staff = context.desk.staff

    def work() -> MemberView:
        staff.pause(view.id, pause)
        return staff.member(member.id)

    def undo() -> None:
        thaw = Thaw(first=pause.first, end=pause.end, back_on=max(pause.first, context.today))
        asked, tell = thawing(context, member, view, thaw, done, undoable=False)
        context.ask(asked, tell, failed=context.show_failure)

    return work, lambda now: done(now, "members.frozen", undo if undoable else None)


def thawing(
    context: Context, member: MemberView, view: MembershipView, thaw: Thaw, done: Done, *, undoable: bool = True
) -> tuple[Callable[[], MemberView], Callable[[MemberView], None]]:
    """The work of ending a freeze sooner, and what tells of it. Taken back, its other days are frozen again."""
    staff = context.desk.staff

    def work() -> MemberView:
        staff.thaw(view.id, thaw)
        return staff.member(member.id)

    def undo() -> None:
        rest = Pause(first=thaw.back_on, end=thaw.end)
        asked, tell = freezing(context, member, view, rest, done, undoable=False)
        context.ask(asked, tell, failed=context.show_failure)

    said = "members.thawed" if thaw.back_on > thaw.first else "members.unfrozen"
    return work, lambda now: done(now, said, undo if undoable else None)
