"""What a camera gives, and what every source of frames promises."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Picture = npt.NDArray[np.uint8]


class CameraUnavailable(Exception):  # noqa: N818 - named after what it means, as the other errors here
    """The source cannot be opened now. The text says why, for staff; a later try may work."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture: grey (height, width) or BGR (height, width, 3), 8 bit; nobody writes into it.

    ``captured_s`` is `time.monotonic` when the picture arrived, ``number`` counts from 0 within one source.
    """

    image: "Picture"
    captured_s: float
    number: int


class FrameSource(Protocol):
    """A camera or its stand-in. All methods are called by one thread."""

    @property
    def finished(self) -> bool:
        """Whether there is nothing more to come, as at the end of a file; never true of a camera."""

    def open(self) -> None:
        """Get ready to read, also again after `close`; raises `CameraUnavailable`."""

    def read(self) -> Frame | None:
        """The next frame; waits for it. None when none came: the source is lost, or `finished`."""

    def close(self) -> None:
        """Let go of the device or file; may be called at any time, also twice."""
