"""A hand scanner at this PC: it types a code as a keyboard does, and Enter after it."""

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from admin_desktop.widgets.sheet import Overlay

PACE_MS = 50
"""Hands type no four keys after one another that fast; scanners have 1 to 40 ms between two."""
_FEWEST = 4
_PAUSE_MS = 200
"""After so long without a key the scanner is done, or was nobody's."""
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class HandScanner(QObject):
    """``read`` tells what was scanned while ``page`` is on top, wherever in it the focus is. GUI thread.

    It is told from hands by its pace, as the keys were pressed, not as the window got round to them. What a field took
    in meanwhile is put back. Keys for what lies under the page reach nothing.
    """

    read = Signal(str)

    def __init__(self, page: Overlay) -> None:
        super().__init__(page)
        self._page = page
        self._typed, self._last_ms = "", 0
        self._before: tuple[QLineEdit, str] | None = None
        self._quiet: Callable[[], None] | None = None
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._paused)
        window = page.window().windowHandle()
        assert window is not None  # noqa: S101  # a page is made in a window that is shown
        window.installEventFilter(self)

    def when_quiet(self, then: Callable[[], None]) -> None:
        """Call ``then`` when no key comes any more: what is half scanned must not go on elsewhere."""
        self._quiet = then
        if not self._pause.isActive():
            self._paused()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002, N802 - Qt's name
        """Each key comes to the window once, before the field that has the focus."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress or not self._page.is_on_top():
            return False
        return self._takes(event, self._focus())

    def _focus(self) -> QWidget | None:
        """What has the focus, brought back to the page when it was elsewhere."""
        focus = self._page.window().focusWidget()
        if focus is not None and self._page.isAncestorOf(focus):
            return focus
        self._page.setFocus()
        return self._page.window().focusWidget()

    def _takes(self, event: QKeyEvent, focus: QWidget | None) -> bool:
        """Look at a key; True when it goes no further."""
        self._pause.start()
        at_ms = event.timestamp() or int(time.monotonic() * 1000)
        if at_ms - self._last_ms > PACE_MS or event.isAutoRepeat():
            self._typed = ""
            self._before = (focus, focus.text()) if isinstance(focus, QLineEdit) else None
        self._last_ms = at_ms
        if event.key() in _ENTER:
            return self._ends()
        if not event.text() or not event.text().isprintable():
            return False
        self._typed += event.text()
        return len(self._typed) > 1 and not isinstance(focus, QLineEdit)  # a blank would press a button

    def _ends(self) -> bool:
        """Enter: whether it ended a code."""
        typed, self._typed = self._typed, ""
        if len(typed) < _FEWEST:
            return False
        if self._before is not None:
            line, text = self._before
            line.setText(text)
        self.read.emit(typed)
        return True

    def _paused(self) -> None:
        then, self._quiet = self._quiet, None
        if then is not None:
            then()
