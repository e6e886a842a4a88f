"""The locked desk: nothing of the page is seen, and whoever gives a PIN, or a card, goes on with it as it was."""

from collections.abc import Callable, Sequence
from uuid import UUID

from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QRegularExpressionValidator
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from admin_desktop.desk import Desk, Me
from admin_desktop.shell.context import Context
from admin_desktop.shell.failures import explain
from admin_desktop.shell.hand_scanner import HandScanner
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.labels import IconLabel, bare, label
from admin_desktop.widgets.look import palette
from admin_desktop.widgets.sheet import Overlay
from shared.contracts.identity import Colleague
from shared.desktop.drawings import Icon
from shared.errors import Rejected

_WIDTH = 420
_PERSON, _MOST_PEOPLE = 46, 7
"""A row of a colleague in pixels, and how many are seen at once; more are scrolled to."""


class CardHint(QWidget):
    """That a card held before the scanner is enough."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(IconLabel(Icon.CARD, colour="accent"))
        self.text = label("", "muted", wrap=True)
        row.addWidget(self.text, 1)


class LockedDesk(Overlay):
    """``came`` gets who is at the desk now; ``sign_out`` is the way for whoever has neither PIN nor card."""

    def __init__(self, context: Context, came: Callable[[Me], None], sign_out: Callable[[], None]) -> None:
        super().__init__(context.stage)
        self._context, self._came = context, came
        self._chosen: Colleague | None = None
        words = context.words
        self.frame = QFrame(self)
        self.frame.setProperty("role", "sheet")
        self.frame.setFixedWidth(_WIDTH)
        self._column = QVBoxLayout(self.frame)
        self._column.setContentsMargins(28, 28, 28, 28)
        self._column.setSpacing(14)
        self._column.addWidget(IconLabel(Icon.LOCK, size=36, colour="accent"))
        self._column.addWidget(label(words("lock.title"), "title"))
        self._presses: dict[UUID, QPushButton] = {}
        holder = QWidget()
        self._people = QVBoxLayout(holder)
        self._people.setContentsMargins(0, 0, 0, 0)
        self._scroll = bare(holder)
        self._column.addWidget(self._scroll)
        self.pin = QLineEdit()
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.pin.setPlaceholderText(words("lock.pin"))
        self.pin.setAccessibleName(words("lock.pin"))
        self.pin.setValidator(QRegularExpressionValidator("[0-9]{0,8}", self))
        self.pin.returnPressed.connect(self.take_over)
        self._column.addWidget(self.pin)
        self.card = CardHint()
        self._column.addWidget(self.card)
        self.card.hide()
        self.problem = label("", "error", wrap=True)
        self.problem.hide()
        self._column.addWidget(self.problem)
        foot = QHBoxLayout()
        leave = button(words("lock.password"), kind="quiet")
        leave.clicked.connect(lambda _=False: sign_out())
        self.press = button(words("lock.open"), kind="main")
        self.press.clicked.connect(self.take_over)
        foot.addWidget(leave)
        foot.addStretch(1)
        foot.addWidget(self.press)
        self._column.addLayout(foot)
        self.setAccessibleName(words("lock.title"))
        self._place()
        self.show()
        self.raise_()
        self.setFocusProxy(self.pin)
        self.pin.setFocus()
        self.scanner = HandScanner(self)
        self.scanner.read.connect(self.take_over_by_card)
        context.ask(context.desk.staff.colleagues, self._offer, failed=self._failed)

    @property
    def people(self) -> list[QPushButton]:
        """A button for each colleague with a PIN: a card names its holder by itself."""
        return list(self._presses.values())

    def take_over(self) -> None:
        """Ask with the PIN that was typed."""
        chosen, pin = self._chosen, self.pin.text()
        if chosen is not None and pin:
            self._ask(lambda desk: desk.take_over(chosen.id, pin))

    def take_over_by_card(self, card: str) -> None:
        """Ask with what was scanned. While an answer is awaited, another card counts no more than another click."""
        self._ask(lambda desk: desk.take_over_by_card(card))

    def _ask(self, take_over: Callable[[Desk], None]) -> None:
        if not self.press.isEnabled():
            return
        self.press.setEnabled(False)
        desk = self._context.desk

        def work() -> Me:
            take_over(desk)
            return desk.me()

        self._context.ask(work, self._done, failed=self._failed)

    def leave(self) -> None:
        """Esc opens nothing here."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        event.accept()

    def resizeEvent(self, event: object) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(palette().bg))
        painter.end()

    def _offer(self, colleagues: Sequence[Colleague]) -> None:
        """The names of those with a PIN; who was at the desk last is chosen."""
        with_pin = [each for each in colleagues if each.pin]
        for each in with_pin:
            press = button(each.name, kind="nav", icon=Icon.PERSON)
            press.setCheckable(True)
            press.clicked.connect(lambda _=False, each=each: self._choose(each))
            self._presses[each.id] = press
            self._people.addWidget(press)
        for part in (self._scroll, self.pin, self.press):
            part.setVisible(bool(with_pin))
        self.card.text.setText(self._context.words("lock.card" if with_pin else "card.wait"))
        self.card.setVisible(any(each.card for each in colleagues))
        if with_pin:
            mine = (each for each in with_pin if each.id == self._context.me.person.id)
            self._choose(next(mine, with_pin[0]))
        elif not colleagues:
            self._say(self._context.words("lock.nobody"))
        self._scroll.setFixedHeight(min(len(self._presses) * _PERSON, _MOST_PEOPLE * _PERSON))
        self._place()

    def _choose(self, colleague: Colleague) -> None:
        self._chosen = colleague
        for person_id, press in self._presses.items():
            press.setChecked(person_id == colleague.id)
        self.pin.setFocus()

    def _done(self, me: Me) -> None:
        """The page is seen when no key comes any more: a card that is scanned twice types into nothing of it."""
        self.scanner.when_quiet(lambda: self._go(me))

    def _go(self, me: Me) -> None:
        self.close_it()
        self._came(me)

    def _failed(self, error: Exception) -> None:
        self.press.setEnabled(True)
        self.pin.clear()
        self.pin.setFocus()
        failure = explain(error, self._context.words)
        self._say(failure.detail if isinstance(error, Rejected) else f"{failure.title} {failure.detail}")

    def _say(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.show()
        self._place()

    def _place(self) -> None:
        self.frame.adjustSize()
        self.frame.move(self.rect().center() - self.frame.rect().center())
