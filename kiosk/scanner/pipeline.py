"""One frame in, the codes that count out: stages tried in order until one reads or the time is used up."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from kiosk.scanner.results import Read, ScanResult
from kiosk.scanner.settings import ScannerSettings

if TYPE_CHECKING:
    from kiosk.scanner.frames import Picture
    from kiosk.scanner.second_opinion import SecondOpinion
    from kiosk.scanner.stages import Stage
    from kiosk.scanner.view import View


def cpu_clock() -> Callable[[], float]:
    """This thread's CPU time in seconds, or the wall's where CPU time comes in coarse steps (Windows: 16 ms)."""
    fine = time.get_clock_info("thread_time").resolution <= 1e-4  # noqa: PLR2004 - a tenth of a millisecond
    return time.thread_time if fine else time.perf_counter


class Pipeline:
    """The scanner. Made and used by one thread, because making it loads OpenCV and the decoders.

    ``opinion`` is the zbar process, or None to do without; the caller closes it. ``stages`` replaces the product's own.
    """

    def __init__(
        self,
        settings: ScannerSettings | None = None,
        *,
        opinion: "SecondOpinion | None" = None,
        stages: "Sequence[Stage] | None" = None,
        clock_s: Callable[[], float] | None = None,
    ) -> None:
        from kiosk.scanner.frames import FrameKeeper  # noqa: PLC0415 - loads OpenCV
        from kiosk.scanner.stages import default_stages  # noqa: PLC0415 - loads OpenCV and zxing-cpp

        self.settings = settings or ScannerSettings()
        self._stages = tuple(stages) if stages is not None else default_stages(self.settings, opinion)
        self._clock_s = clock_s or cpu_clock()
        self._frames = FrameKeeper(self.settings)
        self._thread: int | None = None

    def scan(self, picture: "Picture", now_s: float) -> ScanResult:
        """Look at one frame (grey or BGR, 8 bit). ``now_s`` is any clock that only goes forward.

        Frames larger than the camera's size are scaled down to it. Never raises for what a picture shows; a picture
        without pixels, or of another type, is a ``ValueError``; a second thread is a ``RuntimeError``.
        """
        self._keep_to_one_thread()
        started_s = self._clock_s()
        view = self._frames.take(picture, now_s, started_s=started_s, clock_s=self._clock_s)
        reads, tried = self._look(view)
        hints = self._frames.hints(view)
        self._frames.learn(view, reads)
        found = tuple(self._frames.restored(view, read) for read in reads)
        return ScanResult(found, tried, (self._clock_s() - started_s) * 1000, hints)

    def forget(self) -> None:
        """Drop everything learnt from earlier frames, as between two unrelated pictures."""
        self._frames.forget()
        for stage in self._stages:
            stage.forget()

    def _keep_to_one_thread(self) -> None:
        here = threading.get_ident()
        if self._thread not in {None, here}:
            raise RuntimeError("a pipeline belongs to the thread that scanned first")
        self._thread = here

    def _look(self, view: "View") -> tuple[Sequence[Read], int]:
        """Go on until a code is read that has not been in view for seconds: another may be held up beside it."""
        reads: list[Read] = []
        tried = 0
        for stage in self._stages:
            if stage.patient and self._frames.may_rest(view):
                continue
            for found in stage.steps(view):
                tried += 1
                reads += [read for read in found if read not in reads]
                if self._frames.is_news(found) or not view.affords(0):
                    return reads, tried
        return reads, tried
