"""Setting the own PIN for this gym's desks."""

from collections.abc import Callable

from PySide6.QtGui import QRegularExpressionValidator

from admin_desktop.shell.context import Context
from admin_desktop.shell.failures import explain
from admin_desktop.widgets.forms import Form, TextField
from admin_desktop.widgets.sheet import Sheet
from shared.contracts.identity import PinChange
from shared.errors import Rejected

_SHORTEST = 4


class PinSheet(Sheet):
    """``done`` is called when it is set."""

    def __init__(self, context: Context, done: Callable[[], None]) -> None:
        words = context.words
        self.form = Form()
        needed = words("sign_in.needed")
        self.form.add("password", TextField(words("sign_in.password"), needed=needed, secret=True))
        pin = TextField(words("pin.new"), needed=needed, secret=True, hint=words("pin.hint"), longest=8)
        pin.line.setValidator(QRegularExpressionValidator("[0-9]{0,8}", pin.line))
        self.form.add("pin", pin)
        super().__init__(context.stage, words("pin.title"), self.form, leave_text=words("do.cancel"))
        self._context, self._done = context, done
        self.add_main(words("do.save"), self.save)
        self.form.fields["password"].editor.setFocus()

    def save(self) -> None:
        values = self.form.values()
        if values is None:
            return
        if len(values["pin"]) < _SHORTEST:
            self.form.complain("pin", self._context.words("pin.hint"))
            return
        change = PinChange(password=values["password"], pin=values["pin"])
        self.work(busy=True)
        staff = self._context.desk.staff
        self._context.ask(lambda: staff.set_pin(change), lambda _: self._saved(), failed=self._failed)

    def _saved(self) -> None:
        self.close_it()
        self._done()
        self._context.toasts.show(self._context.words("pin.saved"))

    def _failed(self, error: Exception) -> None:
        self.work(busy=False)
        failure = explain(error, self._context.words)
        wrong = isinstance(error, Rejected) and error.code == "wrong_credentials"
        if not (wrong and self.form.complain("password", failure.detail)):
            self.say(f"{failure.title} {failure.detail}")
