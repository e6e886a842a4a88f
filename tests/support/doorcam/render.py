"""Render presentations frame by frame, and whole clips to a video file."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from tests.support.doorcam import effects
from tests.support.doorcam.holders import Holder, make_holder
from tests.support.doorcam.kinds import KINDS, Kind
from tests.support.doorcam.pose import HEIGHT, WIDTH, Pose, draw, homography, path, project
from tests.support.doorcam.scene import SKINS, draw_hand, hall

FPS = 30.0
Picture = npt.NDArray[np.uint8]
Shot = tuple[Picture, bool]


@dataclass(frozen=True, slots=True)
class Item:
    """One presentation of a clip; ``symbology`` as zxing-cpp names it."""

    kind: str
    text: str
    seed: int
    symbology: str = "QRCodeModel2"


@dataclass(frozen=True, slots=True)
class _Look:
    """What was drawn by lot for one presentation."""

    exposure_ms: float
    soft_px: float
    defocus: float
    glare: float
    glare_way: npt.NDArray[np.float64]
    banding: float
    pitch_px: float
    skin: tuple[int, int, int]


def render_presentation(kind: str, text: str, seed: int, *, symbology: str = "QRCodeModel2") -> Iterator[Shot]:
    """The frames (BGR, 1280x720) of one code held up, each with whether the whole code is in the picture."""
    rule, rng = KINDS[kind], np.random.default_rng([seed, list(KINDS).index(kind)])
    light, haze = draw(rng, rule.light), draw(rng, rule.haze)
    backdrop = hall(rng, backlit=rule.backlit)
    room = effects.lit(backdrop, light=1.0 if rule.backlit else min(1.0, light), haze=0)
    holder = make_holder(rule, text, rng, symbology)
    holder = _relit(holder, light, haze)
    sensor = effects.Sensor(draw(rng, rule.noise), (HEIGHT, WIDTH), rng)
    look = _draw_look(rule, light, rng)
    poses = path(rule, rng)
    for number, pose in enumerate(poses):
        both = (poses[max(0, number - 1)], pose)
        frame, whole = _shoot(room, holder, look, both, number / len(poses))
        yield sensor.expose(frame), whole


def _relit(holder: Holder, light: float, haze: float) -> Holder:
    levels = tuple(effects.lit(level, light=light, haze=haze) for level in holder.levels)
    return Holder(levels, holder.px_per_mm, holder.centre_px, holder.code_mm, holder.modules)


def _draw_look(rule: Kind, light: float, rng: np.random.Generator) -> _Look:
    skin = np.array(SKINS[int(rng.integers(len(SKINS)))]) * min(1.0, light)
    return _Look(
        exposure_ms=draw(rng, rule.exposure_ms),
        soft_px=draw(rng, rule.soft_px),
        defocus=draw(rng, rule.defocus),
        glare=draw(rng, rule.glare),
        glare_way=rng.uniform(-0.6, 0.6, (2, 2)),
        banding=draw(rng, rule.banding),
        pitch_px=float(rng.uniform(2.2, 5.0)),
        skin=(int(skin[0]), int(skin[1]), int(skin[2])),
    )


def _shoot(room: Picture, holder: Holder, look: _Look, poses: tuple[Pose, Pose], when: float) -> Shot:
    """One frame without the sensor's noise; the poses are the last one and this one."""
    before, pose = poses
    frame, matrix = room.copy(), homography(pose)
    half = holder.code_mm / 2
    corners = project(matrix, np.array([[-half, -half], [half, -half], [half, half], [-half, half]]))
    side_px = float(np.linalg.norm(corners[1] - corners[0]))
    draw_hand(frame, project(matrix, np.array([[6.0, half + 22]]))[0], side_px * 0.55, look.skin)
    scale = side_px / (holder.code_mm * holder.px_per_mm)
    box = _paint(frame, holder, look, matrix, scale=scale, when=when)
    if box is not None:
        moved = project(matrix, np.zeros((1, 2)))[0] - project(homography(before), np.zeros((1, 2)))[0]
        _through_lens(frame[box], look, moved * look.exposure_ms / 1000 * FPS, side_px / holder.modules)
    if look.glare:
        spot = look.glare_way[0] + (look.glare_way[1] - look.glare_way[0]) * when
        effects.add_glare(frame, corners.mean(0) + spot * side_px, (int(side_px * 1.2), int(side_px * 0.9)), look.glare)
    inside = (corners > 2).all() and (corners[:, 0] < WIDTH - 2).all() and (corners[:, 1] < HEIGHT - 2).all()
    return frame, bool(inside)


