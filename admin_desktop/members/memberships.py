"""What is done with a member's memberships: sold or renewed (by the payments' room), frozen, ended, kept on after all."""

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QWidget

from admin_desktop.members.freezing import FreezeSheet, can_freeze
from admin_desktop.members.membership_sheet import Done, MembershipSheet, running
from admin_desktop.payments.selling import open_sale
from admin_desktop.shell.changing import changing, let
from admin_desktop.shell.context import Context
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.sheet import is_covered
from shared.contracts.gym import MembershipView, MemberView
from shared.desktop.drawings import Icon

_CHANGE = "membership.change"


def can_end(member: MemberView) -> list[MembershipView]:
    return [view for view in running(member) if view.ends_on is None]


def can_keep(member: MemberView) -> list[MembershipView]:
    """Those that were cancelled and have not ended yet."""
    return [view for view in running(member) if view.ends_on is not None]


class MembershipActs(QWidget):
    """The row of buttons on the card. ``changed`` shows the member anew; ``done`` says what was done as well."""

    def __init__(self, context: Context, *, changed: Callable[[MemberView], None], done: Done) -> None:
        super().__init__()
        words = context.words
        self._context, self._changed, self._done = context, changed, done
        self._member: MemberView | None = None
        self.sell = button(words("members.sell"), kind="main", icon=Icon.TILL)
        self.sell.setToolTip("F2")
        self.freeze = button("", icon=Icon.FREEZE, name=words("members.freeze"))
        self.end = button(words("members.end"))
        self.sell.clicked.connect(self.open_sale)
        self.freeze.clicked.connect(self.open_freeze)
        self.end.clicked.connect(self.open_end)
        for press, operation in ((self.sell, "payment.take"), (self.freeze, _CHANGE), (self.end, _CHANGE)):
            changing(context, press, operation)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.sell, 1)
        row.addWidget(self.freeze)
        row.addWidget(self.end)

    def show_member(self, member: MemberView) -> None:
        words, here = self._context.words, not member.erased
        self._member = member
        let(self.sell, on=here)
        let(self.freeze, on=here and bool(can_freeze(member, today=self._context.today)))
        keeps = bool(can_keep(member)) and not can_end(member)
        self.end.setText(words("members.keep_on" if keeps else "members.end"))
        let(self.end, on=here and bool(can_end(member) or can_keep(member)))

    def open_sale(self) -> None:
        if self._member is not None and self.sell.isEnabled() and not is_covered(self):
            open_sale(self._context, self._member, self._changed)

    def open_freeze(self) -> None:
        if self._member is not None:
            FreezeSheet(self._context, self._member, self._done)

    def open_end(self) -> None:
        """End it with its last paid day; where that was done already, keep it on."""
        member = self._member
        if member is None:
            return
        if can_end(member):
            EndSheet(self._context, member, self._done)
        else:
            act(self._context, member, can_keep(member)[0], "keep", self._done)


class EndSheet(MembershipSheet):
    """Ends with the last paid day; can be taken back until then."""

    def __init__(self, context: Context, member: MemberView, done: Done) -> None:
        super().__init__(context, member, can_end(member), done, what="end", kind="danger")
        self.form.column.addWidget(self.means)
        self._show()

    def _show(self) -> None:
        day = self.which.value().paid_through_on
        self.means.setText(self._context.words("members.end.means", day=day, year=str(day.year)))

    def save(self) -> None:
        work, tell = doing(self._context, self._member, self.which.value(), "end", self._told)
        self.send(work, tell)


def act(context: Context, member: MemberView, view: MembershipView, what: str, done: Done) -> None:
    """``end`` or ``keep`` a membership at once."""
    work, tell = doing(context, member, view, what, done)
    context.ask(work, tell, failed=context.show_failure)


def doing(
    context: Context, member: MemberView, view: MembershipView, what: str, done: Done, *, undoable: bool = True
) -> tuple[Callable[[], MemberView], Callable[[MemberView], None]]:
    """The work of ``end`` or ``keep``, each of which takes the other back, and what tells of it."""
    staff, back = context.desk.staff, "keep" if what == "end" else "end"

    def work() -> MemberView:
        (staff.cancel if what == "end" else staff.resume)(view.id)
        return staff.member(member.id)

    def undo() -> None:
        work_back, tell_back = doing(context, member, view, back, done, undoable=False)
        context.ask(work_back, tell_back, failed=context.show_failure)

    said = "members.ended" if what == "end" else "members.kept"
    return work, lambda now: done(now, said, undo if undoable else None)
