"""``watched_desk [ARGUMENT ...]``: ``fit-admin`` with these arguments, which says when it can be worked with and how long
its window ever stood still.

It prints ``usable`` when the first room is loaded and painted. A line on its standard input walks through all rooms,
each until everything it asked for is there, and prints ``gap MS CPU_MS ROOM`` for each: the longest time between two
turns of the event loop, and the most that its thread itself has worked between two.
"""

import sys
import threading
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent

from admin_desktop import app
from admin_desktop.shell.window import Frame

_TICK_MS = 1


class Watch(QObject):
    """Looks at the window on its own thread, once a turn."""

    _asked = Signal()

    def __init__(self, window: app.DeskWindow) -> None:
        super().__init__(window)
        self._window = window
        self._until: Callable[[], None] = lambda: print("usable", flush=True)
        self._is_waiting = True
        self._begin()
        self._rooms: list[str] = []
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        self._asked.connect(self._walk)
        threading.Thread(target=self._listen, name="watch", daemon=True).start()

    def _listen(self) -> None:
        for _ in sys.stdin:
            self._asked.emit()

    def _begin(self) -> None:
        self._longest, self._last = 0.0, time.perf_counter()
        self._most, self._worked = 0.0, time.thread_time()

    @property
    def _frame(self) -> Frame | None:
        frame = self._window.frame
        return frame if frame is not None and frame.isVisible() else None

    def _tick(self) -> None:
        now, worked = time.perf_counter(), time.thread_time()
        self._longest, self._last = max(self._longest, now - self._last), now
        self._most, self._worked = max(self._most, worked - self._worked), worked
        if self._is_waiting and self._frame is not None and self._window.ask.is_idle:
            self._is_waiting = False
            QTimer.singleShot(0, self._until)  # what came last is painted by then

    def _walk(self) -> None:
        assert self._frame is not None
        loaded = all(room.made_by.split(":")[0] in sys.modules for room in self._frame.rooms)
        if not loaded or not self._window.ask.is_idle:
            QTimer.singleShot(10, self._walk)  # a second after the start, when a person comes to a first click
            return
        self._rooms = [room.name for room in self._frame.rooms]
        self._next()

    def _next(self) -> None:
        if not self._rooms:
            print("walked", flush=True)
            return
        name, frame = self._rooms.pop(0), self._frame
        assert frame is not None
        self._begin()

        def told() -> None:
            print(f"gap {self._longest * 1000:.1f} {self._most * 1000:.1f} {name}", flush=True)
            self._next()

        frame.open(name)
        self._until, self._is_waiting = told, True


def main() -> int:
    from admin_desktop.__main__ import main as fit_admin  # the product

    usual = app.DeskWindow.showEvent

    def shown(window: app.DeskWindow, event: QShowEvent) -> None:
        usual(window, event)
        Watch(window)

    app.DeskWindow.showEvent = shown  # type: ignore[method-assign]
    return fit_admin(sys.argv[1:])
