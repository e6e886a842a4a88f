"""A second library's opinion on a linear code, from a process that may crash, hang or be missing."""

import contextlib
import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kiosk.scanner.view import Gray

FIRST_PAUSE_S, LONGEST_PAUSE_S = 5.0, 300.0
HUNG_S = 2.0
START_S = 20.0

Answers = list[tuple[str, str]]


def child_command() -> list[str]:
    """How this very program starts its zbar process."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "zbar-child"]
    return [sys.executable, "-m", "kiosk.scanner.zbar_child"]


class Talk:
    """One child process and the thread that talks with it, because a write to a hung process would never come back.

    ``answers`` gets one decoded line per request and one for the greeting, and None when the process is gone.
    """

    def __init__(self, command: Sequence[str]) -> None:
        pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
        self._process = subprocess.Popen(list(command), stdin=pipe, stdout=pipe, stderr=nowhere)  # noqa: S603 - our own
        self._requests: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self.answers: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="zbar", daemon=True)
        self._thread.start()

    def say(self, request: bytes) -> None:
        self._requests.put(request)

    def end(self) -> None:
        """Kill the process and wait for its thread."""
        self._process.kill()
        self._requests.put(None)
        self._thread.join(HUNG_S)
        self._process.wait()

    def _run(self) -> None:
        asked, answered = self._process.stdin, self._process.stdout
        if asked is None or answered is None:  # cannot be: both were asked for
            return
        with contextlib.suppress(OSError, ValueError), answered:
            while line := answered.readline():
                self.answers.put(json.loads(line))
                request = self._requests.get()
                if request is None:
                    break
                asked.write(request)
                asked.flush()
        with contextlib.suppress(OSError):  # closing writes what is left
            asked.close()
        self.answers.put(None)


class SecondOpinion:
    """Talks to one zbar process; used by one thread.

    States: not started, starting, ready, busy (asked and not answered yet), resting (crashed or hung: started again
    after a pause that doubles up to five minutes), missing (zbar is not installed: never started again). `ask` starts
    and restarts as needed and never raises. ``command`` starts the process.
    """

    def __init__(self, *, command: Sequence[str] | None = None, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._command, self._clock_s = command or child_command(), clock_s
        self._talk: Talk | None = None
        self._ready = False
        self._waiting_since_s: float | None = None
        self._pause_s = FIRST_PAUSE_S
        self._rest_until_s = float("-inf")
        self.missing: str | None = None
        """Why zbar cannot be loaded, in its own words; None while it can or nothing is known."""

    def start(self, *, wait_s: float = 0.0) -> bool:
        """Start the process if there is none and say whether it is ready, after waiting at most this long."""
        if self.missing is not None or self._clock_s() < self._rest_until_s:
            return False
        if self._talk is None:
            self._spawn()
        if not self._ready:
            self._greeted(self._hear(wait_s, patience_s=START_S))
        return self._ready

    def ask(self, gray: "Gray", names: Sequence[str], *, wait_s: float) -> Answers:
        """What zbar reads in the picture; empty when it has none, is late, missing or not up yet.

        An answer that comes late is thrown away at the next question.
        """
        if not self.start():
            return []
        if self._is_busy:
            self._hear(0.0, patience_s=HUNG_S)
        talk = self._talk
        if talk is None or self._is_busy:
            return []
        height, width = gray.shape
        talk.say(f"{width} {height} {','.join(names)}\n".encode("ascii") + gray.tobytes())
        self._waiting_since_s = self._clock_s()
        answer = self._hear(wait_s, patience_s=HUNG_S)
        if not isinstance(answer, list):
            return []
        self._pause_s = FIRST_PAUSE_S
        return [(str(name), str(text)) for name, text in answer]

    def close(self) -> None:
        """End the process; a later `ask` would start it again."""
        if self._talk is not None:
            self._talk.end()
        self._talk, self._ready, self._waiting_since_s = None, False, None

    @property
    def _is_busy(self) -> bool:
        return self._waiting_since_s is not None

    def _spawn(self) -> None:
        try:
            self._talk = Talk(self._command)
            self._waiting_since_s = self._clock_s()
        except OSError:
            self._rest()

    def _greeted(self, word: object) -> None:
        if isinstance(word, dict):
            self._ready = word.get("missing") is None
            if not self._ready:
                self.close()
                self.missing = str(word["missing"])

    def _hear(self, wait_s: float, *, patience_s: float) -> object:
        """The next message; False when there is none yet. A process that is gone or silent for too long is ended."""
        if self._talk is None or self._waiting_since_s is None:
            return False
        try:
            message = self._talk.answers.get(timeout=wait_s) if wait_s > 0 else self._talk.answers.get_nowait()
        except queue.Empty:
            if self._clock_s() - self._waiting_since_s > patience_s:
                self._rest()
            return False
        self._waiting_since_s = None
        if message is None:
            self._rest()
        return message

    def _rest(self) -> None:
        self.close()
        self._rest_until_s = self._clock_s() + self._pause_s
        self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)
