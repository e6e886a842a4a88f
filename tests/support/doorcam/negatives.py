"""Frames without any code the kiosk may read: look-alikes, other symbologies, text, an empty phone, people."""

from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt

from tests.support.doorcam import effects
from tests.support.doorcam.holders import FONT, code_picture
from tests.support.doorcam.kinds import KINDS
from tests.support.doorcam.pose import HEIGHT, WIDTH, draw, homography, path
from tests.support.doorcam.scene import hall

Picture = npt.NDArray[np.uint8]
SIDE = 600


def _chequers(rng: np.random.Generator) -> Picture:
    """Random black and white modules with a rim, without finder patterns."""
    cells = int(rng.integers(17, 45))
    drawn = (rng.random((cells, cells)) < 0.5).astype(np.uint8) * 255
    return cv2.copyMakeBorder(drawn, 3, 3, 3, 3, cv2.BORDER_CONSTANT, value=[255])  # type: ignore[return-value]


def _broken_code(rng: np.random.Generator) -> Picture:
    """The three finder patterns of a QR code around noise: found by all, readable by none."""
    cells = 17 + 4 * int(rng.integers(2, 8))
    drawn = (rng.random((cells, cells)) < 0.5).astype(np.uint8) * 255
    eye = np.full((9, 9), 255, np.uint8)
    eye[1:8, 1:8] = 0
    eye[2:7, 2:7] = 255
    eye[3:6, 3:6] = 0
    drawn[:8, :8], drawn[:8, -8:], drawn[-8:, :8] = eye[1:, 1:], eye[1:, :-1], eye[:-1, 1:]
    drawn[6, 8:-8] = drawn[8:-8, 6] = np.arange(cells - 16) % 2 * 255
    return np.pad(drawn, 4, constant_values=255)


def _other_symbology(rng: np.random.Generator) -> Picture:
    """A real code of a kind that a door does not take."""
    digits = "".join(rng.choice(list("0123456789"), 5))
    name = str(rng.choice(["MicroQRCode", "DataMatrix", "Aztec", "PDF417"]))
    return np.pad(code_picture(digits, name), 4, constant_values=255)


def _text(rng: np.random.Generator) -> Picture:
    page = np.full((400, 400), 245, np.uint8)
    words = ["PUSH", "OPEN 24 HOURS", "WATER 1.50", "NO 0178", "FIT", "EXIT", "MON-FRI 6-23", "B8OQ0D"]
    for row in range(6):
        cv2.putText(
            page, str(rng.choice(words)), (15, 60 + row * 62), FONT, float(rng.uniform(0.7, 1.5)), 20, 3, cv2.LINE_AA
        )
    return page


def _empty_phone(rng: np.random.Generator) -> Picture:
    screen = np.full((400, 220), int(rng.integers(10, 250)), np.uint8)
    for row in range(4):
        for column in range(3):
            cv2.rectangle(
                screen,
                (20 + column * 65, 40 + row * 80),
                (60 + column * 65, 80 + row * 80),
                int(rng.integers(0, 255)),
                -1,
            )
    return screen


def _people(rng: np.random.Generator) -> Picture | None:
    """Nothing held up at all."""
    return None


NEGATIVES = {
    "chequers": _chequers,
    "broken_code": _broken_code,
    "other_symbology": _other_symbology,
    "text": _text,
    "empty_phone": _empty_phone,
    "people": _people,
}


def render_negative(kind: str, seed: int) -> Iterator[Picture]:
    """The frames (BGR, 1280x720) of one presentation without a readable code."""
    rng = np.random.default_rng([seed, 1000 + list(NEGATIVES).index(kind)])
    motion = list(KINDS.values())[int(rng.integers(len(KINDS)))]
    room, sheet = hall(rng, people=int(rng.integers(1, 5))), NEGATIVES[kind](rng)
    sensor = effects.Sensor(draw(rng, motion.noise), (HEIGHT, WIDTH), rng)
    face = None if sheet is None else _face(sheet)
    for pose in path(motion, rng):
        frame = room.copy()
        if face is not None:
            scale = 60 / SIDE
            to_mm = np.array([[scale, 0, -30], [0, scale, -30], [0, 0, 1]])
            cv2.warpPerspective(
                face, homography(pose) @ to_mm, (WIDTH, HEIGHT), frame, cv2.INTER_LINEAR, cv2.BORDER_TRANSPARENT
            )
        yield sensor.expose(effects.soften(frame, 0.6))


def _face(sheet: Picture) -> Picture:
    high, wide = sheet.shape
    size = (SIDE, max(1, SIDE * high // wide)) if wide >= high else (max(1, SIDE * wide // high), SIDE)
    return np.repeat(cv2.resize(sheet, size, interpolation=cv2.INTER_NEAREST)[:, :, None], 3, axis=2)
