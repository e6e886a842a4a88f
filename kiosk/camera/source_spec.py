"""Sources named in one word of the settings."""

import glob
from pathlib import Path

from kiosk.camera.device import DeviceSource
from kiosk.camera.files import FPS, PictureSource, VideoSource
from kiosk.camera.frame import FrameSource

PICTURES = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff"}
OPTIONS = ("fps", "frames_each", "pace")


def open_spec(spec: str) -> FrameSource:
    """The source that a spec names, not opened yet; raises ``ValueError`` with the reason.

    ``0`` or ``/dev/video0`` is a webcam, ``file:door.avi`` a video, ``dir:photos`` the pictures of a folder by name,
    ``seq:photos/*.png`` those of a pattern. Options follow a ``#``: ``dir:photos#frames_each=15,fps=30``;
    ``pace=off`` gives frames as fast as they are taken.
    """
    if spec.isdecimal():
        return DeviceSource(int(spec))
    kind, colon, rest = spec.partition(":")
    if not colon or kind not in {"file", "dir", "seq"}:
        if spec.startswith("/dev/"):
            return DeviceSource(spec)
        raise ValueError(f"{spec!r} is no camera: give a number, /dev/…, file:…, dir:… or seq:…")
    target, _, tail = rest.partition("#")
    if not target:
        raise ValueError(f"{spec!r} names no {'file' if kind == 'file' else 'pictures'}")
    options = _options(tail)
    paced = options.get("pace", "on") != "off"
    if kind == "file":
        return VideoSource(Path(target), paced=paced)
    each, fps = _number(options, "frames_each", 1), _number(options, "fps", FPS)
    return PictureSource(_pictures(kind, target), fps=fps, frames_each=int(each), paced=paced)


def _pictures(kind: str, target: str) -> list[Path]:
    if kind == "seq":
        return [Path(name) for name in sorted(glob.glob(target))]  # noqa: PTH207 - takes absolute patterns too
    return sorted(path for path in Path(target).glob("*") if path.suffix.lower() in PICTURES)


def _options(tail: str) -> dict[str, str]:
    options = dict(part.partition("=")[::2] for part in tail.split(",") if part)
    unknown = sorted(set(options) - set(OPTIONS))
    if unknown:
        raise ValueError(f"unknown option {', '.join(unknown)}; known are {', '.join(OPTIONS)}")
    return options


def _number(options: dict[str, str], name: str, default: float) -> float:
    text = options.get(name, str(default))
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if value <= 0:
        raise ValueError(f"{name} must be a number above 0, not {text!r}")
    return value
