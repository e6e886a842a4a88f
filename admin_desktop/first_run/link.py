"""The page for a one-time link: it sets a password here instead of in a browser."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from admin_desktop.desk import Desk
from admin_desktop.shell.asking import Asking
from admin_desktop.shell.failures import explain
from admin_desktop.shell.words import Words
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.forms import Form, TextField
from admin_desktop.widgets.labels import IconLabel, label
from shared.contracts.identity import MIN_PASSWORD, Redeem
from shared.desktop.drawings import Icon
from shared.errors import InvalidInput

_WIDTH = 440


class LinkPage(QWidget):
    """``done`` gets the e-mail address that can sign in now, empty when only the gym knows it; ``back`` leaves."""

    def __init__(
        self, desk: Desk, ask: Asking, words: Words, *, done: Callable[[str], None], back: Callable[[], None]
    ) -> None:
        super().__init__()
        self._desk, self._ask, self._words, self._done = desk, ask, words, done
        card = QFrame()
        card.setProperty("role", "panel")
        card.setFixedWidth(_WIDTH)
        column = QVBoxLayout(card)
        column.setContentsMargins(32, 32, 32, 32)
        column.setSpacing(16)
        column.addWidget(IconLabel(Icon.KEY, size=44, colour="accent"))
        column.addWidget(label(words("first.link.title"), "title", wrap=True))
        column.addWidget(label(words("first.link.what"), "muted", wrap=True))
        self.form = self._form(words)
        column.addWidget(self.form)
        self.problem = label("", "error", wrap=True)
        self.problem.hide()
        column.addWidget(self.problem)
        self.press = button(words("first.link.do"), kind="main")
        self.press.clicked.connect(self.redeem)
        self.back = button(words("first.link.back"), kind="quiet")
        self.back.clicked.connect(back)
        column.addWidget(self.press)
        column.addWidget(self.back)
        row = QHBoxLayout(self)
        row.addStretch(1)
        row.addWidget(card, 0, Qt.AlignmentFlag.AlignCenter)
        row.addStretch(1)
        self.link.line.textChanged.connect(lambda _: self._show_fields())
        self._show_fields()

    def _form(self, words: Words) -> Form:
        form, needed = Form(), words("sign_in.needed")
        self.link = TextField(words("first.link"), hint=words("first.link.hint"), needed=needed, longest=2000)
        self.name = TextField(words("first.name"), longest=200)
        self.email = TextField(words("sign_in.email"), longest=254)
        hint = words("first.password.hint", n=MIN_PASSWORD)
        self.password = TextField(words("first.password"), needed=needed, secret=True, hint=hint)
        self.password.line.returnPressed.connect(self.redeem)
        for name in ("link", "name", "email", "password"):
            form.add(name, getattr(self, name))
        return form

    def redeem(self) -> None:
        """Use the link up. It counts once, so nothing is sent that the cloud would refuse for its form."""
        values = self.form.values()
        if values is None or not self.press.isEnabled():
            return
        token, is_first = _read(values["link"])
        if not token:
            self.form.complain("link", self._words("first.link.wrong"))
            return
        who = {"name": values["name"], "email": values["email"]} if is_first else {}
        try:
            asked = Redeem(token=token, password=self.password.line.text(), **who)
        except ValueError as error:
            self._complain(error)
            return
        self.press.setEnabled(False)
        self.problem.hide()
        email = values["email"] if is_first else ""
        self._ask(lambda: self._desk.authenticator.redeem(asked), lambda _: self._done(email), failed=self._failed)

    def _complain(self, error: ValueError) -> None:
        """Say it at the field that the contract names."""
        wrong = error.errors()[0]["loc"][0] if hasattr(error, "errors") else "link"
        self.form.complain(str(wrong), self._words(f"first.wrong.{wrong}"))

    def _show_fields(self) -> None:
        """Name and address are asked of the first owner only; who was invited has both."""
        is_first = _read(self.link.line.text())[1]
        self.name.setVisible(is_first)
        self.email.setVisible(is_first)

    def _failed(self, error: Exception) -> None:
        self.press.setEnabled(True)
        if isinstance(error, InvalidInput) and self.form.complain(error.field, str(error)):
            return
        failure = explain(error, self._words)
        self.problem.setText(f"{failure.title} {failure.detail}")
        self.problem.show()


def _read(link: str) -> tuple[str, bool]:
    """The secret of a link and whether it is the first owner's; an empty secret when it is none."""
    try:
        query = parse_qs(urlsplit(link.strip()).query)
    except ValueError:
        return "", False
    return query.get("token", [""])[0], "first" in query
