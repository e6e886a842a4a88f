"""The staff's room: who may sign in at the left, what one may do at the right; the search has the focus."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout

from admin_desktop.exporting.sheet import export_button
from admin_desktop.shell.changing import changing
from admin_desktop.shell.context import Context
from admin_desktop.shell.rooms import Room
from admin_desktop.staff.card import PersonCard
from admin_desktop.staff.going_out import person_export
from admin_desktop.staff.reading import matches, may_change, person_columns
from admin_desktop.staff.sheets import InviteSheet, LinkSheet, PersonSheet
from admin_desktop.staff.table import RolesSheet
from admin_desktop.widgets.beside import Beside
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.labels import label
from admin_desktop.widgets.pages import Page, PagedModel
from admin_desktop.widgets.search import SearchLine
from admin_desktop.widgets.table import Table
from shared.contracts.identity import Invitation, Person, PersonChange
from shared.desktop.drawings import Icon

Value = TypeVar("Value")


class StaffRoom(Room):
    """Name ``staff``. Goes to a :class:`Person`."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, context.words("staff.room"))
        words = context.words
        self.roles = button(words("staff.roles"))
        self.roles.clicked.connect(lambda: RolesSheet(context.stage, words))
        self.new = button(words("staff.invite"), kind="main", icon=Icon.PLUS)
        self.new.clicked.connect(self.make_new)
        changing(context, self.new, "person.create")
        self.export = export_button(context, lambda: person_export(context, self.model.fetch))
        for press in (self.export, self.roles, self.new):
            self.acts.addWidget(press)
        self.search = SearchLine(words("staff.search"))
        self.model: PagedModel[Person] = PagedModel(context.ask, person_columns(context), self)
        self.table = Table(self.model, name=words("staff.room"))
        self.nobody = label("", "muted", wrap=True)
        self.nobody.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nobody.hide()
        acts = {
            "change": self.change,
            "new_link": self.new_link,
            "disable": self.disable,
            "sign_out": self.sign_out,
            "remove": self.remove,
        }
        self.card = PersonCard(context, acts)
        left = QVBoxLayout()
        left.setSpacing(12)
        left.addWidget(self.search)
        left.addWidget(self.nobody)
        left.addWidget(self.table, 1)
        self.beside = Beside(left, self.card, self.table, close=words("do.close"), opened=self.change)
        self.body.addWidget(self.beside, 1)
        self.search.searched.connect(self._load)
        self.table.chosen.connect(self.card.show_person)
        self.model.loaded.connect(self._loaded)
        self.model.failed.connect(lambda error: context.show_failure(error, again=self._load))

    def entered(self) -> None:
        self._load()
        self.search.setFocus()

    def go_to(self, thing: object) -> None:
        if isinstance(thing, Person):
            self.search.setText(thing.email)
            self.card.show_person(thing)
            self.beside.show_card()

    def make_new(self) -> None:
        if self.new.isEnabled():
            InviteSheet(self.context, self._invited)

    def change(self) -> None:
        """Name and role."""
        person = self._changeable()
        if person is not None and self.card.buttons["change"].isEnabled():
            PersonSheet(self.context, person, self._changed)

    def new_link(self) -> None:
        """A link to set a new password; the old one counts until it is used."""
        person, staff = self._changeable(), self.context.desk.staff
        if person is not None:
            self._do(lambda: staff.invite(person.id), lambda made: LinkSheet(self.context, person.name, made))

    def disable(self) -> None:
        """Disable or enable; can be undone."""
        person = self._changeable()
        if person is not None:
            self._set_enabled(person, enabled=not person.enabled)

    def sign_out(self) -> None:
        person, words, staff = self._changeable(), self.context.words, self.context.desk.staff
        if person is None:
            return

        def done(_: object) -> None:
            self.context.toasts.show(words("staff.is_signed_out", name=person.name))

        lines = ["what", "you", "password"] if person.id == self.context.me.person.id else ["what", "password"]
        then = lambda: self._do(lambda: staff.sign_out_everywhere(person.id), done)  # noqa: E731  # said after the question
        self._ask_first(person, "sign_out", lines, then)

    def remove(self) -> None:
        person, words, staff = self._changeable(), self.context.words, self.context.desk.staff
        if person is None:
            return

        def done(_: object) -> None:
            self.card.show_person(None)
            self._load()
            self.context.toasts.show(words("staff.is_removed", name=person.name))

        lines = ["what", "audit", "instead"]
        self._ask_first(person, "remove", lines, lambda: self._do(lambda: staff.remove_person(person.id), done))

    def _changeable(self) -> Person | None:
        """The one on the card, when who is signed in may change them."""
        person = self.card.person
        return person if person is not None and may_change(person, self.context) else None

    def _ask_first(self, person: Person, what: str, lines: list[str], then: Callable[[], None]) -> None:
        words = self.context.words
        self.context.question(
            words(f"staff.{what}.title", name=person.name),
            [words(f"staff.{what}.{line}", name=person.name) for line in lines],
            yes=words(f"staff.{what}"),
            then=then,
        )

    def _set_enabled(self, person: Person, *, enabled: bool) -> None:
        staff, change = self.context.desk.staff, PersonChange(enabled=enabled)

        def done(saved: Person) -> None:
            said = "staff.is_enabled" if enabled else "staff.is_disabled"
            self._tell(saved, said, lambda: self._set_enabled(saved, enabled=not enabled))

        self._do(lambda: staff.change_person(person.id, change), done)

    def _changed(self, before: Person, saved: Person) -> None:
        staff = self.context.desk.staff
        back = PersonChange(name=before.name, groups=before.groups)

        def undo() -> None:
            self._do(lambda: staff.change_person(saved.id, back), lambda now: self._tell(now, "staff.saved", None))

        self._tell(saved, "staff.saved", undo)

    def _invited(self, name: str, made: Invitation) -> None:
        self._load()
        LinkSheet(self.context, name, made)

    def _tell(self, saved: Person, said: str, undo: Callable[[], None] | None) -> None:
        words = self.context.words
        self.card.show_person(saved)
        self._load()
        text = words(said, name=saved.name)
        if undo is None:
            self.context.toasts.show(text)
        else:
            self.context.toasts.show_undoable(text, action=words("do.undo"), undo=undo)

    def _do(self, work: Callable[[], Value], then: Callable[[Value], object]) -> None:
        def done(value: Value) -> None:
            then(value)

        self.context.ask(work, done, failed=self.context.show_failure)

    def _load(self) -> None:
        search, staff = self.search.text().strip(), self.context.desk.staff

        def fetch(_: str | None) -> Page[Person]:
            return Page([each for each in staff.people() if matches(each, search)], None)

        self.model.load(fetch)

    def _loaded(self) -> None:
        words, count, search = self.context.words, len(self.model.rows), self.search.text().strip()
        self.sentence.setText(words("staff.count.found" if search else "staff.count", n=count, search=search))
        self.nobody.setText(words("staff.none", search=search))
        self.nobody.setVisible(count == 0)
        self.table.setVisible(count > 0)
        shown = self.card.person
        places = [place for place, row in enumerate(self.model.rows) if shown is not None and row.id == shown.id]
        if places:
            self.table.choose(places[0])
