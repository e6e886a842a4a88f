"""The sign-in over a page whose sign-in has ended: the page stays as it was, with all that was typed, and is not seen."""

from collections.abc import Callable

from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout

from admin_desktop.desk import Me
from admin_desktop.shell.context import Context
from admin_desktop.shell.sign_in import SignInPage
from admin_desktop.widgets.look import palette
from admin_desktop.widgets.sheet import Overlay


class SignedOut(Overlay):
    """``came`` gets who has signed in, while this still stands; whoever takes them in closes it."""

    def __init__(self, context: Context, came: Callable[[Me], None]) -> None:
        super().__init__(context.stage)
        words = context.words
        said, email = words("sign_in.again"), context.me.person.email
        self.page = SignInPage(context.desk, context.ask, words, said=said, email=email)
        self.page.link_button.hide()
        self.page.signed_in.connect(came)
        column = QVBoxLayout(self)
        column.addWidget(self.page)
        self.setAccessibleName(said)
        self.show()
        self.raise_()
        self.page.password.line.setFocus()

    def leave(self) -> None:
        """Esc opens nothing here."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(palette().bg))
        painter.end()
