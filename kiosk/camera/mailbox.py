"""A mailbox for the newest frame: nothing ever queues behind a slow reader."""

import threading
from collections.abc import Callable

from kiosk.camera.frame import Frame


class Mailbox:
    """One slot between a camera and one reader; safe between threads.

    A frame that was not taken is replaced by the next and counted in ``dropped``. ``on_filled`` is called in the
    writer's thread when a frame lands in the empty slot, so that a window is woken once however many frames follow.
    """

    def __init__(self, on_filled: Callable[[], None] | None = None) -> None:
        self._changed = threading.Condition()
        self._frame: Frame | None = None
        self._closed = False
        self._on_filled = on_filled
        self.dropped = 0

    def put(self, frame: Frame) -> None:
        with self._changed:
            was_empty = self._frame is None
            self.dropped += not was_empty
            self._frame = frame
            self._changed.notify()
        if was_empty and self._on_filled is not None:
            self._on_filled()

    def take(self, timeout_s: float = 0.0) -> Frame | None:
        """Take the frame out, waiting at most this long for one; None when none came or none will."""
        with self._changed:
            self._changed.wait_for(lambda: self._frame is not None or self._closed, timeout_s)
            frame, self._frame = self._frame, None
            return frame

    def close(self) -> None:
        """Wake a waiting reader for good."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    @property
    def closed(self) -> bool:
        """Whether nothing more will come."""
        return self._closed
