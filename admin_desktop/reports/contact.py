"""That somebody was contacted, and what came of it: the chip in the list, and the sheet in which it is written down."""

from collections.abc import Callable

from admin_desktop.reports.loading import Leaving
from admin_desktop.reports.naming import short_day
from admin_desktop.shell.context import Context
from admin_desktop.shell.form_sheet import FormSheet
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.chips import Chip, Tone
from admin_desktop.widgets.forms import ChoiceField, Form, TextField
from admin_desktop.widgets.labels import label, rule
from shared.contracts.report_rows import ContactHow, ContactOutcome, ContactView, NewContact
from shared.desktop.drawings import Icon

_LONGEST = 200
_TONES = {
    ContactOutcome.OPEN: Tone.INFO,
    ContactOutcome.COMES_BACK: Tone.GOOD,
    ContactOutcome.HAS_REASON: Tone.GOOD,
    ContactOutcome.LEAVES: Tone.BAD,
}
_ICONS = {ContactHow.CALLED: Icon.PHONE, ContactHow.MAILED: Icon.MAIL, ContactHow.TALKED: Icon.PEOPLE}


def contact_chip(contact: ContactView | None, context: Context) -> Chip:
    words = context.words
    if contact is None:
        return Chip(words("reports.contact.none"), Tone.OVER)
    return Chip(
        f"{words(f'reports.how.{contact.how.value}')} {_day(contact, context)}",
        _TONES[contact.outcome],
        _ICONS[contact.how],
    )


class ContactSheet(FormSheet):
    """``changed`` is called when something was written down or taken back."""

    def __init__(self, context: Context, row: Leaving, changed: Callable[[], None]) -> None:
        words = context.words
        self._row, self._changed = row, changed
        self._name = words("reports.erased") if row.member is None else row.member.name
        self.history = label(words("reports.waiting"), "muted", wrap=True)
        form = _form(context, row.risk.contact)
        form.column.insertWidget(0, label(_habit(row, context), "muted", wrap=True))
        form.column.addWidget(rule())
        form.column.addWidget(self.history)
        form.column.addStretch(1)
        super().__init__(context, self._name, form, do=words("do.save"))
        self.card = button(words("reports.open_card"), icon=Icon.PERSON)
        self.card.clicked.connect(self.open_card)
        self.foot.insertWidget(1, self.card)
        reports = context.desk.reports
        context.ask.quietly(lambda: reports.contacts(row.risk.member_id), self._show_history, owner=self, lane="old")

    def save(self) -> None:
        values = self.form.values()
        if values is None:
            return
        before: ContactView | None = values.pop("which", None)
        contact = NewContact(
            id=self.id if before is None else before.id,
            member_id=self._row.risk.member_id,
            how=values["how"],
            outcome=values["outcome"],
            note=values["note"] or None,
        )
        reports = self._context.desk.reports
        self.send(lambda: reports.keep_contact(contact), lambda _: self._saved(contact, before))

    def open_card(self) -> None:
        """The member's own, in the members' room."""
        staff, member_id = self._context.desk.staff, self._row.risk.member_id

        def go(member: object) -> None:
            self.close_it()
            self._context.go("members", member)

        self._context.ask(lambda: staff.member(member_id), go, failed=self.failed)

    def _saved(self, contact: NewContact, before: ContactView | None) -> None:
        self._changed()
        words = self._context.words
        self._context.toasts.show_undoable(
            words("reports.contact.kept", name=self._name),
            action=words("do.undo"),
            undo=lambda: self._take_back(contact, before),
        )

    def _take_back(self, contact: NewContact, before: ContactView | None) -> None:
        """A new one goes; one that was put right is as it was."""
        reports = self._context.desk.reports

        def work() -> None:
            if before is None:
                reports.forget_contact(contact.id)
            else:
                reports.keep_contact(NewContact.model_validate(before.model_dump()))

        self._context.ask(work, lambda _: self._changed(), failed=self._context.show_failure)

    def _show_history(self, contacts: list[ContactView]) -> None:
        words = self._context.words
        lines = [
            ", ".join(
                filter(
                    None,
                    (
                        f"{words(f'reports.how.{each.how.value}')} {_day(each, self._context)}",
                        words(f"reports.outcome.{each.outcome.value}"),
                        each.note or "",
                    ),
                )
            )
            for each in contacts
        ]
        self.history.setText("\n".join(lines) if lines else words("reports.contact.never"))


def _form(context: Context, contact: ContactView | None) -> Form:
    words, form = context.words, Form()
    if contact is not None and contact.outcome is ContactOutcome.OPEN:
        earlier = words(
            "reports.contact.earlier", how=words(f"reports.how.{contact.how.value}"), day=_day(contact, context)
        )
        which: list[tuple[ContactView | None, str]] = [(contact, earlier), (None, words("reports.contact.new"))]
        form.add("which", ChoiceField(words("reports.contact.which"), which, contact))
    hows = [(how, words(f"reports.how.{how.value}")) for how in ContactHow]
    form.add("how", ChoiceField(words("reports.contact.how"), hows, None if contact is None else contact.how))
    outcomes = [(outcome, words(f"reports.outcome.{outcome.value}")) for outcome in ContactOutcome]
    form.add("outcome", ChoiceField(words("reports.contact.outcome"), outcomes, ContactOutcome.OPEN))
    form.add("note", TextField(words("reports.note"), hint=words("reports.note.hint"), longest=_LONGEST))
    return form


def _habit(row: Leaving, context: Context) -> str:
    words, risk = context.words, row.risk
    today = context.today
    last = "–" if risk.last_visit_on is None else words.day(risk.last_visit_on, today=today)
    return words("reports.leaving.said", recent=words.number(risk.recent), before=words.number(risk.before), last=last)


def _day(contact: ContactView, context: Context) -> str:
    zone = context.sites.zone
    today = context.clock.now().astimezone(zone).date()
    return short_day(contact.at.astimezone(zone).date(), context.words, today=today)
