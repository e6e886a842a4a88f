"""``fit-kiosk scan``: read pictures and videos through the kiosk's own pipeline."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from kiosk.camera import CameraUnavailable, VideoSource
from kiosk.camera.opencv import load
from kiosk.scanner.pipeline import Pipeline
from kiosk.scanner.results import ScanResult
from kiosk.scanner.second_opinion import SecondOpinion
from kiosk.scanner.settings import ScannerSettings

if TYPE_CHECKING:
    from kiosk.camera.frame import Picture

VIDEOS = {".avi", ".mp4", ".m4v", ".mkv", ".mov", ".webm", ".mjpg", ".mjpeg", ".mpg", ".mpeg", ".ts"}
FRAME_S = 1 / 30
# Scales of further looks at a picture: of any two running, one is no multiple of the picture and so has other pixels.
LOOKS = (0.83, 1.0, 1.43, 1.0, 0.91)
ZBAR_START_S = 5.0


@dataclass(frozen=True, slots=True)
class Line:
    """What is printed about one picture or frame; ``frame`` None for a picture, ``error`` instead of all else."""

    path: str
    texts: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    ms: float = 0.0
    frame: int | None = None
    error: str | None = None

    def as_json(self) -> str:
        if self.error is not None:
            return json.dumps({"path": self.path, "error": self.error})
        fields: dict[str, object] = {
            "path": self.path,
            "texts": self.texts,
            "formats": self.formats,
            "ms": round(self.ms, 2),
        }
        return json.dumps(fields if self.frame is None else fields | {"frame": self.frame})

    def as_words(self) -> str:
        """One line for a person; what a code says is quoted, as it may hold anything."""
        where = self.path if self.frame is None else f"{self.path}, frame {self.frame}"
        if self.error is not None:
            return f"{where}: {self.error}"
        read = ", ".join(f"{name} {text!a}" for name, text in zip(self.formats, self.texts, strict=True))
        return f"{where}: {read or 'no code'} ({self.ms:.1f} ms)"


def run_scan(paths: Sequence[str], *, as_json: bool, settings: ScannerSettings, out: TextIO) -> int:
    """Print one line per picture, or per frame of a video; 0, or 1 when a file could not be read (the rest still is).

    Pictures larger than the camera's frame are scaled down to it, as the door would see them. A picture is a single
    frame, and a linear code needs two looks: it counts when both libraries read the same text, or when zxing-cpp
    reads the same text in the picture and in a rescaled copy of it.
    """
    opinion = SecondOpinion() if settings.linear and settings.second_opinion else None
    pipeline = Pipeline(settings, opinion=opinion)
    failed = False
    try:
        for path in paths:
            for line in _lines(Path(path), pipeline, opinion):
                failed |= line.error is not None
                print(line.as_json() if as_json else line.as_words(), file=out, flush=True)
    finally:
        if opinion is not None:
            opinion.close()
    return int(failed)


def _lines(path: Path, pipeline: Pipeline, opinion: SecondOpinion | None) -> Iterator[Line]:
    pipeline.forget()
    try:
        if path.suffix.lower() in VIDEOS:
            yield from _video(path, pipeline)
        else:
            yield _picture(path, pipeline, opinion)
    except (CameraUnavailable, OSError, ValueError) as exc:
        yield Line(str(path), error=_in_words(exc))


def _in_words(exc: Exception) -> str:
    if isinstance(exc, FileNotFoundError):
        return "there is no such file"
    return exc.strerror if isinstance(exc, OSError) and exc.strerror else str(exc)


def _picture(path: Path, pipeline: Pipeline, opinion: SecondOpinion | None) -> Line:
    picture = load_picture(path)
    first = pipeline.scan(picture, 0.0)
    if first.reads or not first.hints.unconfirmed:
        return _line(path, first)
    if opinion is not None:
        opinion.start(wait_s=ZBAR_START_S)
    result, ms = first, first.ms
    for number, scale in enumerate(LOOKS, start=1):
        result = pipeline.scan(_resized(picture, scale), number * FRAME_S)
        ms += result.ms
        if result.reads:
            break
    return _line(path, result, ms=ms)


def _resized(picture: "Picture", scale: float) -> "Picture":
    scaled: Picture = load().resize(picture, None, fx=scale, fy=scale, interpolation=load().INTER_AREA)
    return scaled


def _video(path: Path, pipeline: Pipeline) -> Iterator[Line]:
    source = VideoSource(path, paced=False)
    source.open()
    try:
        count = 0
        while (frame := source.read()) is not None:
            yield _line(path, pipeline.scan(frame.image, count * FRAME_S), frame=count)
            count += 1
    finally:
        source.close()
    if not count:
        yield Line(str(path), error="the video has no frames that can be read")


def _line(path: Path, result: ScanResult, *, ms: float | None = None, frame: int | None = None) -> Line:
    texts = tuple(read.text for read in result.reads)
    return Line(str(path), texts, tuple(read.format for read in result.reads), result.ms if ms is None else ms, frame)


def load_picture(path: Path) -> "Picture":
    """The picture in colour; ``OSError`` when the file cannot be read, ``ValueError`` when it is no picture."""
    cv2 = load()
    import numpy as np  # noqa: PLC0415 - comes with OpenCV

    content = np.frombuffer(path.read_bytes(), np.uint8)  # cv2.imread cannot open every path on Windows
    try:
        picture: Picture | None = cv2.imdecode(content, cv2.IMREAD_COLOR) if content.size else None
    except cv2.error:  # raised for sizes beyond its limits
        picture = None
    if picture is None:
        raise ValueError("this is no picture that can be read")
    return picture
