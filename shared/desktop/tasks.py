"""The one door off the GUI thread.

No view owns a thread: it hands a plain function without Qt to ``run`` and gets its frozen value back on the GUI thread.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QThreadPool, Signal, Slot

Value = TypeVar("Value")


_STILL_RUNNING: list[QThreadPool] = []
"""Pools that live on: the end of one waits for its threads, which may wait for the interpreter that waits for them."""


class TaskRunner(QObject):
    """Runs work on a small pool. Made and used on the GUI thread.

    Callbacks run on the GUI thread, in the order in which the work ends. After ``close`` none runs any more, and no
    work begins: a result that comes late finds no view to show it.
    """

    _ended = Signal(object)

    def __init__(self, *, threads: int = 2, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(threads)
        self._open = True
        self._ended.connect(self._call_back)

    def run(
        self, work: Callable[[], Value], *, on_done: Callable[[Value], None], on_failed: Callable[[Exception], None]
    ) -> None:
        """Do ``work`` elsewhere, then ``on_done(value)`` or ``on_failed(error)`` here."""

        def job() -> None:
            try:
                value = work()
            except Exception as error:  # noqa: BLE001 - a worker's main loop: the error goes to its caller whole
                self._hand_back(on_failed, error)
            else:
                self._hand_back(on_done, value)

        if self._open:
            self._pool.start(job)

    def close(self, *, timeout_s: float = 5.0) -> bool:
        """Stop calling back and wait for running work. False when some of it still runs after ``timeout_s``."""
        self._open = False
        self._pool.clear()
        ended = self._pool.waitForDone(round(timeout_s * 1000))
        if not ended:
            self._pool.setParent(None)
            _STILL_RUNNING.append(self._pool)
        return ended

    def _hand_back(self, callback: Callable[[Any], None], value: object) -> None:
        if self._open:
            self._ended.emit((callback, value))

    @Slot(object)
    def _call_back(self, result: tuple[Callable[[Any], None], object]) -> None:
        callback, value = result
        if self._open:
            callback(value)
