"""The sheet in which a machine is written down or changed. What was typed stays until it is saved or thrown away."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

from PySide6.QtCore import QDate
from PySide6.QtWidgets import QCompleter

from admin_desktop.shell.context import Context
from admin_desktop.shell.failures import explain
from admin_desktop.shell.form_sheet import FormSheet
from admin_desktop.widgets.forms import ChoiceField, DateField, Field, Form, TextField, TickField
from shared.contracts.machines import MachineChange, MachineDetail, NewMachine
from shared.errors import InvalidInput

_LONGEST_PLAN = 3660
_HALF_A_YEAR = timedelta(days=180)


class MachineSheet(FormSheet):
    """``done`` gets the machine as saved. ``categories`` are offered while one is typed."""

    def __init__(
        self,
        context: Context,
        machine: MachineDetail | None,
        done: Callable[[MachineDetail], None],
        *,
        categories: list[str],
    ) -> None:
        words = context.words
        title = words("machines.new") if machine is None else words("machines.edit.title", name=machine.name)
        super().__init__(context, title, _form(context, machine, categories), do=words("do.save"))
        self._machine, self._done = machine, done

    def save(self) -> None:
        values = self.form.values()
        if values is None:
            return
        facts = {name: values[name] for name in ("name", "category", "site_id", "maintenance_every_days")}
        facts["serial"] = values["serial"] or None
        facts["maintenance_due_on"] = values["maintenance_due_on"] if values["has_day"] else None
        cloud, machine = self._context.desk.machines, self._machine
        if machine is None:
            new = NewMachine(id=self.id, **facts)
            self.send(lambda: cloud.create_machine(new), self._done)
        else:
            change = MachineChange(version=machine.version, **facts)
            self.send(lambda: cloud.change_machine(machine.id, change), self._done)

    def failed(self, error: Exception) -> None:
        super().failed(error)
        machine, cloud = self._machine, self._context.desk.machines
        if machine is not None and explain(error, self._context.words).conflict:
            self._context.ask.quietly(lambda: cloud.machine(machine.id), self._show_theirs)

    def _show_theirs(self, theirs: MachineDetail) -> None:
        """Say at each field what somebody else saved there; saving again is then a choice."""
        words, was = self._context.words, self._machine
        for name, field in self.form.fields.items():
            now = getattr(theirs, name, None)
            if was is not None and name in MachineChange.model_fields and now != getattr(was, name):
                field.complain(words("machines.theirs", value=_said(now, self._context)))
        self._machine = theirs
        if self.main is not None:
            self.main.setText(words("machines.save_mine"))


def _said(value: object, context: Context) -> str:
    if isinstance(value, UUID):
        return context.sites.name_of(value)
    if isinstance(value, date):
        return context.words.day(value, today=context.today)
    return context.words("machines.nothing") if value is None else str(value)


class _PlanField(TextField):
    """Days between two services; None when it is empty."""

    def __init__(self, context: Context, days: int | None) -> None:
        words = context.words
        super().__init__(words("machines.plan_field"), str(days or ""), hint=words("machines.plan_hint"), longest=4)
        self._wrong = words("machines.plan_wrong")
        self.value = self._days  # type: ignore[assignment]

    def _days(self) -> int | None:
        text = self.line.text().strip()
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and 1 <= int(text) <= _LONGEST_PLAN):
            raise InvalidInput(self._wrong)
        return int(text)


def _form(context: Context, machine: MachineDetail | None, categories: list[str]) -> Form:
    words, form = context.words, Form()
    needed = words("machines.needed")
    text = {name: (getattr(machine, name, None) or "") for name in ("name", "category", "serial")}
    form.add(
        "name",
        TextField(
            words("machines.name_field"), text["name"], hint=words("machines.name_hint"), needed=needed, longest=120
        ),
    )
    category = TextField(
        words("machines.category_field"),
        text["category"],
        hint=words("machines.category_hint"),
        needed=needed,
        longest=60,
    )
    category.line.setCompleter(QCompleter(categories, category.line))
    form.add("category", category)
    form.add(
        "serial",
        TextField(words("machines.serial_field"), text["serial"], hint=words("machines.serial_hint"), longest=80),
    )
    sites = [(site.id, site.name) for site in context.sites.all]
    here = context.sites.current.id if machine is None else machine.site_id
    form.add("site_id", ChoiceField(words("machines.site_field"), sites, here))
    form.add("maintenance_every_days", _PlanField(context, None if machine is None else machine.maintenance_every_days))
    _add_day(form, context, None if machine is None else machine.maintenance_due_on)
    return form


def _add_day(form: Form, context: Context, due_on: date | None) -> None:
    """A day for the next service, or none."""
    words = context.words
    today = context.today
    tick = TickField(words("machines.due_tick"), on=due_on is not None)
    day: Field[date] = DateField(words("machines.due_field"), due_on or today + _HALF_A_YEAR)
    form.add("has_day", tick)
    form.add("maintenance_due_on", day)
    day.setVisible(due_on is not None)
    tick.box.toggled.connect(day.setVisible)
    plan = form.fields["maintenance_every_days"]

    def follow() -> None:
        """A new plan begins with a day."""
        text = plan.editor.text()  # type: ignore[attr-defined]
        if due_on is None and text.isascii() and text.isdigit() and 1 <= int(text) <= _LONGEST_PLAN:
            first = today + timedelta(days=int(text))
            day.editor.setDate(QDate(first.year, first.month, first.day))  # type: ignore[attr-defined]
            tick.box.setChecked(True)

    plan.changed.connect(follow)
