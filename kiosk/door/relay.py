"""The way to the lock: a program that the gym names, run once for each time that the door is to open.

What closes the circuit (a relay board, a turnstile, a network lock) is that program's business; 0 is success. It never
holds up a scan: a thread of its own runs it, and an opening that had to wait behind another for too long is dropped,
because whoever it was for has gone away by then.
"""

import logging
import queue
import subprocess
import threading
import time
from collections.abc import Callable, Sequence

from shared.contracts.devices import DoorState

_log = logging.getLogger(__name__)

RUNS_AT_MOST_S = 5.0
WAITS_AT_MOST_S = 2.0
Told = Callable[[bool], None]


class Relay:
    """Without a command there is no door, and nothing happens."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        runs_at_most_s: float = RUNS_AT_MOST_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._command = list(command)
        self._runs_at_most_s = runs_at_most_s
        self._monotonic = monotonic
        self._wanted: queue.SimpleQueue[tuple[float, Told] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="door", daemon=True)
        self._failed = False

    @property
    def state(self) -> DoorState:
        """Any thread."""
        if not self._command:
            return DoorState.NONE
        return DoorState.FAILED if self._failed else DoorState.READY

    def start(self) -> None:
        if self._command:
            self._thread.start()

    def stop(self) -> None:
        """What waits is dropped with the process; a program that runs ends by itself."""
        if self._thread.is_alive():
            self._wanted.put(None)

    def open(self, told: Told = lambda _: None) -> None:
        """Open the door. Never waits; ``told``, in the door's thread, hears whether it did."""
        if self._command:
            self._wanted.put((self._monotonic(), told))
        else:
            told(False)

    def _work(self) -> None:
        while (wanted := self._wanted.get()) is not None:
            asked_at, told = wanted
            if self._monotonic() - asked_at > WAITS_AT_MOST_S:
                _log.warning("the door was to open, and nobody will be there any more: not opened")
                told(False)
                continue
            self._failed = not self._run()
            told(not self._failed)

    def _run(self) -> bool:
        try:
            done = subprocess.run(  # noqa: S603  # the gym's own command, from its own settings
                self._command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=self._runs_at_most_s,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            _log.error("the door's program failed: %s", error)  # the words are enough
            return False
        if done.returncode:
            _log.error("the door's program ended with %s: %s", done.returncode, done.stderr[-200:])
        return done.returncode == 0
