"""Registering the own card for this gym's desks, or taking it away."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from PySide6.QtWidgets import QFrame, QHBoxLayout

from admin_desktop.shell.context import Context
from admin_desktop.shell.form_sheet import FormSheet
from admin_desktop.shell.hand_scanner import HandScanner
from admin_desktop.shell.words import Words
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.forms import Field, Form, TextField
from admin_desktop.widgets.labels import IconLabel, label
from shared.contracts.identity import Colleague, DeskCardChange
from shared.desktop.drawings import Icon
from shared.errors import InvalidInput


class CardField(Field[str]):
    """Waits for a card before the scanner. What is on it is not shown: whoever looks on could copy it."""

    def __init__(self, words: Words) -> None:
        self._words, self._card = words, ""
        self._waiting = words("card.wait")
        panel = QFrame()
        panel.setProperty("role", "panel")
        row = QHBoxLayout(panel)
        row.setContentsMargins(16, 14, 16, 14)
        row.setSpacing(12)
        row.addWidget(IconLabel(Icon.CARD, size=28, colour="accent"))
        self._state = label(self._waiting, wrap=True)
        row.addWidget(self._state, 1)
        super().__init__(words("card.card"), panel, self._read, hint=words("card.hint"))

    def know(self) -> None:
        """There is a card already."""
        self._waiting = self._words("card.have")
        if not self._card:
            self._state.setText(self._waiting)

    def take(self, card: str) -> None:
        self._card = card
        self._state.setText(self._words("card.read"))
        super().complain("")

    def complain(self, sentence: str) -> None:
        """A card that is refused is none: the next one is waited for."""
        super().complain(sentence)
        if sentence:
            self._card = ""
            self._state.setText(self._waiting)

    def _read(self) -> str:
        if not self._card:
            raise InvalidInput(self._words("card.needed"))
        return self._card


class CardSheet(FormSheet):
    """``done`` is called when it is set or taken away. With the password typed, holding the card is enough."""

    FIELD_OF: ClassVar = {
        "wrong_credentials": "password",
        "card_too_short": "card",
        "card_guessable": "card",
        "card_changes": "card",
        "card_taken": "card",
    }

    def __init__(self, context: Context, done: Callable[[], None]) -> None:
        words = context.words
        form = Form()
        self._password = TextField(words("sign_in.password"), needed=words("sign_in.needed"), secret=True)
        self._card = CardField(words)
        form.add("password", self._password)
        form.add("card", self._card)
        super().__init__(context, words("card.title"), form, do=words("do.save"))
        self._done = done
        self.remove = button(words("card.remove"), kind="danger")
        self.remove.clicked.connect(self.take_away)
        self.foot.insertWidget(1, self.remove)
        self.remove.hide()
        self.scanner = HandScanner(self)
        self.scanner.read.connect(self.take)
        context.ask.quietly(context.desk.staff.colleagues, self._offer_to_remove)

    def take(self, card: str) -> None:
        """A card was scanned."""
        if self.is_busy:
            return
        self._card.take(card)
        if self._password.line.text():
            self.save()

    def save(self) -> None:
        values = self.form.values()
        if values is not None:
            self._change(DeskCardChange(**values), said="card.saved")

    def take_away(self) -> None:
        """Have no card any more; the password is asked for this as well."""
        try:
            password = self._password.value()
        except InvalidInput as error:
            self.form.complain("password", str(error))
            return
        self._change(DeskCardChange(password=password, card=None), said="card.removed")

    def work(self, *, busy: bool) -> None:
        super().work(busy=busy)
        self.remove.setEnabled(not busy)

    def _change(self, change: DeskCardChange, *, said: str) -> None:
        staff = self._context.desk.staff
        self.send(lambda: staff.set_desk_card(change), lambda _: self._changed(said))

    def _changed(self, said: str) -> None:
        self._done()
        self._context.toasts.show(self._context.words(said))

    def _offer_to_remove(self, colleagues: Sequence[Colleague]) -> None:
        mine = self._context.me.person.id
        if any(each.id == mine and each.card for each in colleagues):
            self._card.know()
            self.remove.show()
