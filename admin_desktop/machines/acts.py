"""What is done with one machine: its state, its faults, its service. Each a small sheet of one form."""

from collections.abc import Callable
from typing import Any

from admin_desktop.machines.reading import plain_chip
from admin_desktop.shell.context import Context
from admin_desktop.shell.form_sheet import FormSheet
from admin_desktop.widgets.forms import ChoiceField, DateField, Form, NotesField, TickField
from shared.contracts import machines as messages
from shared.domain.machine import MachineStatus
from shared.errors import InvalidInput

Done = Callable[[messages.MachineDetail], None]
_LONGEST = 500


class ActSheet(FormSheet):
    """A form and what happens with it. ``act`` gets its values on a worker; ``done`` the machine as it is then."""

    def __init__(
        self, context: Context, title: str, form: Form, act: Callable[[Any], messages.MachineDetail], done: Done
    ) -> None:
        super().__init__(context, title, form, do=context.words("do.save"))
        self._act, self._done = act, done

    def save(self) -> None:
        values = self.form.values()
        if values is not None:
            self.send(lambda: self._act(values), self._done)


class _Reason(NotesField):
    """Lines of text, needed while ``needed`` says so."""

    def __init__(self, caption: str, text: str, *, hint: str, complaint: str, needed: Callable[[], bool]) -> None:
        super().__init__(caption, text, hint=hint)
        self.value = self._checked
        self._complaint, self._needed = complaint, needed

    def _checked(self) -> str:
        text = self.box.toPlainText().strip()[:_LONGEST]
        if not text and self._needed():
            raise InvalidInput(self._complaint)
        return text


def set_status(context: Context, machine: messages.MachineView, done: Done) -> ActSheet:
    words, cloud, form = context.words, context.desk.machines, Form()
    states = [(status, plain_chip(status, words).text) for status in _possible(machine.status)]
    state = ChoiceField(words("machines.status_field"), states, machine.status)
    form.add("status", state)
    reason = _Reason(
        words("machines.reason_field"),
        machine.reason or "",
        hint=words("machines.reason_hint"),
        complaint=words("machines.reason_needed"),
        needed=lambda: state.value() is not MachineStatus.IN_ORDER,
    )
    form.add("reason", reason)

    def act(values: Any) -> messages.MachineDetail:
        status: MachineStatus = values["status"]
        told = None if status is MachineStatus.IN_ORDER else values["reason"]
        return cloud.set_status(machine.id, messages.StatusChange(status=status, reason=told, version=machine.version))

    return ActSheet(context, words("machines.set_status.title", name=machine.name), form, act, done)


def report_fault(context: Context, machine: messages.MachineView, done: Done) -> ActSheet:
    words, cloud, form, new_id = context.words, context.desk.machines, Form(), context.new_id()
    form.add(
        "description",
        _Reason(
            words("machines.fault_field"), "", hint="", complaint=words("machines.reason_needed"), needed=lambda: True
        ),
    )
    usable = [
        (MachineStatus.NEEDS_ATTENTION, words("machines.usable.yes")),
        (MachineStatus.OUT_OF_ORDER, words("machines.usable.no")),
    ]
    form.add("status", ChoiceField(words("machines.usable_field"), usable))

    def act(values: Any) -> messages.MachineDetail:
        return cloud.report_fault(machine.id, messages.FaultReport(id=new_id, **values))

    return ActSheet(context, words("machines.report.title", name=machine.name), form, act, done)


def resolve_fault(context: Context, machine: messages.MachineView, fault: messages.FaultView, done: Done) -> ActSheet:
    words, cloud, form = context.words, context.desk.machines, Form()
    form.add("note", NotesField(words("machines.note_field"), hint=words("machines.note_hint")))
    form.add("back_in_order", TickField(words("machines.back"), on=True))

    def act(values: Any) -> messages.MachineDetail:
        resolution = messages.FaultResolution(
            note=values["note"][:_LONGEST] or None, back_in_order=values["back_in_order"]
        )
        return cloud.resolve_fault(machine.id, fault.id, resolution)

    return ActSheet(context, words("machines.resolve.title", name=machine.name), form, act, done)


def record_maintenance(context: Context, machine: messages.MachineView, done: Done) -> ActSheet:
    words, cloud, form, new_id = context.words, context.desk.machines, Form(), context.new_id()
    today = context.today
    form.add("done_on", DateField(words("machines.done_field"), today))
    form.add("note", NotesField(words("machines.note_field"), hint=words("machines.note_hint")))

    def act(values: Any) -> messages.MachineDetail:
        note = values["note"][:_LONGEST] or None
        return cloud.record_maintenance(
            machine.id, messages.MaintenanceDone(id=new_id, done_on=values["done_on"], note=note)
        )

    return ActSheet(context, words("machines.maintain.title", name=machine.name), form, act, done)


def _possible(status: MachineStatus) -> list[MachineStatus]:
    """A retired machine can only be put back in order."""
    if status is MachineStatus.RETIRED:
        return [MachineStatus.IN_ORDER, MachineStatus.RETIRED]
    return list(MachineStatus)
