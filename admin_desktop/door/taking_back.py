"""The sheet in which a check-in is taken back: it stays on record and counts no more."""

from collections.abc import Callable

from admin_desktop.door.reading import who_of
from admin_desktop.shell.context import Context
from admin_desktop.shell.failures import explain
from admin_desktop.widgets.forms import ChoiceField, Form, TextField
from admin_desktop.widgets.labels import label
from admin_desktop.widgets.sheet import Sheet
from shared.contracts.gym import AttendanceView

REASONS = ("not_in", "wrong_member", "test", "other")
_LONGEST = 150


class TakeBackSheet(Sheet):
    """``done`` gets the event as it is then."""

    def __init__(self, context: Context, event: AttendanceView, done: Callable[[AttendanceView], None]) -> None:
        words = context.words
        self._context, self._event, self._done = context, event, done
        self.form = Form()
        self.form.column.addWidget(label(words("door.take_back.what"), "muted", wrap=True))
        reasons = [(reason, words(f"door.back.{reason}")) for reason in REASONS]
        self.form.add("reason", ChoiceField(words("door.why"), reasons))
        self.form.add("note", TextField(words("door.note"), hint=words("door.note.hint"), longest=_LONGEST))
        moment = words.moment(event.at, zone=context.sites.zone, now=context.clock.now())
        title = words("door.take_back.title", name=who_of(event, words), moment=moment)
        super().__init__(context.stage, title, self.form, leave_text=words("do.cancel"))
        self.add_main(words("door.take_back"), self.save)
        self.form.fields["reason"].editor.setFocus()

    def save(self) -> None:
        values, words = self.form.values(), self._context.words
        if values is None:
            return
        if values["reason"] == "other" and not values["note"]:
            self.form.complain("note", words("door.note.needed"))
            return
        told = "" if values["reason"] == "other" else words(f"door.back.{values['reason']}")
        note = ": ".join(filter(None, [told, values["note"]]))
        self.say("")
        self.work(busy=True)
        event_id, staff = self._event.id, self._context.desk.staff
        self._context.ask(lambda: staff.take_back(event_id, note=note), self._taken_back, failed=self._failed)

    def _taken_back(self, event: AttendanceView) -> None:
        self.close_it()
        self._done(event)

    def _failed(self, error: Exception) -> None:
        self.work(busy=False)
        failure = explain(error, self._context.words)
        self.say(f"{failure.title} {failure.detail}")
