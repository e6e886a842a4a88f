"""What is held up: pictures of phone screens, cards and key tags with a code on them."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
import segno
import zxingcpp

from tests.support.doorcam.kinds import Kind
from tests.support.doorcam.pose import draw

Picture = npt.NDArray[np.uint8]
FONT = cv2.FONT_HERSHEY_SIMPLEX
MODULE_PX = 10


@dataclass(frozen=True, slots=True)
class Holder:
    """A flat thing with a code.

    ``levels`` are the same picture at full, half, quarter … size, against aliasing; ``px_per_mm`` counts at full
    size; ``centre_px`` is the code's centre there, ``code_mm`` its side without the quiet zone, ``modules`` its
    modules across.
    """

    levels: tuple[Picture, ...]
    px_per_mm: float
    centre_px: tuple[float, float]
    code_mm: float
    modules: int


def code_picture(text: str, symbology: str = "QRCodeModel2") -> Picture:
    """The bare code, dark on light, one pixel a module, no quiet zone."""
    if symbology in {"QRCodeModel2", "MicroQRCode"}:
        code = segno.make(text, error="m" if symbology == "QRCodeModel2" else None, micro=symbology == "MicroQRCode")
        return np.where(np.array(list(code.matrix_iter(border=0))) > 0, 0, 255).astype(np.uint8)
    made = zxingcpp.create_barcode(text, zxingcpp.barcode_format_from_str(symbology))
    drawn = np.array(made.to_image(scale=1, add_quiet_zones=False), dtype=np.uint8)
    return np.repeat(drawn[:1], 40, axis=0) if drawn.shape[0] < drawn.shape[1] / 3 else drawn


def make_holder(kind: Kind, text: str, rng: np.random.Generator, symbology: str = "QRCodeModel2") -> Holder:
    """Draw the phone, card or tag of one presentation."""
    bare = code_picture(text, symbology)
    modules = max(bare.shape)
    code = cv2.resize(bare, None, fx=MODULE_PX, fy=MODULE_PX, interpolation=cv2.INTER_NEAREST)
    px_per_mm = MODULE_PX * (modules + 8) / draw(rng, kind.code_mm)
    face, centre = _FACES[kind.holder](code, px_per_mm, kind, rng)
    if kind.wear[1]:
        wear_out(face, centre, max(code.shape), draw(rng, kind.wear), rng)
    return Holder(_levels(face), px_per_mm, centre, modules * MODULE_PX / px_per_mm, modules)


def _levels(face: Picture) -> tuple[Picture, ...]:
    levels = [face]
    while min(levels[-1].shape[:2]) > 60:
        levels.append(cv2.resize(levels[-1], None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))
    return tuple(levels)


def _sheet(width_mm: float, height_mm: float, px_per_mm: float, colour: tuple[int, int, int]) -> Picture:
    return np.full((int(height_mm * px_per_mm), int(width_mm * px_per_mm), 3), colour, np.uint8)


def _put(face: Picture, patch: Picture, left: int, top: int) -> None:
    """Lay a grey patch on the face, cut at its edges."""
    height, width = min(patch.shape[0], face.shape[0] - top), min(patch.shape[1], face.shape[1] - left)
    face[top : top + height, left : left + width] = patch[:height, :width, None]


def _lines(
    face: Picture, rows: tuple[tuple[str, float, float], ...], px_per_mm: float, ink: tuple[int, int, int]
) -> None:
    """Text at (mm from left, mm from top), 4 mm high."""
    for line, x, y in rows:
        scale = px_per_mm * 4 / 22
        spot = (int(x * px_per_mm), int(y * px_per_mm))
        cv2.putText(face, line, spot, FONT, scale, ink, max(1, int(scale * 1.6)), cv2.LINE_AA)


def _phone(
    code: Picture, px_per_mm: float, kind: Kind, rng: np.random.Generator
) -> tuple[Picture, tuple[float, float]]:
    width_mm, height_mm = max(70.0, max(code.shape) / px_per_mm + 14), 145.0
    face = _sheet(width_mm, height_mm, px_per_mm, (24, 22, 22))
    bezel = int(3 * px_per_mm)
    tint = tuple(int(v) for v in rng.integers(140, 235, 3))
    paper = (26, 24, 24) if kind.inverted else tint if kind.quiet_modules < 2 else (250, 250, 250)
    face[bezel * 2 : -bezel * 2, bezel:-bezel] = paper
    face[bezel * 2 : int(20 * px_per_mm), bezel:-bezel] = rng.integers(40, 200, 3)
    ink = (230, 230, 230) if kind.inverted else (30, 30, 30)
    rows = (("GYM PASS", 8, 16), ("Hold this up", 8, 31), ("at the door", 8, 124), ("9:41", 52, 11))
    _lines(face, rows, px_per_mm, ink)
    drawn = 255 - code if kind.inverted else code
    return face, _stamp(face, drawn, kind, top=int(70 * px_per_mm) - code.shape[0] // 2)


def _card(code: Picture, px_per_mm: float, kind: Kind, rng: np.random.Generator) -> tuple[Picture, tuple[float, float]]:
    face = _sheet(54, 86, px_per_mm, (238, 240, 241))
    face[: int(22 * px_per_mm)] = rng.integers(30, 180, 3)
    _lines(face, (("MEMBER", 8, 13), ("No. 004 711", 8, 80)), px_per_mm, (60, 60, 60))
    return face, _stamp(face, code, kind, top=int(50 * px_per_mm) - code.shape[0] // 2)


def _tag(code: Picture, px_per_mm: float, kind: Kind, rng: np.random.Generator) -> tuple[Picture, tuple[float, float]]:
    face = _sheet(28, 52, px_per_mm, (236, 238, 240))
    face[: int(14 * px_per_mm)] = rng.integers(30, 180, 3)
    cv2.circle(face, (int(14 * px_per_mm), int(6 * px_per_mm)), int(2.5 * px_per_mm), (15, 15, 15), -1, cv2.LINE_AA)
    return face, _stamp(face, code, kind, top=int(30 * px_per_mm) - code.shape[0] // 2)


def _stamp(face: Picture, code: Picture, kind: Kind, *, top: int) -> tuple[float, float]:
    """Put the code in the middle with its quiet zone and return its centre."""
    rim = kind.quiet_modules * MODULE_PX
    shade = int(code.max()) if not kind.inverted else int(code.min())
    framed = cv2.copyMakeBorder(code, rim, rim, rim, rim, cv2.BORDER_CONSTANT, value=[shade])
    left = max(0, (face.shape[1] - framed.shape[1]) // 2)
    _put(face, framed, left, top - rim)
    return left + framed.shape[1] / 2, top + code.shape[0] / 2


_FACES = {"phone": _phone, "card": _card, "tag": _tag}


def wear_out(face: Picture, centre: tuple[float, float], side: int, much: float, rng: np.random.Generator) -> None:
    """Scratches, rubbed-off ink and stains over the code, in place."""
    low, span = np.array(centre) - side / 2, side
    for _ in range(int(4 + 14 * much)):
        start, turn = low + rng.uniform(-0.1, 1.1, 2) * span, rng.uniform(0, np.pi)
        end = start + span * rng.uniform(0.2, 0.7) * np.array([np.cos(turn), np.sin(turn)])
        shade = int(rng.choice([235, 225, 60]))
        cv2.line(
            face,
            start.astype(int).tolist(),
            end.astype(int).tolist(),
            (shade,) * 3,
            int(rng.integers(1, 5)),
            cv2.LINE_AA,
        )
    for _ in range(int(2 + 5 * much)):
        spot, size = (low + rng.uniform(0, 1, 2) * span).astype(int), span * rng.uniform(0.02, 0.03 + 0.05 * much, 2)
        colour = tuple(int(v) for v in rng.choice([228, 205, 120]) * np.array([0.96, 0.98, 1.0]))
        cv2.ellipse(
            face, spot.tolist(), size.astype(int).tolist(), float(rng.uniform(0, 180)), 0, 360, colour, -1, cv2.LINE_AA
        )
    fade = 1 - 0.5 * much * rng.uniform(0.5, 1)
    np.copyto(face, cv2.convertScaleAbs(face, alpha=fade, beta=225 * (1 - fade)))
