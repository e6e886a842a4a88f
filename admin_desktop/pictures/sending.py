"""A picture that is being sent: how far it is, and the way to stop it. What was there before stays until it is stored."""

import threading

from PySide6.QtCore import QObject, Signal

from shared.errors import FitError

_WHOLE = 100


class Stopped(FitError):  # noqa: N818  # reads as what it is
    """Somebody pressed cancel before the picture was complete: nothing was changed."""


class Sending(QObject):
    """One picture on its way. ``percent`` 100 means that it is there and being stored; then it can no longer be stopped."""

    moved = Signal()
    _told = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.percent = 0
        self._stop = threading.Event()
        self._told.connect(self._move)

    @property
    def can_stop(self) -> bool:
        return self.percent < _WHOLE and not self._stop.is_set()

    def stop(self) -> None:
        self._stop.set()
        self.moved.emit()

    def sent(self, done: int, whole: int) -> None:
        """To be called by who sends, on its thread. Raises Stopped."""
        if self._stop.is_set():
            raise Stopped("The picture was stopped.")
        self._told.emit(done * _WHOLE // max(1, whole))

    def _move(self, percent: int) -> None:
        self.percent = percent
        self.moved.emit()
