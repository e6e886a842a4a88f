"""One frame as the stages see it, with what earlier stages left for later ones."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.scanner.results import Quad

Gray = npt.NDArray[np.uint8]
THUMB_PX = 320


@dataclass(frozen=True, slots=True)
class Box:
    """An upright part of the frame, in pixels; may reach over its edges."""

    left: float
    top: float
    width: float
    height: float

    @property
    def area(self) -> float:
        return self.width * self.height

    def overlap(self, other: "Box") -> float:
        """Common area over the area of both together, 0 to 1."""
        wide = min(self.left + self.width, other.left + other.width) - max(self.left, other.left)
        high = min(self.top + self.height, other.top + other.height) - max(self.top, other.top)
        common = max(0.0, wide) * max(0.0, high)
        return common / max(self.area + other.area - common, 1e-9)


def box_of(quad: Quad) -> Box:
    xs, ys = [x for x, _ in quad], [y for _, y in quad]
    return Box(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


@dataclass(frozen=True, slots=True)
class Suspect:
    """A QR code whose corners were found and whose content was not; ``version`` 0 means not even that is known."""

    quad: Quad
    version: int


@dataclass
class View:
    """One frame and the notes on it; made anew for every frame, used by one thread.

    ``number`` counts the frames of this pipeline; ``scale`` is pixels here per pixel handed in. The budget counts
    from ``started_s`` of ``clock_s``. ``last_box`` is where a code was read a moment ago. Stages add ``suspects`` and
    ``unconfirmed`` linear codes.
    """

    gray: Gray
    number: int
    now_s: float
    scale: float
    budget_ms: float
    started_s: float
    clock_s: Callable[[], float]
    last_box: Box | None = None
    suspects: list[Suspect] = field(default_factory=list)
    unconfirmed: tuple[str, ...] = ()

    @property
    def spent_ms(self) -> float:
        return (self.clock_s() - self.started_s) * 1000

    def affords(self, cost_ms: float) -> bool:
        """Whether a step of about this cost still fits into the budget."""
        return self.spent_ms + cost_ms <= self.budget_ms

    @cached_property
    def thumb(self) -> Gray:
        """The frame with its longer side at 320 px (or as it is, when smaller)."""
        scale = min(1.0, THUMB_PX / max(self.gray.shape))
        if scale == 1.0:
            return self.gray
        return np.asarray(cv2.resize(self.gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)

    @property
    def thumb_scale(self) -> float:
        """Frame pixels per thumb pixel."""
        return float(max(self.gray.shape) / max(self.thumb.shape))
