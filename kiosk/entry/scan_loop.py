"""The thread that looks, decides and records: newest frame in, verdicts out."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial

from kiosk.camera.frame import Frame
from kiosk.camera.mailbox import Mailbox
from kiosk.entry.door import Door
from kiosk.entry.verdict import Answer
from kiosk.scanner import SYMBOLOGIES, Pipeline

_log = logging.getLogger(__name__)
_PATIENCE_S = 0.25
_TICK_S = 1.0
_RATE_OVER_S = 5.0

OpenPipeline = Callable[[frozenset[str]], Pipeline]
"""Makes the scanner for a set of linear symbologies; called in the loop's thread, because it loads OpenCV."""


class ScanLoop:
    """Runs until :meth:`stop`, or until the camera's mailbox is closed and empty.

    ``on_answer`` gets every verdict once it is on the disk, ``on_tick`` is called about once a second; both in this
    loop's thread. An error in one frame is logged and the next frame is taken: a door does not stop at a bad picture.
    """

    def __init__(
        self,
        mailbox: Mailbox,
        door: Door,
        open_pipeline: OpenPipeline,
        *,
        on_answer: Callable[[Answer], None],
        on_tick: Callable[[], None],
        on_end: Callable[[], None],
    ) -> None:
        self._mailbox = mailbox
        self._door = door
        self._open_pipeline = open_pipeline
        self._on_answer = on_answer
        self._on_tick = on_tick
        self._on_end = on_end
        self._symbologies: frozenset[str] = frozenset()
        self._stop = threading.Event()
        self._looked: deque[float] = deque()
        self._thread = threading.Thread(target=self._run, name="scan", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout_s: float = 5.0) -> None:
        self._stop.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(timeout_s)

    @property
    def decode_rate(self) -> float:
        """Frames looked at per second, over the last few seconds. Any thread."""
        since = time.monotonic() - _RATE_OVER_S
        return sum(1 for at in tuple(self._looked) if at >= since) / _RATE_OVER_S

    def _run(self) -> None:
        pipeline = self._renewed_pipeline()
        ticked = float("-inf")
        while not self._stop.is_set():
            frame = self._mailbox.take(_PATIENCE_S)
            if frame is not None:
                self._guarded(partial(self._look, pipeline, frame))
            elif self._mailbox.closed:
                break
            if time.monotonic() - ticked >= _TICK_S:
                ticked = time.monotonic()
                self._guarded(self._tick)
                if self._wanted_symbologies() != self._symbologies:
                    pipeline = self._renewed_pipeline()
        self._guarded(self._tick)
        self._on_end()

    def _renewed_pipeline(self) -> Pipeline:
        self._symbologies = self._wanted_symbologies()
        return self._open_pipeline(self._symbologies)

    def _wanted_symbologies(self) -> frozenset[str]:
        """Those the gym has switched on; what this scanner does not know of is left out."""
        return self._door.linear_symbologies() & frozenset(SYMBOLOGIES)

    def _look(self, pipeline: Pipeline, frame: Frame) -> None:
        result = pipeline.scan(frame.image, frame.captured_s)
        self._note_rate()
        for read in result.reads:
            answer = self._door.scan(read)
            if answer is not None:
                self._on_answer(answer)

    def _note_rate(self) -> None:
        now = time.monotonic()
        self._looked.append(now)
        while self._looked[0] < now - _RATE_OVER_S:
            self._looked.popleft()

    def _tick(self) -> None:
        self._door.tick()
        self._on_tick()

    def _guarded(self, work: Callable[[], None]) -> None:
        """The worker's main loop: log, carry on."""
        try:
            work()
        except Exception:  # noqa: BLE001  # one odd frame must not stop a door
            _log.exception("the scan loop goes on after an error")
