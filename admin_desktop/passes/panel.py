"""The passes of one member: the list, what can be done, and after a revocation which doors have heard of it."""

from collections.abc import Callable
from datetime import timedelta

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from admin_desktop.exporting.sheet import export_button
from admin_desktop.exporting.table import Export
from admin_desktop.members.reading import full_name
from admin_desktop.passes.going_out import pass_export
from admin_desktop.passes.reading import ICONS, Heard, kind_word, pass_chip, title_of, who_heard
from admin_desktop.shell.changing import changing, let
from admin_desktop.shell.context import Context
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.chips import ChipLabel
from admin_desktop.widgets.labels import IconLabel, bare, label, rule
from shared.client.staff import StaffCloud
from shared.contracts.gym import MemberView
from shared.contracts.qr import PassView
from shared.desktop.drawings import Icon
from shared.desktop.tokens import DESK
from shared.domain.passes import PassStatus

_FRESH = timedelta(days=1)
_LOOK_EVERY_MS = 5_000


class PassPanel(QFrame):
    """``issue``, ``add_tag`` and ``revoke`` (a pass) are the room's to do."""

    issue = Signal()
    add_tag = Signal()
    revoke = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setProperty("role", "panel")
        self.setFixedWidth(DESK.card + 40)
        self._context = context
        self.member: MemberView | None = None
        self.passes: list[PassView] = []
        self.heard: dict[object, QLabel] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(DESK.padding, DESK.padding, DESK.padding, DESK.padding)
        column.setSpacing(12)
        self._empty = label(context.words("passes.pick"), "muted", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self._empty)
        self._full = QWidget()
        inner = QVBoxLayout(self._full)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(12)
        self.name = label("", "card", wrap=True)
        self.number = label("", "muted")
        self.found = label("", "name", wrap=True)
        for part in (self.name, self.number, self.found):
            inner.addWidget(part)
        inner.addLayout(self._acts())
        inner.addWidget(rule())
        self._rows = QVBoxLayout()
        self._rows.setSpacing(14)
        self._rows.setAlignment(Qt.AlignmentFlag.AlignTop)
        holder = QWidget()
        holder.setLayout(self._rows)
        inner.addWidget(bare(holder), 1)
        column.addWidget(self._full, 1)
        self._looking = QTimer(self, interval=_LOOK_EVERY_MS)
        self._looking.timeout.connect(self._look)
        self.show_member(None)

    def show_member(self, member: MemberView | None, *, found: str = "") -> None:
        """``found`` says how the member was found, such as by a card that is revoked."""
        self.member = member
        self._empty.setVisible(member is None)
        self._full.setVisible(member is not None)
        self._looking.stop()
        if member is None:
            return
        words = self._context.words
        self.name.setText(full_name(member, words))
        self.number.setText("" if member.number is None else words("members.number", number=member.number))
        self.found.setText(found)
        self.found.setVisible(bool(found))
        let(self.issue_button, on=not member.erased)
        let(self.tag_button, on=not member.erased)
        self.load()

    def load(self) -> None:
        member, staff = self.member, self._context.desk.staff
        if member is not None and not member.erased:
            self._context.ask(
                lambda: staff.passes(member.id),
                self._show,
                failed=lambda error: self._context.show_failure(error, again=self.load),
                owner=self,
                lane="passes",
            )

    def _acts(self) -> QHBoxLayout:
        words, row = self._context.words, QHBoxLayout()
        self.issue_button = button(words("passes.new"), kind="main", icon=Icon.PLUS)
        self.tag_button = button(words("passes.tag"), icon=Icon.KEY)
        self.issue_button.clicked.connect(self.issue)
        self.tag_button.clicked.connect(self.add_tag)
        for press in (self.issue_button, self.tag_button):
            row.addWidget(press)
            changing(self._context, press, "pass.issue")
        row.addStretch(1)
        self.export = export_button(self._context, self._export, brief=True)
        row.addWidget(self.export)
        return row

    def _show(self, passes: list[PassView]) -> None:
        self.passes = passes
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.heard = {}
        for one in passes:
            self._rows.addWidget(self._row(one))
        if not passes:
            self._rows.addWidget(label(self._context.words("passes.none"), "muted", wrap=True))
        self._look()

    def _row(self, one: PassView) -> QWidget:
        words, whole = self._context.words, QWidget()
        whole.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(IconLabel(ICONS[one.kind], size=22), 0, Qt.AlignmentFlag.AlignTop)
        texts = QVBoxLayout()
        texts.setSpacing(3)
        texts.addWidget(label(title_of(one, words), "name", wrap=True))
        texts.addWidget(label(self._second(one), "muted", wrap=True))
        if self._is_fresh(one):
            self.heard[one.id] = label(words("passes.heard.asking"), "muted", wrap=True)
            texts.addWidget(self.heard[one.id])
        texts.addStretch(1)
        row.addLayout(texts, 1)
        right = QVBoxLayout()
        right.setSpacing(6)
        right.addWidget(ChipLabel(pass_chip(one.status, words)), 0, Qt.AlignmentFlag.AlignRight)
        if one.status is PassStatus.ACTIVE:
            press = button(
                words("passes.revoke"), kind="danger", name=f"{words('passes.revoke')} {title_of(one, words)}"
            )
            changing(self._context, press, "pass.revoke")
            press.clicked.connect(lambda _=False: self.revoke.emit(one))
            right.addWidget(press, 0, Qt.AlignmentFlag.AlignRight)
        right.addStretch(1)
        row.addLayout(right)
        return whole

    def _second(self, one: PassView) -> str:
        words, zone, now = self._context.words, self._context.sites.zone, self._context.clock.now()
        issued = words("passes.issued", moment=words.moment(one.issued_at, zone=zone, now=now))
        other = kind_word(one.kind, words) if title_of(one, words) == one.label else one.label
        parts = [other, issued]
        if one.revoked_at is not None:
            parts.append(words("passes.revoked_at", moment=words.moment(one.revoked_at, zone=zone, now=now)))
        return "\n".join(filter(None, parts))

    def _export(self) -> Export[PassView]:
        member = self.member
        name = "" if member is None else full_name(member, self._context.words)
        return pass_export(self._context, name, self.passes)

    def _is_fresh(self, one: PassView) -> bool:
        return one.revoked_at is not None and self._context.clock.now() - one.revoked_at < _FRESH

    def _look(self) -> None:
        """Ask which kiosks have heard; again while some have not and somebody looks."""
        fresh = [one for one in self.passes if one.id in self.heard]
        if not fresh or not self.isVisible():
            self._looking.stop()
            return
        self._context.ask.quietly(_asking(self._context.desk.staff, fresh), self._show_heard, owner=self, lane="heard")

    def _show_heard(self, answers: dict[object, Heard]) -> None:
        for pass_id, heard in answers.items():
            if pass_id in self.heard:
                self.heard[pass_id].setText(self._said(heard))
        if all(heard.everywhere for heard in answers.values()):
            self._looking.stop()
        else:
            self._looking.start()

    def _said(self, heard: Heard) -> str:
        words, n = self._context.words, len(heard.heard) + len(heard.waiting)
        if not n:
            return words("passes.heard.no_kiosk")
        if heard.everywhere:
            return words("passes.heard.all", n=n)
        names = ", ".join(device.name for device in heard.waiting)
        return words("passes.heard.some", heard=len(heard.heard), n=n, names=names)


def _asking(staff: StaffCloud, passes: list[PassView]) -> Callable[[], dict[object, Heard]]:
    def work() -> dict[object, Heard]:
        devices = staff.devices()
        return {one.id: who_heard(staff.pass_places(one.id), devices) for one in passes}

    return work
