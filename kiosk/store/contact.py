"""Whether the cloud answers, and who speaks first after an outage."""

import threading


class Contact:
    """Set by the thread that pulls the roster, read by every other. Starts without contact."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._is_there = False
        self._over = False

    @property
    def is_there(self) -> bool:
        """Whether the last poll of the roster was answered."""
        return self._is_there

    def answered(self) -> None:
        with self._changed:
            self._is_there = True
            self._changed.notify_all()

    def lost(self) -> None:
        with self._changed:
            self._is_there = False

    def wait(self, timeout_s: float) -> bool:
        """Let the roster go first: until a poll is answered, but no longer than that."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_there or self._over, timeout_s)
            return self._is_there

    def end(self) -> None:
        """Nobody waits any more: the kiosk stops."""
        with self._changed:
            self._over = True
            self._changed.notify_all()
