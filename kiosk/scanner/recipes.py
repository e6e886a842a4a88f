"""How a part of a frame is prepared before it is decoded again."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import zxingcpp

from kiosk.scanner.decoder import GLOBAL, LOCAL
from kiosk.scanner.view import Gray

Preparation = Callable[[Gray], Gray]


def as_is(gray: Gray) -> Gray:
    return gray


def sharpened(gray: Gray, amount: float = 1.0, sigma: float = 1.5) -> Gray:
    """Unsharp mask."""
    soft = cv2.GaussianBlur(gray, (0, 0), sigma)
    return np.asarray(cv2.addWeighted(gray, 1 + amount, soft, -amount, 0), np.uint8)


def hard_sharpened(gray: Gray) -> Gray:
    return sharpened(gray, 3.0, 3.0)


def unsmeared(gray: Gray) -> Gray:
    """Sharpened along the axis with the weaker edges only: that is the way a hand moved."""
    across, down = (np.abs(np.diff(gray.astype(np.int16), axis=axis)).mean() for axis in (1, 0))
    sigma = max(gray.shape) / 110  # about half a module of a code that fills the crop
    reach = int(6 * sigma) | 1
    kernel = (1, reach) if down < across else (reach, 1)
    soft = cv2.GaussianBlur(gray, kernel, sigmaX=sigma, sigmaY=sigma)
    return np.asarray(cv2.addWeighted(gray, 3.0, soft, -2.0, 0), np.uint8)


def cleared(gray: Gray) -> Gray:
    """Noise smoothed away, then sharpened hard."""
    return sharpened(np.asarray(cv2.GaussianBlur(gray, (5, 5), 0), np.uint8), 2.0, 3.0)


def smoothed(gray: Gray) -> Gray:
    return np.asarray(cv2.blur(gray, (3, 3)), np.uint8)


def median(gray: Gray) -> Gray:
    return np.asarray(cv2.medianBlur(gray, 3), np.uint8)


def local_threshold(gray: Gray, window: int = 31) -> Gray:
    mean = cv2.ADAPTIVE_THRESH_GAUSSIAN_C
    return np.asarray(cv2.adaptiveThreshold(gray, 255, mean, cv2.THRESH_BINARY, window, 5), np.uint8)


def wide_threshold(gray: Gray) -> Gray:
    return local_threshold(gray, 61)


def equalised(gray: Gray) -> Gray:
    """Contrast brought up tile by tile: bright spots beside a dim code."""
    return np.asarray(cv2.createCLAHE(4, (4, 4)).apply(gray), np.uint8)


def evened(gray: Gray) -> Gray:
    """Local mean and contrast divided out over an eighth of the picture, then sharpened."""
    window = ((max(gray.shape) // 8) | 1,) * 2
    centred = cv2.subtract(gray, cv2.blur(gray, window), dtype=cv2.CV_16S)
    swing = cv2.blur(cv2.convertScaleAbs(centred, beta=3), window)
    even = cv2.divide(centred, swing, scale=50, dtype=cv2.CV_16S)
    return sharpened(np.clip(even + np.int16(128), 0, 255).astype(np.uint8))


def closed(gray: Gray) -> Gray:
    """Thin dark lines filled up: grids and scratches."""
    return np.asarray(cv2.morphologyEx(gray, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)), np.uint8)


def stretched(gray: Gray) -> Gray:
    """Contrast stretched between the 2nd and the 98th percentile."""
    low, high = np.percentile(gray[::4, ::4], [2, 98])
    levels = (np.arange(256) - low) * 255 / max(high - low, 8.0)
    return np.asarray(cv2.LUT(gray, np.clip(levels, 0, 255).astype(np.uint8)), np.uint8)


def _curved(gray: Gray, power: float) -> Gray:
    table = (255 * (np.arange(256) / 255) ** power).astype(np.uint8)
    return np.asarray(cv2.LUT(gray, table), np.uint8)


def brightened(gray: Gray) -> Gray:
    return _curved(gray, 0.5)


def darkened(gray: Gray) -> Gray:
    return _curved(gray, 2.0)


@dataclass(frozen=True, slots=True)
class Recipe:
    """One way to look at a box.

    The box is scaled so that its longer side has ``size_px``; with ``square`` both sides get it, which undoes the
    foreshortening of a code held at an angle.
    """

    name: str
    size_px: int
    square: bool
    prepare: Preparation
    binarizer: zxingcpp.Binarizer


def _square(size_px: int, name: str, binarizer: zxingcpp.Binarizer = LOCAL) -> Recipe:
    return Recipe(f"square-{size_px}-{name}", size_px, True, _PREPARATIONS[name], binarizer)


def _crop(size_px: int, name: str, binarizer: zxingcpp.Binarizer = LOCAL) -> Recipe:
    return Recipe(f"crop-{size_px}-{name}", size_px, False, _PREPARATIONS[name], binarizer)


_PREPARATIONS: dict[str, Preparation] = {
    "raw": as_is,
    "sharp": hard_sharpened,
    "unsmear": unsmeared,
    "clear": cleared,
    "smooth": smoothed,
    "median": median,
    "threshold": local_threshold,
    "wide-threshold": wide_threshold,
    "equal": equalised,
    "even": evened,
    "closed": closed,
    "stretch": stretched,
    "bright": brightened,
    "dark": darkened,
}

RECIPES: tuple[Recipe, ...] = (
    _square(320, "smooth"),
    _square(320, "threshold"),
    _crop(220, "sharp"),
    _square(450, "sharp"),
    _crop(220, "dark"),
    _square(320, "bright"),
    _square(450, "smooth", GLOBAL),
    _square(450, "median"),
    _crop(320, "clear", GLOBAL),
    _square(600, "bright"),
    _crop(600, "sharp", GLOBAL),
    _crop(220, "smooth", GLOBAL),
    _crop(320, "threshold"),
    _crop(220, "even", GLOBAL),
    _crop(450, "equal", GLOBAL),
    _crop(800, "median"),
    _square(320, "equal"),
    _crop(800, "sharp"),
    _crop(600, "wide-threshold"),
    _square(320, "closed"),
    _square(320, "stretch", GLOBAL),
    _crop(600, "smooth", GLOBAL),
    _square(800, "raw"),
    _square(600, "sharp"),
    _crop(800, "clear"),
)
"""In the order of what a millisecond earned: on photos as they are, turned, shrunk, dimmed, blurred, and on clips."""

FRESH: tuple[Recipe, ...] = (_square(320, "unsmear"), _crop(600, "unsmear"))
"""For the best box of every frame: how a moving hand smears a code is another matter in each."""

SIDE_LOOK_EVERY = 3
Turn = tuple[Recipe, int]


def _plan() -> tuple[Turn, ...]:
    """Recipes with the rank of the box they are for: the best box gets all, the next two the first few, in between."""
    turns: list[Turn] = []
    for number, recipe in enumerate(RECIPES):
        turns.append((recipe, 0))
        if number % SIDE_LOOK_EVERY == 0:
            turns += [(RECIPES[number // SIDE_LOOK_EVERY], rank) for rank in (1, 2)]
    return tuple(turns)


PLAN = _plan()
