"""What is seldom done with a member: behind one button, so that the daily acts stand alone."""

from collections.abc import Callable

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QPushButton

from admin_desktop.members.family import Changed, GuardianSheet
from admin_desktop.members.leaving import EraseSheet, export_member
from admin_desktop.members.merging import DuplicatesSheet, MergeSheet
from admin_desktop.members.staff_plan import open_staff_plan
from admin_desktop.shell.changing import changing
from admin_desktop.shell.context import Context
from shared.contracts.gym import MemberView


class MoreActs(QPushButton):
    """Opens a menu; what the role may not do is off in it."""

    def __init__(self, context: Context, member: Callable[[], MemberView | None], told: Changed) -> None:
        super().__init__(context.words("members.more"))
        self.setProperty("kind", "plain")
        self._context, self._member, self._told = context, member, told
        self.acts = QMenu(self, toolTipsVisible=True)
        self._add("members.guardian.choose", "member.change", lambda each: GuardianSheet(context, each, told))
        self._add("members.staff_plan.give", "membership.grant", lambda each: open_staff_plan(context, each, told))
        self._add("members.merge", "member.merge", lambda each: MergeSheet(context, each, told))
        self._add("members.duplicates.open", "member.merge", lambda _: DuplicatesSheet(context, told))
        self.acts.addSeparator()
        self._add("members.all", "member.erase", lambda each: export_member(context, each))
        self._add("members.erase", "member.erase", lambda each: EraseSheet(context, each, told))
        self.clicked.connect(lambda _=False: self.acts.popup(self.mapToGlobal(QPoint(0, self.height() + 4))))

    def _add(self, key: str, operation: str, act: Callable[[MemberView], object]) -> None:
        def press() -> None:
            member = self._member()
            if member is not None:
                act(member)

        made = self.acts.addAction(self._context.words(key), press)
        changing(self._context, made, operation)
