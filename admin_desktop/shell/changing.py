"""What changes or sells waits while the cloud does not answer: here it is said when a button is on, and why it is not.

A button is on when the role may do what it does, the cloud answers, and its room lets it. What goes on without the cloud
(reading what was loaded, checking in by hand, locking) is none of these.
"""

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QPushButton

from admin_desktop.shell.context import Context
from admin_desktop.widgets.sheet import Sheet
from shared.domain.roles import OPERATIONS

Press = QPushButton | QAction
_OWN = Qt.FindChildOption.FindDirectChildrenOnly


class Changing(QObject):
    """Lives as long as its button, or its act in a menu."""

    def __init__(self, context: Context, press: Press, operation: str) -> None:
        """``operation`` as in ``shared.domain.roles``; empty is everybody's."""
        super().__init__(press)
        self.press, self.operation = press, operation
        self._context = context
        self._is_let = press.isEnabled()
        self._says = press.toolTip() if isinstance(press, QPushButton) else ""
        context.ask.contact_changed.connect(self._show)
        self._show()

    def let(self, *, on: bool, says: str | None) -> None:
        self._is_let = on
        self._says = self._says if says is None else says
        self._show()

    def _show(self) -> None:
        why_not = self._why_not()
        self.press.setEnabled(self._is_let and not why_not)
        self.press.setToolTip("\n".join(filter(None, (self._says, why_not))))

    def _why_not(self) -> str:
        """Empty where neither the role nor the cloud stands in the way."""
        context, operation = self._context, self.operation
        if operation and not context.me.may(operation):
            return context.words(f"only.{OPERATIONS[operation].value.lower()}")
        return "" if context.ask.contact.online else context.words("away.waits")


def changing(context: Context, press: Press, operation: str) -> None:
    """From now on this button is off while the role may not or the cloud does not answer. See :func:`let`."""
    Changing(context, press, operation)


def let(press: Press, *, on: bool = True, says: str | None = None) -> None:
    """Whether its room has something for a ``changing`` button to do; ``says`` is what its tooltip says."""
    held = press.findChild(Changing, options=_OWN)
    assert held is not None, f"{press.text()!r} is no changing button"  # noqa: S101  # a bug of the room
    held.let(on=on, says=says)


class AwayNote(QLabel):
    """Says while the cloud does not answer what that means here: that nothing typed is lost, unless told otherwise."""

    def __init__(self, context: Context, says: str = "away.typed") -> None:
        super().__init__(context.words(says))
        self.setProperty("role", "muted")
        self.setWordWrap(True)
        self._ask = context.ask
        self.hide()
        self._ask.contact_changed.connect(self.look)

    def look(self) -> None:
        """To be called once it has its place."""
        self.setVisible(not self._ask.contact.online)


def note_away(context: Context, sheet: Sheet, says: str = "away.typed") -> None:
    """Have a sheet that sends say above its buttons that the cloud is away."""
    note = AwayNote(context, says)
    sheet.notes.addWidget(note)
    note.look()
