"""The sheet in which a member is made or changed. What was typed stays until it is saved or thrown away."""

from collections.abc import Callable
from typing import ClassVar

from admin_desktop.members.reading import full_name
from admin_desktop.shell.context import Context
from admin_desktop.shell.form_sheet import FormSheet
from admin_desktop.widgets.forms import ChoiceField, Form, TextField, TickField
from shared.contracts.gym import MemberChange, MemberView, NewMember


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
        facts |= {name: values[name] for name in ("given_name", "family_name", "home_site_id", "document_missing")}
        staff, member = self._context.desk.staff, self._member
        if member is None:
            new = NewMember(id=self.id, **facts)
            self.send(lambda: staff.create_member(new), self._done)
        else:
            change = MemberChange(version=member.version, host_id=member.host_id, **facts)
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
    sites = [(site.id, site.name) for site in context.sites.all]
    home = context.sites.current.id if member is None else member.home_site_id
    form.add("home_site_id", ChoiceField(words("members.home_field"), sites, home))
    form.add("document_missing", TickField(words("members.document"), on=bool(member and member.document_missing)))
    return form


_TEXTS = ("given_name", "family_name", "email", "phone", "number")
