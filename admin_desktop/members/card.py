"""The card of one member: who it is, the acts, and what is known of visits, passes and payments."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFrame, QHBoxLayout, QTabBar, QVBoxLayout, QWidget

from admin_desktop.members.memberships import Done, MembershipActs
from admin_desktop.members.photo import PhotoClick
from admin_desktop.members.reading import full_name, left_of, member_chip, membership_chip
from admin_desktop.shell.context import Context
from admin_desktop.widgets.avatar import Avatar
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.chips import ChipLabel
from admin_desktop.widgets.labels import bare, label, rule
from shared.contracts.gym import EventQuery, MemberView, VisitView
from shared.contracts.payments import ReceiptView
from shared.contracts.photos import PhotoSize
from shared.contracts.qr import PassView
from shared.desktop.drawings import Icon
from shared.desktop.tokens import DESK

_VISIT_DAYS = timedelta(days=90)
TABS = ("memberships", "visits", "passes", "payments")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a tab: a text, a quieter one below it."""

    text: str
    second: str = ""


class MemberCard(QFrame):
    """Shows one member; the acts are the room's."""

    def __init__(
        self,
        context: Context,
        *,
        edit: Callable[[], None],
        block: Callable[[], None],
        changed: Callable[[MemberView], None],
        done: Done,
    ) -> None:
        super().__init__()
        self.setProperty("role", "panel")
        self.setFixedWidth(DESK.card)
        self._context = context
        self.member: MemberView | None = None
        words = context.words
        column = QVBoxLayout(self)
        column.setContentsMargins(DESK.padding, DESK.padding, DESK.padding, DESK.padding)
        column.setSpacing(12)
        self._empty = label(words("members.pick"), "muted", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self._empty)
        self._full = QWidget()
        inner = QVBoxLayout(self._full)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(12)
        inner.addLayout(self._head())
        self.memberships = MembershipActs(context, changed=changed, done=done)
        inner.addWidget(self.memberships)
        self.edit_button = button(words("members.edit"), icon=Icon.EDIT)
        self.block_button = button(words("members.block"), icon=Icon.BLOCK)
        self.edit_button.clicked.connect(edit)
        self.block_button.clicked.connect(block)
        self.pass_button = button("", icon=Icon.CARD, name=words("passes.room"))
        self.pass_button.clicked.connect(lambda _=False: context.go("passes", self.member))
        acts = QHBoxLayout()
        for press in (self.edit_button, self.block_button):
            acts.addWidget(press)
            press.setEnabled(context.me.may("member.change"))
        acts.addWidget(self.pass_button)
        acts.addStretch(1)
        inner.addLayout(acts)
        self.contact = label("", "muted", wrap=True)
        inner.addWidget(self.contact)
        inner.addWidget(rule())
        self.tabs = QTabBar()
        self.tabs.setAccessibleName(words("members.name"))
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        for name in TABS:
            self.tabs.addTab(words(f"members.tab.{name}"))
        self.tabs.currentChanged.connect(lambda _: self._show_tab())
        inner.addWidget(self.tabs)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(10)
        self._lines.setAlignment(Qt.AlignmentFlag.AlignTop)
        holder = QWidget()
        holder.setLayout(self._lines)
        inner.addWidget(bare(holder), 1)
        column.addWidget(self._full, 1)
        self.show_member(None)

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(14)
        self.avatar = Avatar(size=72)
        self.photo = PhotoClick(self._context, self.avatar, lambda: self.member)
        row.addWidget(self.avatar)
        words = QVBoxLayout()
        words.setSpacing(4)
        self.name = label("", "card", wrap=True)
        self.number = label("", "muted")
        self._chip_place = QHBoxLayout()
        words.addWidget(self.name)
        words.addWidget(self.number)
        words.addLayout(self._chip_place)
        row.addLayout(words, 1)
        self.chip: ChipLabel | None = None
        return row

    def show_member(self, member: MemberView | None) -> None:
        """Show a member; the same one again keeps the tab and the photo."""
        same = member is not None and self.member is not None and member.id == self.member.id
        self.member = member
        self._empty.setVisible(member is None)
        self._full.setVisible(member is not None)
        if member is None:
            return
        words = self._context.words
        name = full_name(member, words)
        self.name.setText(name)
        self.number.setText("" if member.number is None else words("members.number", number=member.number))
        self._show_chip(member)
        self.memberships.show_member(member)
        self.contact.setText("\n".join(_contact(member, self._context)))
        self.block_button.setText(" " + words("members.unblock" if member.blocked else "members.block"))
        for press in (self.edit_button, self.block_button):
            press.setEnabled(not member.erased and self._context.me.may("member.change"))
        if not same:
            self.avatar.show_person(name)
            self._load_photo(member)
        self._show_tab()

    def _show_chip(self, member: MemberView) -> None:
        chip = member_chip(member, self._context.words)
        if self.chip is None:
            self.chip = ChipLabel(chip)
            self._chip_place.addWidget(self.chip)
            self._chip_place.addStretch(1)
        else:
            self.chip.show_chip(chip)

    def _load_photo(self, member: MemberView) -> None:
        name, machines = full_name(member, self._context.words), self._context.desk.machines

        def show(content: bytes) -> None:
            self.avatar.show_person(name, QImage.fromData(content))

        self._context.ask.quietly(lambda: machines.photo(member.id, PhotoSize.SMALL), show, owner=self, lane="photo")

    def _show_tab(self) -> None:
        member = self.member
        if member is None:
            return
        tab, staff = TABS[self.tabs.currentIndex()], self._context.desk.staff
        match tab:
            case "memberships":
                self._context.ask.quietly(lambda: None, lambda _: None, owner=self, lane="tab")
                self._show_memberships(member)
            case "visits":
                today = self._context.clock.now().astimezone(self._context.sites.zone).date()
                wanted = EventQuery(member_id=member.id, first=today - _VISIT_DAYS, limit=500)
                self._ask(lambda: staff.visits(wanted).items, self._visit_lines, "members.no_visits")
            case "passes":
                self._ask(lambda: staff.passes(member.id), self._pass_lines, "members.no_passes")
            case _:
                payments = self._context.desk.payments
                self._ask(lambda: payments.receipts(member.id).items, self._receipt_lines, "members.no_payments")

    def _ask(self, work: Callable[[], list], lines: Callable[[list], Sequence[Line]], empty: str) -> None:  # type: ignore[type-arg]
        self._context.ask(work, lambda items: self._show_lines(lines(items), empty), owner=self, lane="tab")

    def _show_memberships(self, member: MemberView) -> None:
        self._clear()
        words, today = self._context.words, self._context.clock.now().astimezone(self._context.sites.zone).date()
        for view in reversed(member.memberships):
            row = QHBoxLayout()
            texts = QVBoxLayout()
            texts.setSpacing(2)
            texts.addWidget(label(view.plan_name, "name"))
            until = words.day(view.paid_through_on, today=today)
            texts.addWidget(
                label(f"{words('members.until')}: {until} · {left_of(view, words, today=today)}", "muted", wrap=True)
            )
            row.addLayout(texts, 1)
            row.addWidget(ChipLabel(membership_chip(view, words)), 0, Qt.AlignmentFlag.AlignTop)
            holder = QWidget()
            row.setContentsMargins(0, 0, 0, 0)
            holder.setLayout(row)
            self._lines.addWidget(holder)
        if not member.memberships:
            self._lines.addWidget(label(words("members.no_membership"), "muted"))

    def _visit_lines(self, visits: list[VisitView]) -> list[Line]:
        words, zone, now = self._context.words, self._context.sites.zone, self._context.clock.now()
        lines = []
        for visit in reversed(visits):
            moment = words.moment(visit.opened_at, zone=zone, now=now)
            text = moment
            if visit.closed_at is not None:
                text = words("members.visit.until", moment=moment, end=visit.closed_at.astimezone(zone).time())
            lines.append(Line(text, self._context.sites.name_of(visit.site_id)))
        return lines

    def _pass_lines(self, passes: list[PassView]) -> list[Line]:
        words, zone, now = self._context.words, self._context.sites.zone, self._context.clock.now()
        return [
            Line(
                each.label or each.kind.value,
                f"{each.status.value} · {words.moment(each.issued_at, zone=zone, now=now)}",
            )
            for each in passes
        ]

    def _receipt_lines(self, receipts: list[ReceiptView]) -> list[Line]:
        words, today = self._context.words, self._context.clock.now().astimezone(self._context.sites.zone).date()
        return [
            Line(
                f"{words.money(each.amount_minor, each.currency)}",
                f"{words.day(each.local_on, today=today)} {each.local_time} · {each.method.value} · {each.number}",
            )
            for each in receipts
        ]

    def _show_lines(self, lines: Sequence[Line], empty: str) -> None:
        self._clear()
        for line in lines:
            self._lines.addWidget(label(line.text, "name", wrap=True))
            if line.second:
                self._lines.addWidget(label(line.second, "muted", wrap=True))
        if not lines:
            self._lines.addWidget(label(self._context.words(empty), "muted", wrap=True))

    def _clear(self) -> None:
        while (item := self._lines.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()


def _contact(member: MemberView, context: Context) -> list[str]:
    words, zone = context.words, context.sites.zone
    joined = words.date(member.joined_at.astimezone(zone).date())
    lines = [text for text in (member.email, member.phone) if text]
    lines.append(words("members.home", site=context.sites.name_of(member.home_site_id)))
    lines.append(words("members.joined", day=joined))
    if member.block_note:
        lines.append(member.block_note)
    return lines
