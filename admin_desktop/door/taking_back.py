"""The sheet in which a check-in is taken back: it stays on record and counts no more."""

from collections.abc import Callable

from admin_desktop.door.reading import who_of
from admin_desktop.shell.context import Context
from admin_desktop.shell.form_sheet import FormSheet
from admin_desktop.widgets.forms import ChoiceField, Form, TextField
from admin_desktop.widgets.labels import label
from shared.contracts.gym import AttendanceView

REASONS = ("not_in", "wrong_member", "test", "other")
_LONGEST = 150


class TakeBackSheet(FormSheet):
    """``done`` gets the event as it is then."""

    def __init__(self, context: Context, event: AttendanceView, done: Callable[[AttendanceView], None]) -> None:
        words = context.words
        self._event, self._done = event, done
        form = Form()
        form.column.addWidget(label(words("door.take_back.what"), "muted", wrap=True))
        reasons = [(reason, words(f"door.back.{reason}")) for reason in REASONS]
        form.add("reason", ChoiceField(words("door.why"), reasons))
        form.add("note", TextField(words("door.note"), hint=words("door.note.hint"), longest=_LONGEST))
        moment = words.moment(event.at, zone=context.sites.zone, now=context.clock.now())
        title = words("door.take_back.title", name=who_of(event, words), moment=moment)
        super().__init__(context, title, form, do=words("door.take_back"))

    def save(self) -> None:
        values, words = self.form.values(), self._context.words
        if values is None:
            return
        if values["reason"] == "other" and not values["note"]:
            self.form.complain("note", words("door.note.needed"))
            return
        told = "" if values["reason"] == "other" else words(f"door.back.{values['reason']}")
        note = ": ".join(filter(None, [told, values["note"]]))
        event_id, staff = self._event.id, self._context.desk.staff
        self.send(lambda: staff.take_back(event_id, note=note), self._done)
