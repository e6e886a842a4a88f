"""What is done with a member's memberships: sold or renewed (by the payments' room), frozen, ended, kept on after all."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from PySide6.QtWidgets import QHBoxLayout, QWidget

from admin_desktop.payments.selling import open_sale
from admin_desktop.shell.context import Context
from admin_desktop.shell.form_sheet import FormSheet
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.forms import ChoiceField, DateField, Form
from admin_desktop.widgets.labels import label
from admin_desktop.widgets.sheet import is_covered
from shared.contracts.gym import MembershipView, MemberView, Pause
from shared.desktop.drawings import Icon
from shared.domain.membership import Standing

_RUNNING = (Standing.ACTIVE, Standing.IN_GRACE, Standing.FROZEN, Standing.NOT_STARTED, Standing.OVERDUE)
_USUAL_DAYS = 14
Done = Callable[[MemberView, str, Callable[[], None] | None], None]
"""Gets the member as it is now, what to say, and what takes it back."""


def can_freeze(member: MemberView, *, today: date) -> list[MembershipView]:
    """Those with paid days left, from today on."""
    return [
        view for view in _running(member) if min(view.ends_on or view.paid_through_on, view.paid_through_on) >= today
    ]


def can_end(member: MemberView) -> list[MembershipView]:
    return [view for view in _running(member) if view.ends_on is None]


def can_keep(member: MemberView) -> list[MembershipView]:
    """Those that were cancelled and have not ended yet."""
    return [view for view in _running(member) if view.ends_on is not None]


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
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.sell, 1)
        row.addWidget(self.freeze)
        row.addWidget(self.end)

    def show_member(self, member: MemberView) -> None:
        me, words = self._context.me, self._context.words
        self._member = member
        may = not member.erased and me.may("membership.change")
        self.sell.setEnabled(not member.erased and me.may("payment.take"))
        self.freeze.setEnabled(may and bool(can_freeze(member, today=self._context.today)))
        keeps = bool(can_keep(member)) and not can_end(member)
        self.end.setText(words("members.keep_on" if keeps else "members.end"))
        self.end.setEnabled(may and bool(can_end(member) or can_keep(member)))

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


class _MembershipSheet(FormSheet):
    """A form about one of a member's memberships."""

    def __init__(
        self,
        context: Context,
        member: MemberView,
        views: Sequence[MembershipView],
        done: Done,
        *,
        what: str,
        kind: str = "main",
    ) -> None:
        words = context.words
        self._member, self._views, self._told = member, views, done
        form = Form()
        self.which = ChoiceField(words("members.membership"), [(view, view.plan_name) for view in views])
        form.add("membership", self.which)
        name = f"{member.given_name} {member.family_name}".strip()
        title, do = words(f"members.{what}.title", name=name), words(f"members.{what}.do")
        super().__init__(context, title, form, do=do, kind=kind)
        self.means = label("", "muted", wrap=True)
        self.form.changed.connect(self._show)

    def _show(self) -> None:
        """Say what would come of it."""


class FreezeSheet(_MembershipSheet):
    """Whole days, given back at the end."""

    def __init__(self, context: Context, member: MemberView, done: Done) -> None:
        today, words = context.today, context.words
        super().__init__(context, member, can_freeze(member, today=today), done, what="freeze")
        first = max(today, self._views[0].starts_on)
        self.first = DateField(words("members.freeze.first"), first, earliest=first)
        self.last = DateField(words("members.freeze.last"), first + timedelta(days=_USUAL_DAYS - 1), earliest=first)
        self.form.add("first", self.first)
        self.form.add("last", self.last)
        self.form.column.addWidget(self.means)
        self.first.editor.setFocus()
        self._show()

    def _show(self) -> None:
        days = (self.last.value() - self.first.value()).days + 1
        view, words = self.which.value(), self._context.words
        until = view.paid_through_on + timedelta(days=days)
        key = "members.freeze.means" if days > 0 else "members.freeze.wrong"
        self.means.setText(words(key, n=days, day=until, year=str(until.year)))

    def save(self) -> None:
        view, first, end = self.which.value(), self.first.value(), self.last.value() + timedelta(days=1)
        if end <= first:
            self.last.complain(self._context.words("members.freeze.wrong"))
            self.last.editor.setFocus()
            return
        staff, member = self._context.desk.staff, self._member

        def work() -> MemberView:
            staff.pause(view.id, Pause(first=first, end=end))
            return staff.member(member.id)

        self.send(work, lambda now: self._told(now, "members.frozen", None))


class EndSheet(_MembershipSheet):
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


def _running(member: MemberView) -> list[MembershipView]:
    return [view for view in member.memberships if view.standing in _RUNNING]
