"""What is done with a member's memberships: sold or renewed (by the payments' room), frozen, ended, kept on after all."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from PySide6.QtWidgets import QHBoxLayout, QWidget

from admin_desktop.payments.selling import open_sale
from admin_desktop.shell.context import Context
from admin_desktop.shell.failures import explain
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.forms import ChoiceField, DateField, Form
from admin_desktop.widgets.labels import label
from admin_desktop.widgets.sheet import Sheet, is_covered
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
        self.freeze.setEnabled(may and bool(can_freeze(member, today=_today(self._context))))
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
            act(self._context, member, can_keep(member)[0], "keep", self._done, failed=self._context.show_failure)


class _MembershipSheet(Sheet):
    """A form about one of a member's memberships."""

    def __init__(
        self, context: Context, member: MemberView, views: Sequence[MembershipView], title: str, done: Done
    ) -> None:
        words = context.words
        self._context, self._member, self._views, self._told = context, member, views, done
        self.form = Form()
        self.which = ChoiceField(words("members.membership"), [(view, view.plan_name) for view in views])
        self.form.add("membership", self.which)
        name = f"{member.given_name} {member.family_name}".strip()
        super().__init__(context.stage, words(title, name=name), self.form, leave_text=words("do.cancel"))
        self.means = label("", "muted", wrap=True)
        self.form.changed.connect(self._show)

    def _show(self) -> None:
        """Say what would come of it."""

    def _failed(self, error: Exception) -> None:
        self.work(busy=False)
        failure = explain(error, self._context.words)
        self.say(f"{failure.title} {failure.detail}")


class FreezeSheet(_MembershipSheet):
    """Whole days, given back at the end."""

    def __init__(self, context: Context, member: MemberView, done: Done) -> None:
        today, words = _today(context), context.words
        super().__init__(context, member, can_freeze(member, today=today), "members.freeze.title", done)
        first = max(today, self._views[0].starts_on)
        self.first = DateField(words("members.freeze.first"), first, earliest=first)
        self.last = DateField(words("members.freeze.last"), first + timedelta(days=_USUAL_DAYS - 1), earliest=first)
        self.form.add("first", self.first)
        self.form.add("last", self.last)
        self.form.column.addWidget(self.means)
        self.add_main(words("members.freeze.do"), self.save)
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

        self.say("")
        self.work(busy=True)
        self._context.ask(work, self._frozen, failed=self._failed)

    def _frozen(self, member: MemberView) -> None:
        self.close_it()
        self._told(member, "members.frozen", None)


class EndSheet(_MembershipSheet):
    """Ends with the last paid day; can be taken back until then."""

    def __init__(self, context: Context, member: MemberView, done: Done) -> None:
        super().__init__(context, member, can_end(member), "members.end.title", done)
        self.form.column.addWidget(self.means)
        self.add_main(context.words("members.end.do"), self.save, kind="danger")
        self.which.editor.setFocus()
        self._show()

    def _show(self) -> None:
        day = self.which.value().paid_through_on
        self.means.setText(self._context.words("members.end.means", day=day, year=str(day.year)))

    def save(self) -> None:
        self.say("")
        self.work(busy=True)
        view = self.which.value()
        act(self._context, self._member, view, "end", self._told, first=self.close_it, failed=self._failed)


def act(
    context: Context,
    member: MemberView,
    view: MembershipView,
    what: str,
    done: Done,
    *,
    failed: Callable[[Exception], None],
    first: Callable[[], None] = lambda: None,
    undoable: bool = True,
) -> None:
    """``end`` or ``keep`` a membership; each takes the other back. ``first`` is done once before ``done``."""
    staff, back = context.desk.staff, "keep" if what == "end" else "end"

    def work() -> MemberView:
        (staff.cancel if what == "end" else staff.resume)(view.id)
        return staff.member(member.id)

    def undo() -> None:
        act(context, member, view, back, done, failed=context.show_failure, undoable=False)

    said = "members.ended" if what == "end" else "members.kept"

    def tell(now: MemberView) -> None:
        first()
        done(now, said, undo if undoable else None)

    context.ask(work, tell, failed=failed)


def _running(member: MemberView) -> list[MembershipView]:
    return [view for view in member.memberships if view.standing in _RUNNING]


def _today(context: Context) -> date:
    return context.clock.now().astimezone(context.sites.zone).date()
