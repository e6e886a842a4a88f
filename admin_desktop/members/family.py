"""A member's family on the card, and the sheet in which a guardian is chosen."""

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from admin_desktop.door.people import KnownPeople, MemberField
from admin_desktop.members.reading import change_of, full_name
from admin_desktop.shell.changing import changing
from admin_desktop.shell.context import Context
from admin_desktop.shell.form_sheet import FormSheet
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.forms import Form
from admin_desktop.widgets.labels import IconLabel, label
from shared.contracts.families import Family
from shared.contracts.gym import MemberRef, MemberView
from shared.desktop.drawings import Icon
from shared.domain.member import is_under_age

Changed = Callable[[MemberView, str], None]
"""Gets the member as it is now, and the key of what to say."""


class FamilyBox(QWidget):
    """Names that lead to the others; nothing where there is nobody."""

    def __init__(self, context: Context, *, unlink: Callable[[], None]) -> None:
        super().__init__()
        self._context, self._unlink = context, unlink
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)

    def show_member(self, member: MemberView) -> None:
        staff = self._context.desk.staff
        self._clear()
        if not member.erased:
            then = self._show if not needs_guardian(member, self._context) else self._show_with_care
            self._context.ask.quietly(lambda: staff.family(member.id), then, owner=self, lane="family")

    def _show_with_care(self, family: Family) -> None:
        self._show(family)
        care = QFrame()
        care.setProperty("role", "care")
        row = QHBoxLayout(care)
        row.addWidget(IconLabel(Icon.EXCLAIM, colour="notice"))
        row.addWidget(label(self._context.words("members.needs_guardian"), wrap=True), 1)
        self._column.insertWidget(0, care)

    def _show(self, family: Family) -> None:
        self._clear()
        if family.guardian is not None:
            row = self._row("members.guardian", [family.guardian])
            gone = button("", kind="quiet", icon=Icon.CLOSE, name=self._context.words("members.unlink"))
            gone.clicked.connect(lambda _=False: self._unlink())
            changing(self._context, gone, "member.change")
            row.addWidget(gone)
        if family.others:
            self._row("members.family", family.others[:3])
        if len(family.others) > 3:  # noqa: PLR2004  # as many as fit
            self._row("", family.others[3:6])

    def _row(self, caption: str, people: list[MemberRef]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(2)
        if caption:
            row.addWidget(label(self._context.words(caption), "muted"))
        for each in people:
            name = button(each.name.split()[0] if len(people) > 1 else each.name, kind="quiet", name=each.name)
            name.clicked.connect(lambda _=False, each=each: self._go(each))
            row.addWidget(name)
        row.addStretch(1)
        holder = QWidget()
        holder.setLayout(row)
        row.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(holder)
        return row

    def _go(self, who: MemberRef) -> None:
        context = self._context
        context.ask(lambda: context.desk.staff.member(who.id), lambda member: context.go("members", member))

    def _clear(self) -> None:
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()


class GuardianSheet(FormSheet):
    """Who pays and answers for a member."""

    def __init__(self, context: Context, member: MemberView, done: Changed) -> None:
        form = Form()
        self.who = MemberField(context, KnownPeople(), None)
        form.add("guardian_id", self.who)
        title = context.words("members.guardian.title", name=full_name(member, context.words))
        super().__init__(context, title, form, do=context.words("members.guardian.do"))
        form.column.addWidget(label(context.words("members.guardian.what"), "muted", wrap=True))
        self._member, self._done = member, done

    def save(self) -> None:
        values = self.form.values()
        if values is not None:
            member, staff = self._member, self._context.desk.staff
            change = change_of(member).model_copy(update={"guardian_id": values["guardian_id"].member_id})
            self.send(
                lambda: staff.change_member(member.id, change), lambda now: self._done(now, "members.guardian.linked")
            )


def unlink_guardian(context: Context, member: MemberView, done: Changed) -> None:
    """Undone by linking again."""
    change = change_of(member).model_copy(update={"guardian_id": None})
    staff = context.desk.staff
    context.ask(lambda: staff.change_member(member.id, change), lambda now: done(now, "members.guardian.unlinked"))


def needs_guardian(member: MemberView, context: Context) -> bool:
    """Whether somebody under age has nobody who answers."""
    if member.born_on is None or member.guardian_id is not None:
        return False
    return is_under_age(member.born_on, context.today)
