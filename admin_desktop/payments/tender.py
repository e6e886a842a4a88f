"""How money changes hands: a row of methods to choose from, none of them chosen, and the number on the slip."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from admin_desktop.shell.words import Words
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.forms import TextField
from admin_desktop.widgets.labels import label
from shared.contracts.payments import Tender
from shared.desktop.drawings import Icon
from shared.domain.ledger import Method

METHODS = (Method.CASH, Method.TERMINAL, Method.TRANSFER)
"""In the order of the keys 1, 2, 3."""
_ICONS = {Method.CASH: Icon.TILL, Method.TERMINAL: Icon.CARD, Method.TRANSFER: Icon.MAIL}


class TenderPicker(QWidget):
    """``changed`` is a method chosen or a reference typed."""

    changed = Signal()

    def __init__(self, words: Words, *, caption: str, methods: Sequence[Method] = METHODS) -> None:
        super().__init__()
        self._words = words
        self.reference = TextField(words("payments.slip"), longest=64)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(label(caption, "head"))
        row = QHBoxLayout()
        row.setSpacing(8)
        self._group = QButtonGroup(self)
        self.presses: dict[Method, QPushButton] = {}
        for number, method in enumerate(methods, 1):
            press = button(words(f"payments.method.{method.value}"), kind="choice", icon=_ICONS[method])
            press.setCheckable(True)
            press.setToolTip(str(number))
            press.clicked.connect(lambda _=False: self._chosen())
            self._group.addButton(press)
            self.presses[method] = press
            row.addWidget(press, 1)
        column.addLayout(row)
        column.addWidget(self.reference)
        self.problem = label("", "error", wrap=True)
        column.addWidget(self.problem)
        self.problem.hide()
        self.reference.hide()
        self.reference.changed.connect(self.changed)

    @property
    def method(self) -> Method | None:
        return next((method for method, press in self.presses.items() if press.isChecked()), None)

    def press(self, number: int) -> bool:
        """Choose by key; False when there is no such method."""
        if not 1 <= number <= len(self.presses):
            return False
        list(self.presses.values())[number - 1].click()
        return True

    def tender(self) -> Tender | None:
        """What was chosen; None when something is missing: it says so and has the focus."""
        method, words = self.method, self._words
        if method is None:
            self.problem.setText(words("payments.choose_method"))
            self.problem.show()
            next(iter(self.presses.values())).setFocus()
            return None
        reference = self.reference.value() or None
        if method is Method.TERMINAL and reference is None:
            self.reference.complain(words("payments.slip.needed"))
            self.reference.editor.setFocus()
            return None
        return Tender(method=method, reference=reference)

    def _chosen(self) -> None:
        method = self.method
        self.problem.hide()
        self.reference.complain("")
        self.reference.setVisible(method in (Method.TERMINAL, Method.TRANSFER))
        key = "payments.slip" if method is Method.TERMINAL else "payments.bank_text"
        self.reference.caption.setText(self._words(key))
        self.reference.editor.setAccessibleName(self._words(key))
        if method is Method.TERMINAL:
            self.reference.editor.setFocus()
        self.changed.emit()
