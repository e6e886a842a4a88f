"""The sheet in which staff let somebody in by hand, now or for a time that has passed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from PySide6.QtCore import QTime
from PySide6.QtWidgets import QTimeEdit

from admin_desktop.door.keeping import Kept, KeptCheckIns
from admin_desktop.door.opening import doors_at, open_door
from admin_desktop.door.people import KnownPeople, MemberField, Who
from admin_desktop.shell.context import Context
from admin_desktop.shell.form_sheet import FormSheet
from admin_desktop.shell.words import Words
from admin_desktop.widgets.forms import ChoiceField, DateField, Field, Form, TextField
from admin_desktop.widgets.labels import label
from shared.contracts.gym import AttendanceView, ManualCheckIn
from shared.contracts.kiosks import DeviceInfo
from shared.errors import Unavailable

REASONS = ("forgot_pass", "paid_here", "trial", "not_read", "forgot_scan", "other")
_LONGEST = 150
_OLDEST = timedelta(days=34)
"""The cloud takes check-ins by hand of 35 days."""


class TimeField(Field[time]):
    """A time of the day at the site."""

    def __init__(self, caption: str, at: time) -> None:
        edit = QTimeEdit(QTime(at.hour, at.minute))
        edit.setDisplayFormat("HH:mm")
        super().__init__(caption, edit, lambda: time(edit.time().hour(), edit.time().minute()))
        self.edit = edit
        edit.userTimeChanged.connect(lambda _: self.changed.emit())


@dataclass(frozen=True, slots=True)
class Begin:
    """How the sheet opens: whom it is about, the refusal it answers, and whether it is for a time that has passed."""

    who: Who | None = None
    refusal: str = ""
    earlier: bool = False


class CheckInSheet(FormSheet):
    """``done`` gets the event as the cloud has it; ``kept`` the note when the cloud could not be asked."""

    NEEDS_CLOUD = False

    def __init__(
        self,
        context: Context,
        store: KeptCheckIns,
        known: KnownPeople,
        begin: Begin,
        *,
        done: Callable[[AttendanceView], None],
        kept: Callable[[Kept], None],
    ) -> None:
        words = context.words
        self._store, self._done, self._kept = store, done, kept
        self._note: Kept | None = None
        self._door: DeviceInfo | None = None
        form = self._form(context, begin, known)
        title = words("door.by_hand.title") if not begin.refusal else words("door.let_in.title", name=_name(begin))
        super().__init__(context, title, form, do=words("door.check_in"))
        self._show_times()
        if context.me.may("device.open") and not begin.earlier:
            context.ask.quietly(context.desk.staff.devices, lambda found: self._offer_doors(found, begin))
        first = "who" if begin.who is None else "reason"
        self.form.fields[first].editor.setFocus()

    def _form(self, context: Context, begin: Begin, known: KnownPeople) -> Form:
        words, form = context.words, Form()
        if begin.refusal:
            form.column.addWidget(label(begin.refusal, "muted", wrap=True))
        form.add("who", MemberField(context, known, begin.who))
        form.add("reason", _reasons(begin, words))
        form.add("note", TextField(words("door.note"), hint=words("door.note.hint"), longest=_LONGEST))
        now = context.clock.now().astimezone(context.sites.zone)
        if not begin.refusal:
            times = [(False, words("door.when.now")), (True, words("door.when.earlier"))]
            self._when = form.add("earlier", ChoiceField(words("door.when"), times, begin.earlier))
            self._when.changed.connect(self._show_times)
            form.add("day", DateField(words("door.day"), now.date(), earliest=(now - _OLDEST).date()))
            form.add("time", TimeField(words("door.at"), now.time()))
        return form

    def _offer_doors(self, devices: list[DeviceInfo], begin: Begin) -> None:
        """Where a kiosk can open a door, whoever is let in need not wait before it."""
        words, context = self._context.words, self._context
        doors = doors_at(devices, context.sites.current.id, now=context.clock.now())
        if doors:
            choices = [(None, words("door.open.no")), *((each, words("door.open", name=each.name)) for each in doors)]
            self.form.add("door", ChoiceField(words("door.open.field"), choices, doors[0] if begin.refusal else None))
            self._show_times()

    def save(self) -> None:
        values = self.form.values()
        if values is None:
            return
        words = self._context.words
        if not values["reason"]:
            self.form.complain("reason", words("door.why.needed"))
            return
        if values["reason"] == "other" and not values["note"]:
            self.form.complain("note", words("door.note.needed"))
            return
        at = self._at(values)
        if at is not None and at > self._context.clock.now():
            self.form.complain("time", words("door.ahead"))
            return
        note = values["note"] if values["reason"] == "other" else words(f"door.why.{values['reason']}")
        if values["note"] and values["reason"] != "other":
            note = f"{note}: {values['note']}"
        self._door = None if at is not None else values.get("door")
        self._check_in(values["who"], at, note)

    def _check_in(self, who: Who, at: datetime | None, text: str) -> None:
        context = self._context
        site, staff = context.sites.current.id, context.desk.staff
        noted = at or context.clock.now()
        note = Kept(self.id, who.member_id, who.name, site, noted, text, context.me.person.name)
        if who.member_id is None or not context.ask.contact.online:
            self._keep(note)
            return
        request = ManualCheckIn(id=self.id, member_id=who.member_id, site_id=site, at=at, note=text)
        self._note = note
        self.send(lambda: staff.check_in(request), self._recorded)

    def _recorded(self, event: AttendanceView) -> None:
        """It is on record first, then the door opens."""
        self._done(event)
        if self._door is not None:
            open_door(self._context, self._door)

    def failed(self, error: Exception) -> None:
        """The cloud did not answer: it may have heard nonetheless, and the same id makes that no matter."""
        note, self._note = self._note, None
        if note is not None and isinstance(error, Unavailable):
            self._keep(note)
        else:
            super().failed(error)

    def _keep(self, kept: Kept) -> None:
        """Write the note down on this PC; it is sent later."""
        self.send(lambda: self._store.keep(kept), lambda _: self._kept(kept), local=True)

    def _show_times(self) -> None:
        for name in ("day", "time"):
            if name in self.form.fields:
                self.form.fields[name].setVisible(self._when.value())
        if "door" in self.form.fields and "earlier" in self.form.fields:
            self.form.fields["door"].setVisible(not self._when.value())

    def _at(self, values: dict[str, object]) -> datetime | None:
        """The time that was chosen, aware; None for now."""
        day, at = values.get("day"), values.get("time")
        if not values.get("earlier"):
            return None
        return datetime.combine(day, at, tzinfo=self._context.sites.zone)  # type: ignore[arg-type]  # fields of a form


def _reasons(begin: Begin, words: Words) -> ChoiceField[str]:
    """Against a refusal the reason is chosen with care: none is proposed."""
    first = [""] if begin.refusal else []
    reasons = [(reason, words(f"door.why.{reason or 'choose'}")) for reason in (*first, *REASONS)]
    return ChoiceField(words("door.why"), reasons, "" if begin.refusal else _usual(begin))


def _usual(begin: Begin) -> str:
    return "forgot_scan" if begin.earlier else "forgot_pass"


def _name(begin: Begin) -> str:
    return "" if begin.who is None else begin.who.name
