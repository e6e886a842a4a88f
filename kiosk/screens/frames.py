"""Frames on their way to the screen: the newest wins, nothing queues."""

import threading
from dataclasses import dataclass
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

_DIMENSIONS = (2, 3)
_FORMATS = {1: QImage.Format.Format_Grayscale8, 3: QImage.Format.Format_BGR888}
"""By bytes per pixel."""


class Array(Protocol):
    """A numpy array as far as a frame goes: ``height x width x 3`` BGR, or ``height x width`` grey, 8 bits each."""

    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def strides(self) -> tuple[int, ...]: ...
    @property
    def data(self) -> Any: ...
    def tobytes(self) -> bytes: ...


Frame = QImage | Array


@dataclass(frozen=True, slots=True)
class Picture:
    """A frame as Qt paints it. ``image`` may share the memory of ``source``, which must outlive it."""

    image: QImage
    source: Frame


def as_picture(frame: Frame) -> Picture:
    """Wrap a frame, without a copy where an array's rows are packed. ValueError for another shape."""
    return Picture(frame if isinstance(frame, QImage) else _wrapped(frame), frame)


def _wrapped(frame: Array) -> QImage:
    height, width, channels = (*frame.shape, 1)[:3] if len(frame.shape) in _DIMENSIONS else (0, 0, 0)
    if channels not in _FORMATS or 0 in (height, width):
        raise ValueError(f"A frame is height x width x 3 (BGR) or height x width (grey), not {frame.shape}")
    row = width * channels
    contiguous = frame.strides[:2] == (row, channels) and frame.strides[-1] == 1
    data = frame.data if contiguous else frame.tobytes()
    return QImage(data, width, height, row, _FORMATS[channels])


class FrameBox(QObject):
    """Holds the newest picture only. ``put`` from any thread; ``take`` on the GUI thread after ``arrived``.

    ``arrived`` is emitted once until the picture is taken, so a busy window drops frames and never falls behind.
    """

    arrived = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._picture: Picture | None = None

    def put(self, picture: Picture) -> None:
        with self._lock:
            announce = self._picture is None
            self._picture = picture
        if announce:
            self.arrived.emit()

    def take(self) -> Picture | None:
        """The newest picture since the last call, or None."""
        with self._lock:
            picture, self._picture = self._picture, None
        return picture
