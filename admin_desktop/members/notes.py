"""Notes about a member: written here, read here; a medical one opens with a click that is written down."""

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from admin_desktop.members.lines import Lines, moment_line
from admin_desktop.members.timeline import Moment
from admin_desktop.shell.changing import AwayNote, changing
from admin_desktop.shell.context import Context
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.tick import Tick
from shared.contracts.gym import MemberView
from shared.contracts.remarks import NewRemark, RemarkKind, RemarkView
from shared.desktop.drawings import Icon

_LONGEST = 4000


class NotesTab(QWidget):
    """What was typed for one member stays until it is saved, or another member is shown."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        words = context.words
        self._member: MemberView | None = None
        self._remarks: list[RemarkView] = []
        self._names: dict[object, str] = {}
        self._id = context.new_id()
        self.text = QPlainTextEdit()
        self.text.setPlaceholderText(words("members.note.write"))
        self.text.setAccessibleName(words("members.note.write"))
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(72)
        self.medical = Tick(words("members.note.is_medical"))
        self.save = button(words("members.note.save"))
        self.save.clicked.connect(lambda _=False: self._save())
        self.save.setEnabled(False)
        self.text.textChanged.connect(self._typed)
        foot = QHBoxLayout()
        foot.addWidget(self.medical, 1)
        foot.addWidget(self.save)
        self.lines = Lines(context)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.text)
        column.addLayout(foot)
        away = AwayNote(context)
        column.addWidget(away)
        away.look()
        column.addLayout(self.lines)

    def show_member(self, member: MemberView) -> None:
        if self._member is None or self._member.id != member.id:
            self.text.clear()
            self.medical.box.setChecked(False)
            self._id = self._context.new_id()
        self._member = member
        may = self._context.me.may("remark.change") and not member.erased
        for part in (self.text, self.medical):
            part.setEnabled(may)
        self._typed()
        if member.erased:
            self.lines.show_lines([], "members.no_notes")
        else:
            self._load()

    def _load(self) -> None:
        member, staff = self._member, self._context.desk.staff
        if member is None:
            return

        def work() -> tuple[list[RemarkView], dict[object, str]]:
            return staff.remarks(member.id), {each.id: each.name for each in staff.colleagues()}

        self._context.ask(work, lambda told: self._show(*told), owner=self, lane="notes")

    def _show(self, remarks: list[RemarkView], names: dict[object, str]) -> None:
        self._remarks, self._names = remarks, names
        self.lines.show_lines([self._line(remark) for remark in remarks], "members.no_notes")

    def _line(self, remark: RemarkView) -> QWidget:
        words = self._context.words
        name = words("members.note.you") if remark.by == self._context.me.person.id else self._names.get(remark.by, "")
        title = " · ".join(filter(None, (words(f"members.note.{remark.kind.value}"), name)))
        icon = Icon.PLUS if remark.kind is RemarkKind.MEDICAL else Icon.EDIT
        line = moment_line(Moment(remark.at, icon, title, remark.text or ""), self._context)
        acts = QHBoxLayout()
        acts.setSpacing(6)
        if remark.text is None:
            acts.addWidget(self._act("members.note.open", lambda: self._open(remark), "remark.open_medical"))
        acts.addWidget(self._act("members.note.remove", lambda: self._remove(remark), "remark.change"))
        acts.addStretch(1)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(line)
        column.addLayout(acts)
        return whole

    def _act(self, key: str, press: Callable[[], None], operation: str) -> QPushButton:
        made = button(self._context.words(key), kind="quiet")
        made.clicked.connect(lambda _=False: press())
        changing(self._context, made, operation)
        return made

    def _typed(self) -> None:
        text = self.text.toPlainText().strip()
        self.save.setEnabled(self.text.isEnabled() and 0 < len(text) <= _LONGEST)

    def _save(self) -> None:
        member, staff = self._member, self._context.desk.staff
        if member is None:
            return
        kind = RemarkKind.MEDICAL if self.medical.box.isChecked() else RemarkKind.GENERAL
        new = NewRemark(id=self._id, kind=kind, text=self.text.toPlainText().strip())
        self.save.setEnabled(False)
        self._context.ask(lambda: staff.write_remark(member.id, new), self._saved, failed=self._failed)

    def _saved(self, remark: RemarkView) -> None:
        self._id = self._context.new_id()
        if self._member is not None and self._member.id == remark.member_id:
            self.text.clear()
            self.medical.box.setChecked(False)
            self._load()
        self._context.toasts.show(self._context.words("members.note.saved"))

    def _failed(self, error: Exception) -> None:
        self._typed()
        self._context.show_failure(error, again=self._save)

    def _open(self, remark: RemarkView) -> None:
        """It stays open until another member, or the notes anew, are shown."""
        staff = self._context.desk.staff
        self._context.ask(lambda: staff.open_remark(remark), self._show_opened)

    def _show_opened(self, opened: RemarkView) -> None:
        if self._member is not None and self._member.id == opened.member_id:
            self._show([opened if each.id == opened.id else each for each in self._remarks], self._names)

    def _remove(self, remark: RemarkView) -> None:
        context, staff = self._context, self._context.desk.staff
        context.question(
            context.words("members.note.remove.title"),
            [context.words("members.note.remove.what")],
            yes=context.words("members.note.remove"),
            then=lambda: context.ask(lambda: staff.remove_remark(remark), lambda _: self._load()),
        )
