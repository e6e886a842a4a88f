"""What light, lens and sensor do to the picture, each on the region or frame it is given."""

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]
SPOT_PX = 128


def lit(picture: Picture, *, light: float, haze: float) -> Picture:
    """Scale the light and clip at white; ``haze`` lays a veil over the dark parts, as bloom and backlight do."""
    scaled = cv2.convertScaleAbs(picture, alpha=light)
    if not haze:
        return np.asarray(scaled, np.uint8)
    glow = cv2.blur(scaled, (max(3, picture.shape[1] // 6) | 1,) * 2)
    return np.asarray(cv2.addWeighted(scaled, 1.0, glow, 0.6 * haze, 12 * haze), np.uint8)


def smear(picture: Picture, shift: npt.NDArray[np.float64]) -> Picture:
    """Blur along the way (px) that the picture moved while the shutter was open."""
    length = float(np.hypot(*shift))
    if length < 1:
        return picture
    side = int(np.ceil(length)) | 1
    kernel = np.zeros((side, side), np.float32)
    middle, half = side // 2, shift / 2
    start, end = np.rint(middle - half).astype(int), np.rint(middle + half).astype(int)
    cv2.line(kernel, start.tolist(), end.tolist(), 1.0, 1)
    return np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()), np.uint8)


def soften(picture: Picture, sigma_px: float) -> Picture:
    """Defocus and the lens' own blur."""
    if sigma_px > 3:  # a wide blur at half size is the same and four times cheaper
        small = cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.resize(cv2.GaussianBlur(small, (0, 0), sigma_px / 2), picture.shape[1::-1]), np.uint8)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma_px), np.uint8)


def _soft_spot() -> Picture:
    axis = np.linspace(-1, 1, SPOT_PX)
    far = axis[:, None] ** 2 + axis[None, :] ** 2
    return np.clip(330 * np.exp(-3.2 * far) - 14, 0, 255).astype(np.uint8)


SPOT = _soft_spot()


def add_glare(frame: Picture, centre: npt.NDArray[np.float64], size: tuple[int, int], strength: float) -> None:
    """A lamp's reflection at a place in the frame, in place."""
    wide, high = max(8, size[0]), max(8, size[1])
    left, top = int(centre[0]) - wide // 2, int(centre[1]) - high // 2
    x0, y0, x1, y1 = max(0, left), max(0, top), min(frame.shape[1], left + wide), min(frame.shape[0], top + high)
    if x1 <= x0 or y1 <= y0:
        return
    spot = cv2.convertScaleAbs(cv2.resize(SPOT, (wide, high)), alpha=strength)[
        y0 - top : y1 - top, x0 - left : x1 - left
    ]
    region = frame[y0:y1, x0:x1]
    np.copyto(region, cv2.add(region, cv2.merge([spot, spot, spot])))


def band(region: Picture, phase: float, strength: float, pitch_px: float) -> Picture:
    """Dark rolling bars of a dimmed screen and the fine moire between its pixels and the sensor's."""
    height, width = region.shape[:2]
    rows = 1 - strength * 0.55 * (0.5 + 0.5 * np.sin(phase + np.arange(height) * 2 * np.pi / max(60.0, height / 2.5)))
    fine = 1 - strength * 0.16 * (0.5 + 0.5 * np.sin(np.arange(width) * 2 * np.pi / pitch_px))
    grid = np.outer(rows, fine * (1 - strength * 0.1)).astype(np.float32)
    return np.asarray(cv2.multiply(region, cv2.merge([grid, grid, grid]), dtype=cv2.CV_8U), np.uint8)


class Sensor:
    """Noise of one strength: a plane drawn once, laid over every frame at another place."""

    def __init__(self, sigma: float, shape: tuple[int, int], rng: np.random.Generator) -> None:
        plane = rng.standard_normal((shape[0] + 64, shape[1] + 64), np.float32) * np.float32(sigma)
        self._above = np.repeat(np.clip(plane, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)
        self._below = np.repeat(np.clip(-plane, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)
        self._shape, self._rng = shape, rng

    def expose(self, frame: Picture) -> Picture:
        y, x = (int(v) for v in self._rng.integers(0, 64, 2))
        area = (slice(y, y + self._shape[0]), slice(x, x + self._shape[1]))
        return np.asarray(cv2.subtract(cv2.add(frame, self._above[area]), self._below[area]), np.uint8)
