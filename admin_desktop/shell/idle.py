"""Noticing that nobody is at the desk any more."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QGuiApplication, QWindow

IDLE_S = 300
"""A desk that nobody touches for so long locks itself."""


class IdleWatch(QObject):
    """Calls ``lock`` when nobody has touched keyboard or mouse for ``IDLE_S``, where ``may_lock`` says so.

    It watches the windows, through which every touch comes: a filter of the application would be asked about each
    event of each widget, thousands when a room opens.
    """

    _TOUCHES = frozenset({QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.Wheel})

    def __init__(self, owner: QObject, may_lock: Callable[[], bool], lock: Callable[[], object]) -> None:
        super().__init__(owner)
        self._may_lock, self._lock = may_lock, lock
        self.timer = QTimer(self, interval=IDLE_S * 1000)
        self.timer.timeout.connect(self._idle)
        self.timer.start()
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.focusWindowChanged.connect(self._watch)
            self._watch(QGuiApplication.focusWindow())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002, N802 - Qt's name
        if event.type() in self._TOUCHES:
            self.timer.start()
        return False

    def _watch(self, window: QWindow | None) -> None:
        """The desk's own window, or a dialog or menu above it."""
        if window is not None:
            window.installEventFilter(self)

    def _idle(self) -> None:
        if self._may_lock():
            self._lock()
