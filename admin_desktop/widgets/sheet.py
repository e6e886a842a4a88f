"""What floats over a room: a sheet from the right for a form, a question in the middle for what cannot be undone."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.labels import bare, label
from shared.desktop.tokens import DESK, SCRIM, SCRIM_OPACITY


class Overlay(QWidget):
    """A scrim over ``over`` with something on it. Esc or a click beside it closes it, unless it is busy."""

    closed = Signal()

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self.is_busy = False
        self._over = over
        self._before: QWidget | None = over.window().focusWidget()
        over.installEventFilter(self)
        self.setGeometry(over.rect())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Resize and watched is self.parent():
            self.setGeometry(self._over.rect())
        return False

    def is_on_top(self) -> bool:
        """Whether it is seen, and nothing else floats over it."""
        shown = [each for each in self.window().findChildren(Overlay) if each.isVisible()]
        return bool(shown) and shown[-1] is self

    def close_it(self) -> None:
        """Go away; the focus goes back to where it was."""
        self.closed.emit()
        if self._before is not None and self._before.isVisible():
            self._before.setFocus()
        self.hide()
        self.deleteLater()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        painter = QPainter(self)
        colour = QColor(SCRIM)
        colour.setAlphaF(SCRIM_OPACITY)
        painter.fillRect(self.rect(), colour)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        event.accept()  # nothing below is clicked through

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() == Qt.Key.Key_Escape and not self.is_busy:
            self.leave()
            return
        event.accept()

    def leave(self) -> None:
        """What Esc does."""
        self.close_it()


def is_covered(page: QWidget) -> bool:
    """Whether something floats over a page: keys of the page wait then."""
    return any(each.isVisible() for each in page.window().findChildren(Overlay))


class Sheet(Overlay):
    """Title, body, and the buttons at the bottom. ``main`` is what Ctrl+Enter presses.

    A form derives from it: Qt holds no plain object whose method it is to call.
    """

    def __init__(self, over: QWidget, title: str, body: QWidget, *, leave_text: str, width: int = DESK.sheet) -> None:
        super().__init__(over)
        self.frame = QFrame(self)
        self.frame.setProperty("role", "sheet")
        self._width = width
        column = QVBoxLayout(self.frame)
        column.setContentsMargins(DESK.margin, DESK.padding, DESK.margin, DESK.padding)
        column.setSpacing(DESK.gap)
        self.heading = label(title, "card")
        column.addWidget(self.heading)
        column.addWidget(bare(body), 1)
        self.problem = label("", "error", wrap=True)
        self.problem.hide()
        column.addWidget(self.problem)
        self.notes = QVBoxLayout()
        column.addLayout(self.notes)
        self.foot = QHBoxLayout()
        self.leave_button = button(leave_text)
        self.leave_button.clicked.connect(self.leave)
        self.foot.addWidget(self.leave_button)
        self.foot.addStretch(1)
        column.addLayout(self.foot)
        self.main: QPushButton | None = None
        self._working: QWidget | None = None
        self.setAccessibleName(title)
        self._place()
        self.show()
        self.raise_()

    def add_main(self, text: str, press: Callable[[], None], *, kind: str = "main") -> QPushButton:
        self.main = button(text, kind=kind)
        self.main.clicked.connect(press)
        self.foot.addWidget(self.main)
        self.main.show()  # now: Qt shows what joins a visible layout only with a later event
        return self.main

    def say(self, problem: str) -> None:
        """Show what went wrong above the buttons; nothing when empty."""
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))

    def work(self, *, busy: bool) -> None:
        """While something runs the buttons wait; what was typed stays, and the focus within the sheet."""
        self.is_busy = busy
        if busy:
            self._working = self.window().focusWidget()
            self.setFocus()
        self.leave_button.setEnabled(not busy)
        if self.main is not None:
            self.main.setEnabled(not busy)
        if not busy and self._working is not None and self.isAncestorOf(self._working):
            self._working.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier and self.main is not None:
            self.main.click()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: object) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        self._place()

    def _place(self) -> None:
        width = min(self._width, self.width() - 48)
        self.frame.setGeometry(self.width() - width - 16, 16, width, self.height() - 32)


class Question(Overlay):
    """Asks before what cannot be undone: a question with the name in it, what will happen, the safe button first."""

    def __init__(
        self, over: QWidget, title: str, consequences: list[str], *, yes: str, no: str, then: Callable[[], None]
    ) -> None:
        super().__init__(over)
        self.frame = QFrame(self)
        self.frame.setProperty("role", "sheet")
        column = QVBoxLayout(self.frame)
        column.setContentsMargins(DESK.margin, DESK.padding, DESK.margin, DESK.padding)
        column.setSpacing(12)
        column.addWidget(label(title, "card", wrap=True))
        for each in consequences:
            column.addWidget(label(f"•  {each}", wrap=True))
        foot = QHBoxLayout()
        self.safe, self.yes = button(no), button(yes, kind="danger")
        foot.addStretch(1)
        foot.addWidget(self.safe)
        foot.addWidget(self.yes)
        column.addSpacing(8)
        column.addLayout(foot)
        self.safe.clicked.connect(self.leave)
        self.yes.clicked.connect(lambda: self._agree(then))
        self.frame.setFixedWidth(480)
        self.setAccessibleName(title)
        self._place()
        self.show()
        self.raise_()
        self.safe.setFocus()

    def _agree(self, then: Callable[[], None]) -> None:
        self.close_it()
        then()

    def resizeEvent(self, event: object) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        self._place()

    def _place(self) -> None:
        self.frame.adjustSize()
        corner = self.rect().center() - self.frame.rect().center()
        self.frame.move(corner)
