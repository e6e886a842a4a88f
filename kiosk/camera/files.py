"""Stand-ins for a camera: a video file, or pictures one after the other."""

import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.camera.frame import CameraUnavailable, Frame
from kiosk.camera.opencv import Capture, load, open_capture

if TYPE_CHECKING:
    from kiosk.camera.frame import Picture

log = logging.getLogger(__name__)
FPS = 30.0
FASTEST, SLOWEST = 1.0, 240.0  # frame rates a file may claim; others are taken for 30


class Pacer:
    """Lets frames go at their rate: `hold` waits until the next one is due. ``fps`` None means at once."""

    def __init__(self, fps: float | None, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._period_s = None if fps is None else 1 / fps
        self._sleep = sleep
        self._due_s: float | None = None

    def hold(self) -> None:
        if self._period_s is None:
            return
        now = time.monotonic()
        due = now if self._due_s is None else self._due_s
        if due > now:
            self._sleep(due - now)
        late = now - due > self._period_s  # then the rest is not rushed to catch up
        self._due_s = (now if late else due) + self._period_s


class VideoSource:
    """The frames of a video file: ``paced`` at the file's own rate, as a camera would, else as fast as asked."""

    def __init__(
        self, path: Path, *, paced: bool = True, capture: Callable[[int | str], Capture] = open_capture
    ) -> None:
        self._path, self._paced, self._capture = path, paced, capture
        self._open: Capture | None = None
        self._pacer = Pacer(None)
        self._number = 0
        self.finished = False

    def open(self) -> None:
        self.close()
        if not self._path.is_file():
            raise CameraUnavailable(f"there is no video file {self._path}")
        capture = self._capture(str(self._path))
        if not capture.isOpened():
            capture.release()
            raise CameraUnavailable(f"{self._path} is no video that can be read")
        rate = capture.get(load().CAP_PROP_FPS)
        self._pacer = Pacer((rate if FASTEST <= rate <= SLOWEST else FPS) if self._paced else None)
        self._open, self._number, self.finished = capture, 0, False

    def read(self) -> Frame | None:
        if self._open is None:
            return None
        arrived, image = self._open.read()
        if not arrived or image is None or not image.size:
            self.finished = True
            return None
        self._pacer.hold()
        self._number += 1
        return Frame(image, time.monotonic(), self._number - 1)

    def close(self) -> None:
        if self._open is not None:
            self._open.release()
        self._open = None


class PictureSource:
    """Pictures in the order given, each for ``frames_each`` frames; one that cannot be read is skipped and logged."""

    def __init__(self, paths: Sequence[Path], *, fps: float = FPS, frames_each: int = 1, paced: bool = True) -> None:
        self._paths = tuple(path for path in paths for _ in range(frames_each))
        self._fps = fps if paced else None
        self._shown: tuple[Path, Picture | None] | None = None
        self._next = self._number = 0
        self._pacer = Pacer(None)
        self.finished = False

    def open(self) -> None:
        if not self._paths:
            raise CameraUnavailable("there are no pictures to show")
        self._pacer = Pacer(self._fps)
        self._next, self._number, self.finished = 0, 0, False

    def read(self) -> Frame | None:
        while self._next < len(self._paths):
            path = self._paths[self._next]
            self._next += 1
            image = self._load(path)
            if image is not None:
                self._pacer.hold()
                self._number += 1
                return Frame(image, time.monotonic(), self._number - 1)
        self.finished = True
        return None

    def close(self) -> None:
        self._shown = None

    def _load(self, path: Path) -> "Picture | None":
        """The picture, decoded once however long it is shown; None (and one log line) when it cannot be."""
        if self._shown is None or self._shown[0] != path:
            cv2 = load()
            image = cv2.imread(str(path), cv2.IMREAD_COLOR)
            if image is None:
                log.warning("skipped %s: no picture that can be read", path)
            self._shown = (path, image)
        return self._shown[1]
