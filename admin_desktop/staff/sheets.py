"""The sheets of the staff's room: inviting, changing, and the link that is shown once."""

from collections.abc import Callable

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from admin_desktop.shell.context import Context
from admin_desktop.shell.form_sheet import FormSheet
from admin_desktop.staff.reading import role_words
from admin_desktop.staff.roles import DESK_ROLES, role_of, with_role
from admin_desktop.widgets.forms import ChoiceField, Form, TextField
from admin_desktop.widgets.labels import label
from admin_desktop.widgets.sheet import Sheet
from shared.contracts.identity import Invitation, NewPerson, Person, PersonChange
from shared.domain.roles import Group
from shared.errors import Rejected


class InviteSheet(FormSheet):
    """``done`` gets the name and the invitation."""

    def __init__(self, context: Context, done: Callable[[str, Invitation], None]) -> None:
        words, form = context.words, Form()
        needed = words("staff.needed")
        form.add("name", TextField(words("staff.name"), needed=needed))
        email = TextField(words("staff.email"), hint=words("staff.email_hint"), needed=needed, longest=254)
        form.add("email", email)
        form.add("role", _role_field(context, Group.STAFF))
        super().__init__(context, words("staff.invite.title"), form, do=words("staff.make_link"))
        self._done = done

    def save(self) -> None:
        values = self.form.values()
        if values is None:
            return
        staff, groups = self._context.desk.staff, with_role((), values["role"])
        try:
            new = NewPerson(id=self.id, name=values["name"], email=values["email"], groups=groups)
        except ValueError:
            self.form.complain("email", self._context.words("staff.wrong_email"))
            return
        self.send(lambda: staff.create_person(new), lambda made: self._done(new.name, made))

    def failed(self, error: Exception) -> None:
        super().failed(error)
        if isinstance(error, Rejected) and error.code == "invalid_input":
            self.say("")
            self.form.complain("email", self._context.words("staff.email_taken"))


class PersonSheet(FormSheet):
    """Name and role. ``done`` gets the person before and as saved."""

    def __init__(self, context: Context, person: Person, done: Callable[[Person, Person], None]) -> None:
        words, form = context.words, Form()
        form.add("name", TextField(words("staff.name"), person.name, needed=words("staff.needed")))
        form.add("role", _role_field(context, role_of(person.groups)))
        title = words("staff.change.title", name=person.name)
        super().__init__(context, title, form, do=words("do.save"))
        self._person, self._done = person, done
        self.form.fields["role"].editor.setFocus()

    def save(self) -> None:
        values = self.form.values()
        if values is None:
            return
        staff, person = self._context.desk.staff, self._person
        change = PersonChange(name=values["name"], groups=with_role(person.groups, values["role"]))
        self.send(lambda: staff.change_person(person.id, change), lambda now: self._done(person, now))


class LinkSheet(Sheet):
    """A one-time link, to be copied now."""

    def __init__(self, context: Context, name: str, invitation: Invitation) -> None:
        words = context.words
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        said = words.moment(invitation.expires_at, zone=context.sites.zone, now=context.clock.now())
        moment = said[:1].lower() + said[1:]
        self.link = QLineEdit(invitation.link)
        self.link.setReadOnly(True)
        self.link.setAccessibleName(words("staff.link", name=name))
        column.addWidget(label(words("staff.link.what", name=name), wrap=True))
        column.addWidget(self.link)
        column.addWidget(label(words("staff.link.once", moment=moment), "muted", wrap=True))
        column.addStretch(1)
        super().__init__(context.stage, words("staff.link", name=name), body, leave_text=words("do.close"))
        self._context = context
        self.add_main(words("staff.link.copy"), self.copy)
        self.link.selectAll()
        self.link.setFocus()

    def copy(self) -> None:
        QGuiApplication.clipboard().setText(self.link.text())
        self._context.toasts.show(self._context.words("staff.link.copied"))


def _role_field(context: Context, role: Group | None) -> ChoiceField[Group | None]:
    """Owners are made by Owners only: for others it is no choice."""
    words = context.words
    offered = [each for each in DESK_ROLES if each is not Group.OWNER or Group.OWNER in context.me.groups]
    choices = [(None, words("staff.nobody")), *((each, role_words(each, words)) for each in offered)]
    return ChoiceField(words("staff.role"), choices, role, hint=words("staff.role_hint"))
