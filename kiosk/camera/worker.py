"""The camera's thread: opens the source, delivers frames, notices a lost camera and gets it back."""

import logging
import random
import threading
import time
from collections.abc import Callable, Sequence
from enum import Enum

from kiosk.camera.frame import CameraUnavailable, FrameSource
from kiosk.camera.mailbox import Mailbox

log = logging.getLogger(__name__)


class CameraState(Enum):
    """What the camera is doing."""

    STARTING = "starting"  # not a frame yet
    LIVE = "live"
    LOST = "lost"  # no frames; opened again after a pause
    FINISHED = "finished"  # a file or sequence came to its end
    STOPPED = "stopped"  # by us


StateListener = Callable[[CameraState, str], None]
"""Called in the camera's thread at every change of state, with the reason in words for staff."""


class BackOff:
    """Pauses that double from ``first_s`` to ``longest_s``, each with a quarter of jitter either way."""

    def __init__(self, *, first_s: float = 0.5, longest_s: float = 30.0, rng: random.Random | None = None) -> None:
        self._first_s, self._longest_s = first_s, longest_s
        self._rng = rng or random.Random()
        self._next_s = first_s

    def pause_s(self) -> float:
        """The pause before the next try."""
        pause, self._next_s = self._next_s, min(2 * self._next_s, self._longest_s)
        return pause * self._rng.uniform(0.75, 1.25)

    def lived(self, seconds: float) -> None:
        """Start again from the shortest pause if frames came for longer than the pause that would be due."""
        if seconds > self._next_s:
            self._next_s = self._first_s


class CameraThread:
    """Runs one source and puts each frame into every mailbox.

    States: starting, then live with the first frame; lost when opening fails, no frame comes or the driver raises,
    then opened again after a pause; finished at the end of a file. `stop` ends it from any state. Each mailbox is
    closed at the end.
    """

    def __init__(
        self,
        source: FrameSource,
        mailboxes: Sequence[Mailbox],
        *,
        on_state: StateListener | None = None,
        back_off: BackOff | None = None,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source, self._mailboxes = source, tuple(mailboxes)
        self._on_state, self._back_off, self._clock_s = on_state, back_off or BackOff(), clock_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)
        self.state = CameraState.STARTING
        """Only the camera's thread writes it."""
        self.frames = 0
        self._live_since_s: float | None = None

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout_s: float = 5.0) -> bool:
        """Ask the thread to end and wait for it; False when a driver holds it for longer."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stop.is_set():
            why, since_s = self._live(), self._live_since_s
            self._close_source()
            if self._source.finished:
                break
            if not self._stop.is_set():
                if since_s is not None:
                    self._back_off.lived(self._clock_s() - since_s)
                self._change(CameraState.LOST, why)
                self._stop.wait(self._back_off.pause_s())
        self._change(CameraState.FINISHED if self._source.finished else CameraState.STOPPED, "")
        for mailbox in self._mailboxes:
            mailbox.close()

    def _live(self) -> str:
        """Deliver frames until there are none; why it ended."""
        self._live_since_s = None
        try:
            self._source.open()
            while not self._stop.is_set():
                if not self._deliver():
                    return "the camera gives no pictures"
        except CameraUnavailable as exc:
            return str(exc)
        except Exception:  # a driver may raise anything, and the door goes on without it
            log.exception("the camera failed")
            return "the camera failed"
        return ""

    def _deliver(self) -> bool:
        """Pass on one frame; False when none came."""
        frame = self._source.read()
        if frame is None:
            return False
        if self._live_since_s is None:
            self._live_since_s = self._clock_s()
        self.frames += 1
        self._change(CameraState.LIVE, "")
        for mailbox in self._mailboxes:
            mailbox.put(frame)
        return True

    def _close_source(self) -> None:
        try:
            self._source.close()
        except Exception:  # see above
            log.exception("the camera could not be closed")

    def _change(self, state: CameraState, why: str) -> None:
        if state is self.state:
            return
        self.state = state
        try:
            if self._on_state is not None:
                self._on_state(state, why)
        except Exception:  # whoever listens must not end the camera
            log.exception("a listener failed on camera state %s", state.value)
