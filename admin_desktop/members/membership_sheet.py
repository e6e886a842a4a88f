"""A form about one of a member's memberships, and what is told when it is done."""

from collections.abc import Callable, Sequence

from admin_desktop.shell.context import Context
from admin_desktop.shell.form_sheet import FormSheet
from admin_desktop.widgets.forms import ChoiceField, Form
from admin_desktop.widgets.labels import label
from shared.contracts.gym import MembershipView, MemberView
from shared.domain.membership import Standing

_RUNNING = (Standing.ACTIVE, Standing.IN_GRACE, Standing.FROZEN, Standing.NOT_STARTED, Standing.OVERDUE)
Done = Callable[[MemberView, str, Callable[[], None] | None], None]
"""Gets the member as it is now, what to say, and what takes it back."""


def running(member: MemberView) -> list[MembershipView]:
    return [view for view in member.memberships if view.standing in _RUNNING]


class MembershipSheet(FormSheet):
    """Which one, and below it what the subclass asks."""

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
