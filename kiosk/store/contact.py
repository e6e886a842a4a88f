"""Whether the cloud answers, and who speaks first after an outage."""

import threading


class Contact:
    """Set by the thread that pulls the roster, read by every other. Starts without contact."""

    def __init__(self) -> None:
        self._answered = threading.Event()

    @property
    def is_there(self) -> bool:
        """Whether the last poll of the roster was answered."""
        return self._answered.is_set()

    def answered(self) -> None:
        self._answered.set()

    def lost(self) -> None:
        self._answered.clear()

    def wait(self, timeout_s: float) -> bool:
        """Let the roster go first: until a poll is answered, but no longer than that."""
        return self._answered.wait(timeout_s)
