"""Linear codes: when a read counts, and the stage that reads them."""

from collections.abc import Iterable, Iterator, Sequence

import cv2
import numpy as np

from kiosk.scanner.crops import cut, moved
from kiosk.scanner.decoder import Found, find_linear
from kiosk.scanner.recipes import sharpened
from kiosk.scanner.regions import find_bars
from kiosk.scanner.results import Quad, Read
from kiosk.scanner.second_opinion import SecondOpinion
from kiosk.scanner.settings import ScannerSettings
from kiosk.scanner.view import Box, View, box_of

Seen = tuple[str, str]  # format, text
RUNNING_S = 1.0  # two frames further apart than this are not running
ZOOM_COST_MS = 5.0
WIDEST_ZOOM_PX = 700  # a wider code has pixels enough


class LinearAgreement:
    """Decides when a linear code counts: two frames running, or both libraries on one frame, read the same text.

    Linear codes are misread now and then (two of 154 photos gave a wrong text with its check digit right), so one
    read alone never counts.
    """

    def __init__(self) -> None:
        self._before: frozenset[Seen] = frozenset()
        self._before_s = float("-inf")

    def judge(self, first: Iterable[Seen], second: Iterable[Seen], now_s: float) -> set[Seen]:
        """The codes of this frame that count. ``first`` and ``second`` are what each library read in it."""
        one, other = frozenset(first), frozenset(second)
        running = self._before if now_s - self._before_s <= RUNNING_S else frozenset()
        counted = (one & other) | ((one | other) & running)
        self._before, self._before_s = one | other, now_s
        return set(counted)


def same_text(name: str, text: str) -> str:
    """The text in one form: Codabar's start and stop letters are kept by some readers and dropped by others."""
    if name == "Codabar" and len(text) > 2 and text[0] in "ABCD" and text[-1] in "ABCD":  # noqa: PLR2004 - both guards
        return text[1:-1]
    return text


class LinearStage:
    """zxing-cpp for the switched-on symbologies on frames without a QR code; zbar as the second opinion."""

    patient = True

    def __init__(self, settings: ScannerSettings, opinion: SecondOpinion | None) -> None:
        self._names = tuple(sorted(settings.linear))
        self._settings = settings
        self._opinion = opinion
        self.forget()

    def forget(self) -> None:
        self._agreement = LinearAgreement()

    def steps(self, view: View) -> Iterator[Sequence[Read]]:
        codes = find_linear(view.gray, self._names) or self._zoomed(view)
        found = {(code.format, same_text(code.format, code.text)): code for code in codes}
        second = self._ask(view, list(found.values()))
        counted = self._agreement.judge(found, second, view.now_s)
        view.unconfirmed = tuple(text for _, text in sorted({*found, *second} - counted))
        yield [self._read(view, seen, found.get(seen)) for seen in sorted(counted)]

    def _zoomed(self, view: View) -> list[Found]:
        """The part that looks like bars, at twice its size: small tags and fine bars."""
        box = find_bars(view)
        if box is None or not view.affords(ZOOM_COST_MS):
            return []
        part, left, top = cut(view.gray, box)
        if max(part.shape) > WIDEST_ZOOM_PX:
            return []
        double = cv2.resize(part, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
        found = find_linear(sharpened(np.asarray(double, np.uint8), 2.0, 3.0), self._names)
        return [moved(code, factors=(0.5, 0.5), origin=(left, top)) for code in found]

    def _ask(self, view: View, found: list[Found]) -> set[Seen]:
        """What zbar reads around the codes that zxing-cpp has just read."""
        if self._opinion is None or not found:
            return set()
        picture, _, _ = cut(view.gray, _around([code.quad for code in found]))
        if not picture.size:
            return set()
        answers = self._opinion.ask(picture, self._names, wait_s=self._settings.second_opinion_wait_s)
        return {(name, same_text(name, text)) for name, text in answers}

    def _read(self, view: View, seen: Seen, code: Found | None) -> Read:
        height, width = view.gray.shape
        quad = code.quad if code else ((0.0, 0.0), (width, 0.0), (width, height), (0.0, height))
        return Read(seen[1], seen[0], quad, "linear")


def _around(quads: Sequence[Quad]) -> Box:
    """A box around codes that are often located as mere lines: as far again as half their length on every side."""
    boxes = [box_of(quad) for quad in quads]
    rim = 0.5 * max(max(box.width, box.height) for box in boxes)
    left, top = min(box.left for box in boxes) - rim, min(box.top for box in boxes) - rim
    right, bottom = max(box.left + box.width for box in boxes), max(box.top + box.height for box in boxes)
    return Box(left, top, right + rim - left, bottom + rim - top)
