"""From the camera's pictures to views, and what is remembered from one to the next."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.scanner.results import Hints, Quad, Read
from kiosk.scanner.settings import ScannerSettings
from kiosk.scanner.view import Box, Gray, View, box_of

Picture = npt.NDArray[np.uint8]
HIT_KEPT_S = 1.0  # a code read less than this ago is looked for in its place first
STANDING_AFTER_S = 2.0  # a code in view for longer does not end the search for others
MOVED_LEVELS = 12  # a thumb pixel that changed by more has moved, not flickered
MOVED_SHARE = 0.001


class FrameKeeper:
    """Makes a view of each picture; remembers the last hit and whether anything moves."""

    def __init__(self, settings: ScannerSettings) -> None:
        cv2.setNumThreads(1)  # for the whole process: the budget counts this thread's time
        self._settings = settings
        self.forget()

    def forget(self) -> None:
        self._number = -1
        self._hit: tuple[Box, float] | None = None
        self._stillness = Stillness()
        self._standing: dict[str, tuple[float, float]] = {}
        self._had_unconfirmed = False

    def take(self, picture: Picture, now_s: float, *, started_s: float, clock_s: Callable[[], float]) -> View:
        """Raises ``ValueError`` for what is no 8 bit grey or BGR picture."""
        gray, scale = fit(as_gray(picture), self._settings.frame_width, self._settings.frame_height)
        self._number += 1
        fresh = self._hit is not None and now_s - self._hit[1] <= HIT_KEPT_S
        return View(
            gray=gray,
            number=self._number,
            now_s=now_s,
            scale=scale,
            budget_ms=self._settings.budget_ms,
            started_s=started_s,
            clock_s=clock_s,
            last_box=self._hit[0] if self._hit and fresh else None,
        )

    def may_rest(self, view: View) -> bool:
        """Whether patient stages may be left out of this frame.

        They may when a linear code was seen once, so that the next frame comes sooner, and when nothing moves and it is
        not their turn.
        """
        if view.unconfirmed and not self._had_unconfirmed:
            return True
        still_s = self._stillness.lasting_s(view)
        return still_s >= self._settings.quiet_after_s and view.number % self._settings.quiet_every != 0

    def hints(self, view: View) -> Hints:
        suspect = view.suspects[0] if view.suspects else None
        return Hints(
            quad=_scaled(suspect.quad, 1 / view.scale) if suspect else None,
            module_px=_side(suspect.quad) / (17 + 4 * suspect.version) if suspect and suspect.version else None,
            brightness=float(view.gray[::8, ::8].mean()),
            quiet=self._stillness.known_s >= self._settings.quiet_after_s,
            unconfirmed=view.unconfirmed,
        )

    def is_news(self, reads: Sequence[Read]) -> bool:
        """Whether any of these codes has come into view lately."""
        spans = (self._standing.get(read.text, (0.0, 0.0)) for read in reads)
        return any(last_s - first_s < STANDING_AFTER_S for first_s, last_s in spans)

    def learn(self, view: View, reads: Sequence[Read]) -> None:
        """Remember what this view showed for the next ones."""
        self._had_unconfirmed = bool(view.unconfirmed)
        kept = {text: span for text, span in self._standing.items() if view.now_s - span[1] <= HIT_KEPT_S}
        seen = {read.text: (kept.get(read.text, (view.now_s,))[0], view.now_s) for read in reads}
        self._standing = kept | seen
        if reads:
            self._hit = (box_of(reads[-1].quad), view.now_s)
        if self.is_news(reads):
            self._stillness = Stillness()

    @staticmethod
    def restored(view: View, read: Read) -> Read:
        """The read in pixels of the picture handed in."""
        return replace(read, quad=_scaled(read.quad, 1 / view.scale))


class Stillness:
    """Since when nothing has moved in front of the camera."""

    def __init__(self) -> None:
        self._before: Gray | None = None
        self._since_s: float | None = None
        self._seen = -1
        self.known_s = 0.0

    def lasting_s(self, view: View) -> float:
        """Seconds without movement up to this view; each view is compared once with the one before."""
        if view.number != self._seen:
            self._compare(view)
        return self.known_s

    def _compare(self, view: View) -> None:
        soft = np.asarray(cv2.blur(view.thumb, (3, 3)), np.uint8)
        if self._since_s is None or self._before is None or moved(self._before, soft):
            self._since_s = view.now_s
        self._before, self._seen = soft, view.number
        self.known_s = view.now_s - self._since_s


def moved(before: Gray, after: Gray) -> bool:
    if before.shape != after.shape:
        return True
    _, changed = cv2.threshold(cv2.absdiff(before, after), MOVED_LEVELS, 255, cv2.THRESH_BINARY)
    return cv2.countNonZero(changed) > MOVED_SHARE * before.size


def as_gray(picture: Picture) -> Gray:
    if picture.dtype != np.uint8 or not picture.size:
        raise ValueError(f"an 8 bit picture is needed, not {picture.dtype} of shape {picture.shape}")
    match picture.shape:
        case (_, _):
            return np.ascontiguousarray(picture)
        case (_, _, 3):
            return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
        case (_, _, 4):
            return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGRA2GRAY), np.uint8)
        case shape:
            raise ValueError(f"a grey or BGR picture is needed, not one of shape {shape}")


def fit(gray: Gray, width: int, height: int) -> tuple[Gray, float]:
    """The picture scaled down into this size, and by how much; smaller ones stay as they are."""
    scale = min(1.0, width / gray.shape[1], height / gray.shape[0])
    if scale == 1.0:
        return gray, 1.0
    size = (max(1, round(gray.shape[1] * scale)), max(1, round(gray.shape[0] * scale)))
    return np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), np.uint8), scale


def _scaled(quad: Quad, factor: float) -> Quad:
    if factor == 1.0:
        return quad
    first, second, third, fourth = ((x * factor, y * factor) for x, y in quad)
    return first, second, third, fourth


def _side(quad: Quad) -> float:
    """Mean length of the four sides, in pixels."""
    return sum(float(np.hypot(a[0] - b[0], a[1] - b[1])) for a, b in zip(quad, (*quad[1:], quad[0]), strict=True)) / 4
