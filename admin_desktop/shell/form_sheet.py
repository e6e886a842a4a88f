"""A form that is sent: it waits, stays open with the reason when it cannot be, and goes when it is done."""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import ClassVar, TypeVar

from admin_desktop.shell.changing import note_away
from admin_desktop.shell.context import Context
from admin_desktop.shell.failures import explain
from admin_desktop.widgets.forms import Form
from admin_desktop.widgets.sheet import Sheet
from shared.errors import Rejected

Value = TypeVar("Value")


class FormSheet(Sheet):
    """``save`` is what the main button, with ``do`` on it, does: it reads the form and ends in ``send``.

    ``id`` is for what is made. It stays while the sheet is open: sent again after a lost answer, nothing is made twice.
    ``FIELD_OF`` says which field a refusal is about, by its code; ``NEEDS_CLOUD`` whether it waits while that is away.
    """

    NEEDS_CLOUD: ClassVar[bool] = True
    FIELD_OF: ClassVar[Mapping[str, str]] = {}

    def __init__(self, context: Context, title: str, form: Form, *, do: str, kind: str = "main") -> None:
        super().__init__(context.stage, title, form, leave_text=context.words("do.cancel"))
        self._context, self.form = context, form
        self.id = context.new_id()
        self.add_main(do, self.save, kind=kind)
        if self.NEEDS_CLOUD:
            note_away(context, self)
        if form.fields:
            next(iter(form.fields.values())).editor.setFocus()

    @abstractmethod
    def save(self) -> None:
        """Read what was typed and send it."""

    def send(self, work: Callable[[], Value], then: Callable[[Value], None], *, local: bool = False) -> None:
        """Do ``work`` elsewhere; when it is done, close and go on with what came of it."""

        def done(value: Value) -> None:
            self.close_it()
            then(value)

        self.say("")
        self.work(busy=True)
        self._context.ask(work, done, failed=self.failed, local=local)

    def failed(self, error: Exception) -> None:
        """Say why, at the field that it is about."""
        self.work(busy=False)
        failure = explain(error, self._context.words)
        code = error.code if isinstance(error, Rejected) else None
        if not self.form.complain(self.FIELD_OF.get(code or ""), failure.detail):
            self.say(f"{failure.title} {failure.detail}")
