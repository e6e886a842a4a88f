"""Second looks: parts of the frame, or all of it, scaled and prepared anew, a few on each frame."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import cv2
import numpy as np

from kiosk.scanner.decoder import Found, find_qr
from kiosk.scanner.recipes import FRESH, PLAN, Recipe, sharpened, smoothed
from kiosk.scanner.regions import Regions
from kiosk.scanner.results import Read
from kiosk.scanner.settings import ScannerSettings
from kiosk.scanner.view import Box, Gray, View

MARGIN = 0.15
LEAST_STEP_MS = 2.0  # a step is not begun with less time left
SECOND_BOX_EVERY = 4
WHOLE_FRAME_COST = 6.0  # times the cost of the first stage


class Crops:
    """The fresh recipes on the best box, then the plan over the best boxes, going on in the next frame where this one stopped."""

    patient = True

    def __init__(self, settings: ScannerSettings) -> None:
        self._limit = settings.region_limit
        self.forget()

    def forget(self) -> None:
        self._regions = Regions(self._limit)
        self._next = 0

    def steps(self, view: View) -> Iterator[Sequence[Read]]:
        boxes = self._regions.find(view)
        if view.number % SECOND_BOX_EVERY == SECOND_BOX_EVERY - 1:  # the best box may be a poster
            boxes = [*boxes[1:], *boxes[:1]]
        for recipe in FRESH:
            yield look(view, boxes[0], recipe)
        start = self._next
        for turn in range(start, start + len(PLAN)):
            recipe, rank = PLAN[turn % len(PLAN)]
            if rank >= len(boxes):
                continue
            if not view.affords(LEAST_STEP_MS):
                return
            self._next = (turn + 1) % len(PLAN)
            yield look(view, boxes[rank], recipe)


def look(view: View, box: Box, recipe: Recipe) -> list[Read]:
    """Decode one box by one recipe; what is only located becomes a suspect when the frame has none."""
    crop, left, top = cut(view.gray, box)
    if min(crop.shape) < 8:  # noqa: PLR2004 - a few pixels at the frame's edge
        return []
    scaled = scale(crop, recipe)
    found, _ = find_qr(recipe.prepare(scaled), recipe.binarizer)
    factors = (crop.shape[1] / scaled.shape[1], crop.shape[0] / scaled.shape[0])
    return [as_read(moved(code, factors=factors, origin=(left, top)), recipe.name) for code in found]


def cut(gray: Gray, box: Box) -> tuple[Gray, int, int]:
    """The box with some margin, and where it begins."""
    wide, high = box.width * MARGIN + 4, box.height * MARGIN + 4
    left, top = int(max(0, box.left - wide)), int(max(0, box.top - high))
    right, bottom = int(box.left + box.width + wide), int(box.top + box.height + high)
    return gray[top : max(top, bottom), left : max(left, right)], left, top


def scale(crop: Gray, recipe: Recipe) -> Gray:
    """The crop at the recipe's size; nearly right sizes are left alone."""
    height, width = crop.shape
    longer = max(height, width)
    factors = (recipe.size_px / width, recipe.size_px / height) if recipe.square else (recipe.size_px / longer,) * 2
    if all(0.9 < factor < 1.1 for factor in factors):  # noqa: PLR2004 - ten per cent is no other scale
        return crop
    method = cv2.INTER_AREA if max(factors) < 1 else cv2.INTER_CUBIC
    size = (max(1, round(width * factors[0])), max(1, round(height * factors[1])))
    return np.asarray(cv2.resize(crop, size, interpolation=method), np.uint8)


def moved(code: Found, *, factors: tuple[float, float], origin: tuple[float, float]) -> Found:
    """A code found in a scaled crop, with its corners in the frame."""
    corners = ((x * factors[0] + origin[0], y * factors[1] + origin[1]) for x, y in code.quad)
    first, second, third, fourth = corners
    return replace(code, quad=(first, second, third, fourth))


def as_read(code: Found, stage: str) -> Read:
    return Read(code.text, code.format, code.quad, stage)


class WholeFrame:
    """Now and then the whole frame: smoothed, and at twice its size, for codes that no box was drawn around."""

    patient = True

    def __init__(self, settings: ScannerSettings) -> None:
        self._every = settings.whole_frame_every
        self.forget()

    def forget(self) -> None:
        self._turn = 0

    def steps(self, view: View) -> Iterator[Sequence[Read]]:
        if view.number % self._every != self._every - 1:
            return
        self._turn += 1
        double = self._turn % 2 == 0 and view.affords(view.spent_ms * WHOLE_FRAME_COST)
        picture, factor = (self._double(view.gray), 0.5) if double else (smoothed(view.gray), 1.0)
        found, _ = find_qr(picture)
        name = f"whole-x{round(1 / factor)}"
        yield [as_read(moved(code, factors=(factor, factor), origin=(0, 0)), name) for code in found]

    @staticmethod
    def _double(gray: Gray) -> Gray:
        return sharpened(np.asarray(cv2.resize(gray, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), np.uint8))
