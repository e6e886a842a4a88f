"""What the camera sees behind the holder: a gym's hall, out of focus, with people and things in it."""

import cv2
import numpy as np
import numpy.typing as npt

from tests.support.doorcam.pose import HEIGHT, WIDTH

Picture = npt.NDArray[np.uint8]
SMALL = 4  # drawn at a quarter of the size, as it is blurred anyway
SKINS = ((150, 185, 225), (110, 150, 198), (70, 105, 150), (45, 70, 105))  # BGR


def hall(rng: np.random.Generator, *, backlit: bool = False, people: int | None = None) -> Picture:
    """One background: wall and floor, lamps, racks, people; with a bright window when ``backlit``."""
    height, width = HEIGHT // SMALL, WIDTH // SMALL
    wall, floor = _muted(rng, 90, 185), _muted(rng, 45, 105)
    rows = np.linspace(1.15, 0.75, height)[:, None]
    picture = np.clip(rows[:, :, None] * wall, 0, 255).repeat(width, axis=1).astype(np.uint8)
    picture[int(height * 0.72) :] = floor
    _things(picture, rng)
    for _ in range(int(rng.integers(0, 3)) if people is None else people):
        _person(picture, rng)
    if backlit:
        left = int(rng.uniform(0, width * 0.3))
        cv2.rectangle(picture, (left, 0), (left + int(width * 0.7), int(height * 0.8)), (250, 248, 242), -1)
    large = cv2.resize(cv2.GaussianBlur(picture, (0, 0), 1.6), (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    return np.asarray(large, np.uint8)


def _muted(rng: np.random.Generator, low: int, high: int) -> npt.NDArray[np.int64]:
    """A colour of an indoor scene: a grey with a tint."""
    return np.clip(rng.integers(low, high) + rng.integers(-16, 17, 3), 0, 255)


def _things(picture: Picture, rng: np.random.Generator) -> None:
    height, width = picture.shape[:2]
    for _ in range(int(rng.integers(3, 9))):
        x, y = int(rng.uniform(0, width)), int(rng.uniform(height * 0.1, height * 0.8))
        colour = _muted(rng, 25, 200).tolist()
        size = (int(rng.uniform(6, 60)), int(rng.uniform(6, 50)))
        cv2.rectangle(picture, (x, y), (x + size[0], y + size[1]), colour, -1)
    for x in rng.uniform(0, width, int(rng.integers(1, 5))):
        cv2.ellipse(picture, (int(x), int(height * 0.07)), (int(rng.uniform(6, 22)), 3), 0, 0, 360, (252, 250, 245), -1)


def _person(picture: Picture, rng: np.random.Generator) -> None:
    height, width = picture.shape[:2]
    x, size = int(rng.uniform(0.1, 0.9) * width), rng.uniform(0.5, 1.4)
    head_y = int(height * rng.uniform(0.15, 0.45))
    skin, shirt = SKINS[int(rng.integers(len(SKINS)))], _muted(rng, 25, 210).tolist()
    shoulders = (x, head_y + int(46 * size))
    cv2.ellipse(picture, shoulders, (int(32 * size), int(34 * size)), 0, 180, 360, shirt, -1, cv2.LINE_AA)
    body = (x - int(30 * size), head_y + int(44 * size))
    cv2.rectangle(picture, body, (x + int(30 * size), height), shirt, -1)
    cv2.ellipse(picture, (x, head_y), (int(13 * size), int(17 * size)), 0, 0, 360, skin, -1, cv2.LINE_AA)
    cv2.ellipse(picture, (x, head_y - int(7 * size)), (int(14 * size), int(12 * size)), 0, 180, 360, (30, 35, 45), -1)


def draw_hand(frame: Picture, centre: npt.NDArray[np.float64], size_px: float, skin: tuple[int, int, int]) -> None:
    """A fist and forearm below the holder, in place."""
    x, y = (int(v) for v in np.clip(centre, -4000, 4000))
    reach = max(4, int(size_px))
    cv2.line(frame, (x, y), (x + reach // 3, y + 6 * reach), skin, int(reach * 0.95), cv2.LINE_AA)
    shade = tuple(int(v * 0.93) for v in skin)
    cv2.ellipse(frame, (x, y), (int(reach * 0.75), int(reach * 0.6)), 0, 0, 360, shade, -1, cv2.LINE_AA)
