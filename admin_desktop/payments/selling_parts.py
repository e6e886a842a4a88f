"""The right half of a sale: what is to pay, until when it lasts, what happens to the rest, and the one button."""

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from admin_desktop.payments.offers import Offer
from admin_desktop.shell.words import Words
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.labels import label, rule
from shared.desktop.tokens import DESK

_WIDTH = 300


class Bill(QFrame):
    """``take`` is the button; it says the amount."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self.setProperty("role", "sum")
        self.setFixedWidth(_WIDTH)
        self._words = words
        column = QVBoxLayout(self)
        column.setContentsMargins(DESK.padding, DESK.padding, DESK.padding, DESK.padding)
        column.setSpacing(10)
        column.addWidget(label(words("selling.to_pay"), "name"))
        self.what, self.until = label("", wrap=True), label("", "muted", wrap=True)
        column.addWidget(self.what)
        column.addWidget(self.until)
        column.addWidget(rule())
        total = QHBoxLayout()
        self.total = label("", "number")
        total.addWidget(label(words("selling.total"), "name"), 1)
        total.addWidget(self.total)
        column.addLayout(total)
        self.rest = label("", "muted", wrap=True)
        column.addWidget(self.rest)
        column.addStretch(1)
        self.open_till = button(words("payments.till.open"))
        column.addWidget(self.open_till)
        self.open_till.hide()
        self.take = button("", kind="main")
        column.addWidget(self.take)
        keys = label(words("selling.keys"), "muted", wrap=True)
        keys.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(keys)
        self.show_nothing()

    def show_nothing(self) -> None:
        for part in (self.what, self.until, self.total, self.rest):
            part.setText("")
        self.what.setText(self._words("selling.choose_plan"))
        self.take.setText(self._words("selling.take.nothing"))

    def show_offer(self, offer: Offer, *, until: date, said: Sequence[str], again: bool) -> None:
        words = self._words
        amount = words.money(offer.plan.price_minor, offer.plan.currency)
        self.what.setText(offer.plan.name)
        self.until.setText(words("selling.until", day=until, year=str(until.year)))
        self.total.setText(amount)
        self.rest.setText("\n\n".join(said))
        self.take.setText(words("selling.take.again" if again else "selling.take", amount=amount))
