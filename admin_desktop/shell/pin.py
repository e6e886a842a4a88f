"""Setting the own PIN for this gym's desks; a card, which does the same, has a sheet of its own."""

from collections.abc import Callable
from typing import ClassVar

from PySide6.QtGui import QRegularExpressionValidator

from admin_desktop.shell.context import Context
from admin_desktop.shell.desk_card import CardSheet
from admin_desktop.shell.form_sheet import FormSheet
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.forms import Form, TextField
from admin_desktop.widgets.labels import label, rule
from shared.contracts.identity import PinChange
from shared.desktop.drawings import Icon

_SHORTEST = 4


class PinSheet(FormSheet):
    """``done`` is called when it is set."""

    FIELD_OF: ClassVar = {"wrong_credentials": "password"}

    def __init__(self, context: Context, done: Callable[[], None]) -> None:
        words = context.words
        form = Form()
        needed = words("sign_in.needed")
        form.add("password", TextField(words("sign_in.password"), needed=needed, secret=True))
        pin = TextField(words("pin.new"), needed=needed, secret=True, hint=words("pin.hint"), longest=8)
        pin.line.setValidator(QRegularExpressionValidator("[0-9]{0,8}", pin.line))
        form.add("pin", pin)
        self.card = button(words("card.do"), icon=Icon.CARD)
        for part in (rule(), label(words("pin.or_card"), "muted", wrap=True), self.card):
            form.column.addWidget(part)
        super().__init__(context, words("pin.title"), form, do=words("do.save"))
        self._done = done
        self.card.clicked.connect(self.set_card)

    def save(self) -> None:
        values = self.form.values()
        if values is None:
            return
        if len(values["pin"]) < _SHORTEST:
            self.form.complain("pin", self._context.words("pin.hint"))
            return
        change = PinChange(password=values["password"], pin=values["pin"])
        staff = self._context.desk.staff
        self.send(lambda: staff.set_pin(change), lambda _: self._saved())

    def set_card(self) -> None:
        """Go on to the sheet of the card."""
        self.close_it()
        CardSheet(self._context, self._done)

    def _saved(self) -> None:
        self._done()
        self._context.toasts.show(self._context.words("pin.saved"))
