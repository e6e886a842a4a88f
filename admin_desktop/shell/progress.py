"""How far something is that takes a while on a worker, and the way to stop it."""

import threading

from PySide6.QtCore import QObject, Signal

from shared.errors import FitError

_WHOLE = 100


class Stopped(FitError):  # noqa: N818  # reads as what it is
    """Somebody pressed cancel before it was done: nothing was changed."""


class Progress(QObject):
    """One piece of work. At ``percent`` 100 its last step runs, which can no longer be stopped.

    Where nobody knows how much there is, ``counted`` says how much is done.
    """

    moved = Signal()
    _told = Signal(int)
    _came = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.percent = 0
        self.counted = 0
        self._stop = threading.Event()
        self._told.connect(self._move)
        self._came.connect(self._count)

    @property
    def can_stop(self) -> bool:
        return self.percent < _WHOLE and not self._stop.is_set()

    def stop(self) -> None:
        self._stop.set()
        self.moved.emit()

    def tell(self, done: int, whole: int) -> None:
        """To be called by the worker between its steps. Raises Stopped."""
        self._go_on()
        self._told.emit(done * _WHOLE // max(1, whole))

    def count(self, done: int) -> None:
        """The same where the whole is not known. Raises Stopped."""
        self._go_on()
        self._came.emit(done)

    def _go_on(self) -> None:
        if self._stop.is_set():
            raise Stopped("This was stopped.")

    def _count(self, done: int) -> None:
        self.counted = done
        self.moved.emit()

    def _move(self, percent: int) -> None:
        self.percent = percent
        self.moved.emit()
