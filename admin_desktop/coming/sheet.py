"""The sheet that asks from which day on a change is to hold."""

from collections.abc import Callable
from datetime import date, timedelta

from admin_desktop.shell.context import Context
from admin_desktop.shell.form_sheet import FormSheet
from admin_desktop.widgets.forms import DateField, Form
from admin_desktop.widgets.labels import label
from shared.contracts.planned import PlannedChange

Planning = Callable[[date], PlannedChange]
"""Has the cloud plan a change from a day on; blocks."""


class FromDaySheet(FormSheet):
    """``name`` is what is changed; ``done`` gets the change as it is planned."""

    def __init__(self, context: Context, name: str, plan: Planning, done: Callable[[PlannedChange], None]) -> None:
        words, form = context.words, Form()
        tomorrow = context.today + timedelta(days=1)
        form.add("from_on", DateField(words("coming.day"), tomorrow, earliest=tomorrow, hint=words("coming.day.hint")))
        form.column.addWidget(label(words("coming.what"), "muted", wrap=True))
        super().__init__(context, words("coming.title", name=name), form, do=words("coming.do"))
        self._plan, self._done = plan, done

    def save(self) -> None:
        values = self.form.values()
        if values is not None:
            self.send(lambda: self._plan(values["from_on"]), self._done)
