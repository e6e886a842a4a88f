"""A sentence at the bottom right that goes away by itself, with one thing to press."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.labels import label
from admin_desktop.widgets.look import palette
from admin_desktop.widgets.sheet import Sheet

STAY_MS = 8000
_MARGIN = 24


class Toasts(QObject):
    """Shows one toast at a time over ``over``. What a toast can undo can be undone later, too, until the next such."""

    undo_changed = Signal(str)
    """What would be undone now, in the toast's words; empty when nothing."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self.current: QFrame | None = None
        self.text = ""
        self._undo: Callable[[], None] | None = None
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.clear)
        over.installEventFilter(self)

    def show(self, text: str, *, action: str = "", then: Callable[[], None] | None = None) -> None:
        self.clear()
        look = palette()
        frame = QFrame(self._over)
        frame.setObjectName("toast")
        frame.setStyleSheet(
            f"#toast {{ background: {look.text}; border-radius: 10px; }}"
            f"#toast QLabel {{ color: {look.bg}; }}"
            f"#toast QPushButton {{ color: {look.bg}; background: transparent; border: 1px solid {look.bg}; }}"
        )
        row = QHBoxLayout(frame)
        row.setContentsMargins(16, 10, 10, 10)
        self._words = label(text)
        row.addWidget(self._words)
        if then is not None:
            press = button(action)
            press.clicked.connect(lambda: self._press(then))
            row.addWidget(press)
        frame.installEventFilter(self)
        frame.setAccessibleName(text)
        self.current, self.text = frame, text
        frame.adjustSize()
        self._place()
        frame.show()
        frame.raise_()
        self._timer.start(STAY_MS)

    def show_undoable(self, text: str, *, action: str, undo: Callable[[], None]) -> None:
        """A toast whose action takes back what was done."""
        self.show(text, action=action, then=self.undo_last)
        self._undo = undo
        self.undo_changed.emit(text)

    def undo_last(self) -> None:
        """Take back the last thing that can be, once."""
        undo, self._undo = self._undo, None
        if undo is not None:
            self.clear()
            self.undo_changed.emit("")
            undo()

    def clear(self) -> None:
        self._timer.stop()
        if self.current is not None:
            self.current.hide()
            self.current.deleteLater()
        self.current, self.text = None, ""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """It stays while the pointer is on it, and at its corner when the window changes."""
        if watched is self._over and event.type() == QEvent.Type.Resize:
            self._place()
        elif watched is self.current and event.type() == QEvent.Type.Enter:
            self._timer.stop()
        elif watched is self.current and event.type() == QEvent.Type.Leave:
            self._timer.start(STAY_MS)
        return False

    def _press(self, then: Callable[[], None]) -> None:
        self.clear()
        then()

    def _place(self) -> None:
        """At the bottom right, beside a sheet that is open; a long sentence goes on in a second line."""
        if self.current is None:
            return
        right, size = self._right(), self.current.sizeHint()
        if size.width() > right - 2 * _MARGIN:
            self._words.setFixedWidth(self._words.sizeHint().width() - size.width() + right - 2 * _MARGIN)
            self._words.setWordWrap(True)
            size = self.current.sizeHint()
        corner = QPoint(right - size.width() - _MARGIN, self._over.height() - size.height() - _MARGIN)
        self.current.setGeometry(QRect(corner, size))

    def _right(self) -> int:
        """How far there is room: to the edge, or to the leftmost sheet."""
        sheets = [each for each in self._over.findChildren(Sheet) if not each.isHidden()]
        return min([each.frame.x() for each in sheets], default=self._over.width())
