"""The first page: who are you?"""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from admin_desktop.desk import Desk, Me
from admin_desktop.shell.asking import Asking
from admin_desktop.shell.failures import explain
from admin_desktop.shell.words import Words
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.forms import Form, TextField
from admin_desktop.widgets.labels import IconLabel, label
from shared.client.errors import NotRecognised
from shared.desktop.drawings import Icon
from shared.domain.roles import Group

_WIDTH = 400


class SignInPage(QWidget):
    """``signed_in`` carries :class:`Me`."""

    signed_in = Signal(object)
    has_link = Signal()
    """Somebody wants to set a password by a one-time link."""

    def __init__(self, desk: Desk, ask: Asking, words: Words, *, said: str = "", email: str = "") -> None:
        """``said`` is why the page is here, ``email`` what is filled in."""
        super().__init__()
        self._desk, self._ask, self._words = desk, ask, words
        card = QFrame()
        card.setProperty("role", "panel")
        card.setFixedWidth(_WIDTH)
        column = QVBoxLayout(card)
        column.setContentsMargins(32, 32, 32, 32)
        column.setSpacing(16)
        column.addWidget(IconLabel(Icon.MARK, size=44, colour="accent"))
        column.addWidget(label(words("sign_in.title", gym=desk.connection.gym_name), "title", wrap=True))
        if said:
            column.addWidget(label(said, "muted", wrap=True))
        self.form = Form()
        needed = words("sign_in.needed")
        self.email = TextField(words("sign_in.email"), email, needed=needed, longest=254)
        self.password = TextField(words("sign_in.password"), needed=needed, secret=True)
        self.form.add("email", self.email)
        self.form.add("password", self.password)
        column.addWidget(self.form)
        self.problem = label("", "error", wrap=True)
        self.problem.hide()
        column.addWidget(self.problem)
        self.press = button(words("sign_in.do"), kind="main")
        self.press.clicked.connect(self.sign_in)
        self.email.line.returnPressed.connect(self.password.line.setFocus)
        self.password.line.returnPressed.connect(self.sign_in)
        column.addWidget(self.press)
        self.link_button = button(words("first.link.have"), kind="quiet")
        self.link_button.clicked.connect(self.has_link)
        column.addWidget(self.link_button)
        row = QHBoxLayout(self)
        row.addStretch(1)
        row.addWidget(card, 0, Qt.AlignmentFlag.AlignCenter)
        row.addStretch(1)

    def sign_in(self) -> None:
        values = self.form.values()
        if values is None or not self.press.isEnabled():
            return
        self._wait(self._words("sign_in.wait"))

        def work() -> Me:
            self._desk.authenticator.sign_in(values["email"], self.password.line.text())
            return self._desk.me()

        self._ask(work, self._came_in, failed=self._failed)

    def _came_in(self, me: Me) -> None:
        if me.role is Group.USER:
            self._desk_is_not_theirs()
            return
        self.password.line.clear()
        self.signed_in.emit(me)

    def _desk_is_not_theirs(self) -> None:
        self._ask.quietly(self._desk.authenticator.sign_out, lambda _: None)
        self._say(self._words("sign_in.nobody"))

    def _failed(self, error: Exception) -> None:
        if isinstance(error, NotRecognised):
            self._say(self._words("sign_in.wrong"))
            self.password.line.selectAll()
            self.password.line.setFocus()
            return
        failure = explain(error, self._words)
        self._say(f"{failure.title} {failure.detail}")

    def _wait(self, sentence: str) -> None:
        self.press.setEnabled(False)
        self.press.setText(sentence)
        self.problem.hide()

    def _say(self, sentence: str) -> None:
        self.press.setEnabled(True)
        self.press.setText(self._words("sign_in.do"))
        self.problem.setText(sentence)
        self.problem.show()


class NoConnectionPage(QWidget):
    """Before the gym's sign-in file was given to this PC."""

    def __init__(self, words: Words, choose: Callable[[], None], *, problem: str = "") -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.setSpacing(14)
        column.addWidget(IconLabel(Icon.MARK, size=44, colour="accent"), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(label(words("sign_in.no_file"), "title"), 0, Qt.AlignmentFlag.AlignHCenter)
        detail = label(words("sign_in.no_file.detail"), "muted", wrap=True)
        detail.setFixedWidth(_WIDTH)
        column.addWidget(detail, 0, Qt.AlignmentFlag.AlignHCenter)
        if problem:
            column.addWidget(label(problem, "error", wrap=True), 0, Qt.AlignmentFlag.AlignHCenter)
        press = button(words("sign_in.choose"), kind="main")
        press.clicked.connect(choose)
        column.addWidget(press, 0, Qt.AlignmentFlag.AlignHCenter)
