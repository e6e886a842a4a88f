"""A camera's clock without waiting for it: frames come at their pace, a busy scanner misses some."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.support.doorcam.render import FPS, Picture, Shot

if TYPE_CHECKING:
    from kiosk.scanner import ScanResult


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one presentation; times in ms from its first frame, None when it did not happen."""

    visible_ms: float | None
    read_ms: float | None
    frames_seen: int
    wrong: tuple[str, ...]

    @property
    def latency_ms(self) -> float | None:
        """From the first frame with the whole code to the read; 0 when it was read before that."""
        if self.read_ms is None:
            return None
        return max(0.0, self.read_ms - (self.read_ms if self.visible_ms is None else self.visible_ms))


def play(
    shots: Sequence[Shot],
    scan: "Callable[[Picture, float], ScanResult]",
    text: str,
    *,
    decide: Callable[[str], float] = lambda _: 0.0,
    fps: float = FPS,
    start_s: float = 0.0,
) -> Outcome:
    """Show a presentation to a scanner that takes the newest frame whenever it is free, until it reads ``text``.

    The time that a scan takes is what it says itself (CPU ms); ``decide`` gives the ms of all that follows a read.
    The time is counted, not waited for, so a busy machine does not change the outcome.
    """
    pace_ms = 1000 / fps
    visible = next((number * pace_ms for number, (_, whole) in enumerate(shots) if whole), None)
    free_ms, number, seen = 0.0, 0, 0
    wrong: list[str] = []
    while number < len(shots):
        at_ms = max(free_ms, number * pace_ms)
        result = scan(shots[number][0], start_s + at_ms / 1000)
        seen += 1
        free_ms = at_ms + result.ms
        wrong += [read.text for read in result.reads if read.text != text]
        if any(read.text == text for read in result.reads):
            return Outcome(visible, free_ms + decide(text), seen, tuple(wrong))
        number = max(number + 1, int(free_ms / pace_ms))
    return Outcome(visible, None, seen, tuple(wrong))