def _paint(
    frame: Picture, holder: Holder, look: _Look, matrix: npt.NDArray[np.float64], *, scale: float, when: float
) -> tuple[slice, slice] | None:
    """Warp the holder into the frame and return the part it covers, with a rim; None when outside.

    ``scale`` is frame pixels per pixel of the holder's picture, ``when`` the part of the presentation gone by.
    """
    level = 0
    while level + 1 < len(holder.levels) and scale * 2**level < 0.6:
        level += 1
    face, ppm = holder.levels[level], holder.px_per_mm / 2**level
    centre = np.array(holder.centre_px) / 2**level
    to_mm = np.array([[1 / ppm, 0, -centre[0] / ppm], [0, 1 / ppm, -centre[1] / ppm], [0, 0, 1]])
    whole = matrix @ to_mm
    height, width = face.shape[:2]
    outline = project(whole, np.array([[0.0, 0], [width, 0], [width, height], [0, height]]))
    low, high = outline.min(0) - 24, outline.max(0) + 24
    x0, y0, x1, y1 = max(0, int(low[0])), max(0, int(low[1])), min(WIDTH, int(high[0])), min(HEIGHT, int(high[1]))
    if x1 - x0 < 8 or y1 - y0 < 8:
        return None
    moved = np.array([[1, 0, -x0], [0, 1, -y0], [0, 0, 1]]) @ whole
    region = np.ascontiguousarray(frame[y0:y1, x0:x1])
    cv2.warpPerspective(face, moved, (x1 - x0, y1 - y0), region, cv2.INTER_LINEAR, cv2.BORDER_TRANSPARENT)
    if look.banding:
        screen = np.zeros(region.shape[:2], np.uint8)
        cv2.fillConvexPoly(screen, (outline - (x0, y0)).astype(np.int32), 255)
        cv2.copyTo(effects.band(region, when * 40, look.banding, look.pitch_px), screen, region)
    frame[y0:y1, x0:x1] = region
    return slice(y0, y1), slice(x0, x1)


def _through_lens(region: Picture, look: _Look, shift: npt.NDArray[np.float64], module_px: float) -> None:
    """Motion and defocus, in place."""
    seen = effects.smear(region, shift)
    np.copyto(region, effects.soften(seen, float(np.hypot(look.soft_px, look.defocus * module_px))))


def render_clip(path: Path, items: Iterable[Item], *, fps: float = FPS, gap_frames: int = 15, seed: int = 0) -> int:
    """Write a Motion JPEG .avi of the presentations with an empty hall between them; return the number of frames.

    Raises ``OSError`` when the file cannot be written.
    """
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), fps, (WIDTH, HEIGHT))
    if not writer.isOpened():
        raise OSError(f"cannot write a video to {path}")
    count = 0
    try:
        for number, item in enumerate(items):
            shots = [
                frame for frame, _ in render_presentation(item.kind, item.text, item.seed, symbology=item.symbology)
            ]
            for frame in [*shots, *empty_frames(gap_frames, seed=seed + number)]:
                writer.write(frame)
                count += 1
    finally:
        writer.release()
    return count


def empty_frames(count: int, *, seed: int) -> Sequence[Picture]:
    """An empty hall for some frames."""
    rng = np.random.default_rng([seed, 77])
    room, sensor = hall(rng), effects.Sensor(2.5, (HEIGHT, WIDTH), rng)
    return [sensor.expose(room) for _ in range(count)]
