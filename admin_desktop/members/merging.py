"""Members who may be one person, and the question before one is made of two."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from admin_desktop.door.people import KnownPeople, MemberField
from admin_desktop.members.family import Changed
from admin_desktop.members.reading import full_name
from admin_desktop.shell.context import Context
from admin_desktop.shell.form_sheet import FormSheet
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.forms import Form
from admin_desktop.widgets.labels import label
from admin_desktop.widgets.sheet import Sheet
from shared.contracts.gym import MemberRef, MemberView
from shared.contracts.merging import Duplicates

_SHOWN = 40


class MergeSheet(FormSheet):
    """Who else this member is. The member on the card is kept."""

    def __init__(self, context: Context, kept: MemberView, done: Changed) -> None:
        words, form = context.words, Form()
        self.other = MemberField(context, KnownPeople(), None)
        form.add("other_id", self.other)
        title = words("members.merge.title", name=full_name(kept, words))
        super().__init__(context, title, form, do=words("members.merge.look"), kind="danger")
        form.column.addWidget(label(words("members.merge.what"), "muted", wrap=True))
        self._kept, self._done = kept, done

    def save(self) -> None:
        """Look at both as they are now, and ask."""
        values, staff, kept_id = self.form.values(), self._context.desk.staff, self._kept.id
        if values is None:
            return
        other_id = values["other_id"].member_id
        if other_id == kept_id:
            self.other.complain(self._context.words("members.merge.same"))
            return
        context, done = self._context, self._done
        self.send(
            lambda: (staff.member(kept_id), staff.member(other_id)), lambda both: ask_to_merge(context, *both, done)
        )


def ask_to_merge(context: Context, kept: MemberView, other: MemberView, done: Changed) -> None:
    """It cannot be undone, and says so."""
    words, staff = context.words, context.desk.staff
    one, two = _named(kept, context), _named(other, context)
    context.question(
        words("members.merge.sure", name=one, other=two),
        [
            words("members.merge.keeps", name=one, other=two),
            words("members.merge.cards", other=two),
            words("members.merge.final"),
        ],
        yes=words("members.merge.do"),
        then=lambda: context.ask(
            lambda: staff.merge(kept, other), lambda now: done(now, "members.merged"), failed=context.show_failure
        ),
    )


class DuplicatesSheet(Sheet):
    """The list of those who may be one, each group with who is kept."""

    def __init__(self, context: Context, done: Changed) -> None:
        words = context.words
        body = QWidget()
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)
        self._column.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._said = label(words("members.duplicates.looking"), "muted", wrap=True)
        self._column.addWidget(self._said)
        super().__init__(context.stage, words("members.duplicates"), body, leave_text=words("do.close"))
        self._context, self._done = context, done
        context.ask(context.desk.staff.duplicates, self._show, owner=self, lane="duplicates", failed=self._failed)

    def _failed(self, error: Exception) -> None:
        self.close_it()
        self._context.show_failure(error)

    def _show(self, groups: list[Duplicates]) -> None:
        key = "members.duplicates.found" if groups else "members.duplicates.none"
        self._said.setText(self._context.words(key, n=len(groups)))
        for group in groups[:_SHOWN]:
            self._column.addWidget(self._box(group))

    def _box(self, group: Duplicates) -> QFrame:
        words, box = self._context.words, QFrame()
        box.setProperty("role", "note")
        column = QVBoxLayout(box)
        column.addWidget(label(words(f"members.duplicates.{group.why.value}"), "head"))
        for who in group.members:
            row = QHBoxLayout()
            number = "" if who.number is None else words("members.number", number=who.number)
            row.addWidget(label(f"{who.name}  ·  {number}", "name", wrap=True), 1)
            others = [each for each in group.members if each.id != who.id]
            row.addWidget(self._press("members.duplicates.keep", partial(self._keep, who, others[0])))
            column.addLayout(row)
        return box

    def _press(self, key: str, act: Callable[[], None]) -> QWidget:
        made = button(self._context.words(key), kind="quiet")
        made.clicked.connect(lambda _=False: act())
        return made

    def _keep(self, kept: MemberRef, other: MemberRef) -> None:
        context, staff, done = self._context, self._context.desk.staff, self._done

        def ask(both: tuple[MemberView, MemberView]) -> None:
            self.close_it()
            ask_to_merge(context, *both, done)

        context.ask(lambda: (staff.member(kept.id), staff.member(other.id)), ask, failed=context.show_failure)


def _named(member: MemberView, context: Context) -> str:
    return f"{full_name(member, context.words)} ({member.number})"
