"""The sheet that asks which days."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from admin_desktop.shell.context import Context
from admin_desktop.widgets.forms import DateField, Form
from admin_desktop.widgets.sheet import Sheet


@dataclass(frozen=True, slots=True)
class Span:
    """Days of the site at hand; the last one is part of it."""

    first: date
    last: date


class DaysSheet(Sheet):
    """From a day to a day."""

    def __init__(self, context: Context, today: date, show: Callable[[Span], None]) -> None:
        words = context.words
        self._words, self._show = words, show
        self.form = Form()
        self.first = DateField(words("audit.days.first"), today)
        self.last = DateField(words("audit.days.last"), today)
        self.form.add("first", self.first)
        self.form.add("last", self.last)
        super().__init__(context.stage, words("audit.days.title"), self.form, leave_text=words("do.cancel"))
        self.add_main(words("audit.days.show"), self.go)
        self.first.editor.setFocus()

    def go(self) -> None:
        span = Span(self.first.value(), self.last.value())
        if span.last < span.first:
            self.last.complain(self._words("audit.days.wrong"))
            self.last.editor.setFocus()
            return
        self.close_it()
        self._show(span)
