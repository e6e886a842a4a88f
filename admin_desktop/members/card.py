"""The card of one member: who it is, the acts, what is paid, and what is known in tabs."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from admin_desktop.members.family import FamilyBox, unlink_guardian
from admin_desktop.members.membership_sheet import Done
from admin_desktop.members.memberships import MembershipActs
from admin_desktop.members.more import MoreActs
from admin_desktop.members.photo import PhotoClick
from admin_desktop.members.plan_panel import PlanPanel
from admin_desktop.members.reading import full_name, member_chip
from admin_desktop.members.tabs import MemberTabs
from admin_desktop.shell.changing import changing, let
from admin_desktop.shell.context import Context
from admin_desktop.widgets.avatar import Avatar
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.chips import ChipLabel
from admin_desktop.widgets.labels import bare, label, mail_that_wraps
from shared.contracts.gym import MemberView
from shared.contracts.photos import PhotoSize
from shared.desktop.drawings import Icon
from shared.desktop.tokens import DESK


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
        def told(member: MemberView, said: str) -> None:
            done(member, said, None)

        self._told, self._done = told, done
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
        self.block_button = button("", icon=Icon.BLOCK, name=words("members.block"))
        self.edit_button.clicked.connect(edit)
        self.block_button.clicked.connect(block)
        self.pass_button = button("", icon=Icon.CARD, name=words("passes.room"))
        self.pass_button.clicked.connect(lambda _=False: context.go("passes", self.member))
        acts = QHBoxLayout()
        for press in (self.edit_button, self.block_button):
            acts.addWidget(press)
            changing(context, press, "member.change")
        acts.addWidget(self.pass_button)
        self.more = MoreActs(context, lambda: self.member, told)
        acts.addWidget(self.more)
        acts.addStretch(1)
        inner.addLayout(acts)
        inner.addWidget(bare(self._lower()), 1)
        column.addWidget(self._full, 1)
        self.show_member(None)

    def _unlink(self) -> None:
        if self.member is not None:
            unlink_guardian(self._context, self.member, self._told)

    def _lower(self) -> QWidget:
        """What scrolls."""
        self.contact = label("", "muted", wrap=True)
        self.family = FamilyBox(self._context, unlink=self._unlink)
        self.plans, self.tabs = PlanPanel(self._context, self._done), MemberTabs(self._context)
        lower = QWidget()
        column = QVBoxLayout(lower)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.setAlignment(Qt.AlignmentFlag.AlignTop)
        for part in (self.contact, self.family, self.plans, self.tabs):
            column.addWidget(part)
        return lower

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
        block = words("members.unblock" if member.blocked else "members.block")
        self.block_button.setAccessibleName(block)
        let(self.edit_button, on=not member.erased)
        let(self.block_button, on=not member.erased, says=block)
        self.more.setEnabled(not member.erased)
        if not same:
            self.avatar.show_person(name)
            self._load_photo(member)
        self.family.show_member(member)
        self.plans.show_member(member)
        self.tabs.show_member(member)

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


def _contact(member: MemberView, context: Context) -> list[str]:
    words, zone = context.words, context.sites.zone
    joined = words.date(member.joined_at.astimezone(zone).date())
    lines = [text for text in (mail_that_wraps(member.email or ""), member.phone) if text]
    if member.born_on is not None:
        lines.append(words("members.born_on", day=words.date(member.born_on)))
    lines.append(words("members.home", site=context.sites.name_of(member.home_site_id)))
    lines.append(words("members.joined", day=joined))
    if member.block_note:
        lines.append(member.block_note)
    return lines
