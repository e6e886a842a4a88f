"""OpenCV, loaded at first use: it takes a tenth of a second, which is not the window's to spend."""

from typing import Any, Protocol


class Capture(Protocol):
    """The part of ``cv2.VideoCapture`` that is used here."""

    def isOpened(self) -> bool: ...  # noqa: N802 - OpenCV's name

    def read(self) -> tuple[bool, Any]: ...

    def get(self, prop: int, /) -> float: ...

    def set(self, prop: int, value: float, /) -> bool: ...

    def release(self) -> None: ...


def load() -> Any:
    """The cv2 module, told to use one thread and to keep its warnings to itself."""
    import cv2  # noqa: PLC0415 - see above

    cv2.setNumThreads(1)
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)  # a missing camera is reported by us
    return cv2


def open_capture(target: int | str) -> Capture:
    """A capture of a device index, device path or file, opened or not."""
    capture: Capture = load().VideoCapture(target)
    return capture
