"""The sheet in which a member is made or changed. What was typed stays until it is saved or thrown away."""

from collections.abc import Callable
from datetime import date
from typing import ClassVar

from PySide6.QtWidgets import QLineEdit

from admin_desktop.members.reading import change_of, full_name, read_birthday
from admin_desktop.shell.context import Context
from admin_desktop.shell.form_sheet import FormSheet
from admin_desktop.widgets.forms import ChoiceField, Field, Form, TextField, TickField
from shared.contracts.gym import MemberView, NewMember
from shared.errors import InvalidInput

_EARLIEST = date(1900, 1, 1)


class BirthdayField(Field[date | None]):
    """A day as people type it, or nothing."""

    def __init__(self, context: Context, born_on: date | None) -> None:
        words = context.words
        self.line = QLineEdit("" if born_on is None else born_on.isoformat())
        self.line.setMaxLength(12)
        super().__init__(words("members.born"), self.line, self._read, hint=words("members.born.hint"))
        self._wrong, self._today = words("members.born.wrong"), context.today
        self.line.textEdited.connect(lambda _: self._edited())

    def _edited(self) -> None:
        self.complain("")
        self.changed.emit()

    def _read(self) -> date | None:
        try:
            born_on = read_birthday(self.line.text())
        except (ValueError, TypeError) as error:
            raise InvalidInput(self._wrong) from error
        if born_on is not None and not _EARLIEST <= born_on <= self._today:
            raise InvalidInput(self._wrong)
        return born_on


class MemberSheet(FormSheet):
    """``done`` gets the member as saved."""

    FIELD_OF: ClassVar = {"number_taken": "number"}

    def __init__(self, context: Context, member: MemberView | None, done: Callable[[MemberView], None]) -> None:
        words = context.words
        title = words("members.new") if member is None else words("members.edit.title", name=full_name(member, words))
        super().__init__(context, title, _form(context, member), do=words("do.save"))
        self._member, self._done = member, done

    def save(self) -> None:
        values = self.form.values()
        if values is None:
            return
        facts = {name: value or None for name, value in values.items() if name in ("number", "email", "phone")}
        kept = ("given_name", "family_name", "home_site_id", "born_on", "document_missing")
        facts |= {name: values[name] for name in kept}
        staff, member = self._context.desk.staff, self._member
        if member is None:
            new = NewMember(id=self.id, **facts)
            self.send(lambda: staff.create_member(new), self._done)
        else:
            change = change_of(member).model_copy(update=facts)
            self.send(lambda: staff.change_member(member.id, change), self._done)


def _form(context: Context, member: MemberView | None) -> Form:
    words, form = context.words, Form()
    text = {} if member is None else {name: getattr(member, name) or "" for name in _TEXTS}
    needed = words("members.needed")
    form.add(
        "given_name", TextField(words("members.given_name"), text.get("given_name", ""), needed=needed, longest=120)
    )
    form.add("family_name", TextField(words("members.family_name"), text.get("family_name", "")))
    form.add("email", TextField(words("members.email"), text.get("email", ""), longest=254))
    form.add("phone", TextField(words("members.phone"), text.get("phone", ""), longest=40))
    hint = words("members.number_hint") if member is None else ""
    form.add("number", TextField(words("members.number_field"), text.get("number", ""), hint=hint, longest=40))
    form.add("born_on", BirthdayField(context, None if member is None else member.born_on))
    sites = [(site.id, site.name) for site in context.sites.all]
    home = context.sites.current.id if member is None else member.home_site_id
    form.add("home_site_id", ChoiceField(words("members.home_field"), sites, home))
    form.add("document_missing", TickField(words("members.document"), on=bool(member and member.document_missing)))
    return form


_TEXTS = ("given_name", "family_name", "email", "phone", "number")
