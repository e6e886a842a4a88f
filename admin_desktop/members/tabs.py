"""What is known of a member, in tabs: the timeline, visits, payments, passes and notes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from PySide6.QtWidgets import QTabBar, QVBoxLayout, QWidget

from admin_desktop.members.lines import Lines, moment_line
from admin_desktop.members.notes import NotesTab
from admin_desktop.members.timeline import Moment, fetch_story, moments_of, receipt_moment, visit_moment
from admin_desktop.passes.reading import ICONS, pass_chip, title_of
from admin_desktop.payments.reading import receipt_chip
from admin_desktop.shell.context import Context
from shared.contracts.gym import EventQuery, MemberView
from shared.contracts.payments import ReceiptView
from shared.contracts.qr import PassView

TABS = ("timeline", "visits", "payments", "passes", "notes")
_VISIT_DAYS = timedelta(days=90)


class MemberTabs(QWidget):
    """Shows one member; asks only for what the open tab shows."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._member: MemberView | None = None
        self.bar = QTabBar()
        self.bar.setAccessibleName(context.words("members.name"))
        self.bar.setExpanding(False)
        self.bar.setDrawBase(False)
        self.bar.setUsesScrollButtons(False)
        for name in TABS:
            self.bar.addTab(context.words(f"members.tab.{name}"))
        self.notes = NotesTab(context)
        self.lines = Lines(context)
        self._told = QWidget()
        self._told.setLayout(self.lines)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for part in (self.bar, self._told, self.notes):
            column.addWidget(part)
        self.bar.currentChanged.connect(lambda _: self._show())

    def show_member(self, member: MemberView) -> None:
        """The same one again keeps the tab."""
        self._member = member
        self._show()

    def open(self, name: str) -> None:
        self.bar.setCurrentIndex(TABS.index(name))

    def _show(self) -> None:
        member = self._member
        if member is None:
            return
        tab, context = TABS[self.bar.currentIndex()], self._context
        self.notes.setVisible(tab == "notes")
        self._told.setVisible(tab != "notes")
        staff, payments = context.desk.staff, context.desk.payments
        match tab:
            case "timeline" if member.erased:
                self._ask(lambda: staff.visits(_visits_of(member, context)).items, self._show_visits)
            case "timeline":
                self._ask(lambda: fetch_story(context, member), lambda story: self._tell(member, story))
            case "visits":
                self._ask(lambda: staff.visits(_visits_of(member, context)).items, self._show_visits)
            case "payments":
                self._ask(lambda: payments.receipts(member.id).items, self._show_receipts)
            case "passes":
                self._ask(lambda: staff.passes(member.id), self._show_passes)
            case _:
                self.notes.show_member(member)

    def _ask(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        self._context.ask(work, then, owner=self, lane="tab")

    def _tell(self, member: MemberView, story: Any) -> None:
        self.lines.show_moments(moments_of(member, story, self._context), "members.no_story")

    def _show_visits(self, visits: list[Any]) -> None:
        moments = [visit_moment(visit, self._context) for visit in visits]
        self.lines.show_moments(moments, "members.no_visits")

    def _show_receipts(self, receipts: list[ReceiptView]) -> None:
        words = self._context.words
        lines = [
            moment_line(receipt_moment(each, self._context), self._context, chip=receipt_chip(each, words))
            for each in receipts
        ]
        self.lines.show_lines(lines, "members.no_payments")

    def _show_passes(self, passes: list[PassView]) -> None:
        words = self._context.words
        lines = [
            moment_line(
                Moment(each.issued_at, ICONS[each.kind], title_of(each, words)),
                self._context,
                chip=pass_chip(each.status, words),
            )
            for each in passes
        ]
        self.lines.show_lines(lines, "members.no_passes")


def _visits_of(member: MemberView, context: Context) -> EventQuery:
    return EventQuery(member_id=member.id, first=context.today - _VISIT_DAYS, limit=100, newest_first=True)
