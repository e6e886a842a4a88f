"""Where the holder is in front of the lens, frame by frame."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tests.support.doorcam.kinds import Kind, Span

WIDTH, HEIGHT = 1280, 720
FOCAL_PX = 914.0  # 70 degrees across 1280 px

Matrix = npt.NDArray[np.float64]
Points = npt.NDArray[np.float64]

ENTER, HOLD, LEAVE = 9, 26, 7  # frames of a held presentation, at 30 a second
SWIPE = 16


@dataclass(frozen=True, slots=True)
class Pose:
    """The code's centre in mm from the lens (x right, y down, z away) and the holder's angles in degrees."""

    x_mm: float
    y_mm: float
    z_mm: float
    yaw: float
    pitch: float
    roll: float


def draw(rng: np.random.Generator, span: Span) -> float:
    return float(rng.uniform(*span))


def rotation(pose: Pose) -> Matrix:
    """Roll in the holder's plane first, then pitch and yaw."""
    yaw, pitch, roll = np.radians([pose.yaw, pose.pitch, pose.roll])
    cy, sy, cp, sp, cr, sr = np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch), np.cos(roll), np.sin(roll)
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_x = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    about_z = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return np.asarray(about_y @ about_x @ about_z)


def homography(pose: Pose) -> Matrix:
    """From millimetres on the holder (origin: the code's centre) to pixels of the frame."""
    camera = np.array([[FOCAL_PX, 0, WIDTH / 2], [0, FOCAL_PX, HEIGHT / 2], [0, 0, 1]])
    turn = rotation(pose)
    plane = np.column_stack([turn[:, 0], turn[:, 1], [pose.x_mm, pose.y_mm, pose.z_mm]])
    return np.asarray(camera @ plane)


def project(matrix: Matrix, points_mm: Points) -> Points:
    """Pixels of points given in mm on the holder, one row each."""
    flat = np.column_stack([points_mm, np.ones(len(points_mm))]) @ matrix.T
    return np.asarray(flat[:, :2] / flat[:, 2:])


def path(kind: Kind, rng: np.random.Generator) -> list[Pose]:
    """All poses of one presentation: in, held with a trembling hand, out; or straight across for a swipe."""
    z = draw(rng, kind.distance_mm)
    tilt, heading = draw(rng, kind.tilt_deg), rng.uniform(0, 2 * np.pi)
    yaw, pitch, roll = tilt * np.cos(heading), tilt * np.sin(heading), draw(rng, kind.roll_deg)
    room_x, room_y = max(0.7 * z - 45, 4) * 0.5, max(0.394 * z - 38, 3) * 0.5
    x, y = rng.uniform(-room_x, room_x), rng.uniform(-room_y, room_y)
    rest = Pose(x, y, z, float(yaw), float(pitch), roll)
    return _swiped(rest, rng) if kind.swipe else _held(rest, draw(rng, kind.tremor_mm), rng)


def _held(rest: Pose, tremor_mm: float, rng: np.random.Generator) -> list[Pose]:
    away_x, away_y = 0.7 * rest.z_mm * rng.uniform(-0.5, 0.5), 0.394 * rest.z_mm + 75
    far = np.concatenate([np.linspace(1, 0, ENTER) ** 2, np.zeros(HOLD), np.linspace(0, 1, LEAVE) ** 2])
    phases, paces = rng.uniform(0, 2 * np.pi, 6), rng.uniform(0.7, 1.3, 6)
    poses = []
    for number, distance in enumerate(far):
        wave = np.sin(phases + paces * number * 2 * np.pi * np.array([2.6, 3.1, 1.1, 0.9, 1.3, 1.0]) / 30)
        poses.append(
            Pose(
                rest.x_mm + distance * away_x + tremor_mm * wave[0],
                rest.y_mm + distance * away_y + tremor_mm * wave[1],
                rest.z_mm + 2 * tremor_mm * wave[2],
                rest.yaw + 2 * wave[3],
                rest.pitch + 2 * wave[4],
                rest.roll + 1.5 * wave[5],
            )
        )
    return poses


def _swiped(rest: Pose, rng: np.random.Generator) -> list[Pose]:
    side = 1 if rng.random() < 0.5 else -1
    reach = 0.7 * rest.z_mm + 60
    return [
        Pose(side * reach * (2 * step - 1), rest.y_mm, rest.z_mm, rest.yaw, rest.pitch, rest.roll)
        for step in np.linspace(0, 1, SWIPE)
    ]
