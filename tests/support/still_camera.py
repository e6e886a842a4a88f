"""A camera that a kiosk process looks through, and before which a test holds pictures one after the other.

The kiosk's folder source decodes each name anew; here every name is a link to the one picture of now.
"""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

_FRAME = (720, 1280)
_GREY = 120
_MINUTES, _LOOKS_A_SECOND, _FPS = 5, 3, 9


class StillCamera:
    """Lasts five minutes."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._folder, self._now = folder, folder / "now"
        self.show(None)
        for number in range(_MINUTES * 60 * _LOOKS_A_SECOND):
            (folder / f"{number:05}.png").symlink_to(self._now)

    @property
    def spec(self) -> str:
        return f"dir:{self._folder}#frames_each={_FPS // _LOOKS_A_SECOND},fps={_FPS}"

    def show(self, picture: NDArray[np.uint8] | None) -> None:
        """Hold a picture (grey, at most 1280 by 720) before the lens; None takes it away."""
        frame = np.full(_FRAME, _GREY, np.uint8)
        if picture is not None:
            height, width = picture.shape
            top, left = (_FRAME[0] - height) // 2, (_FRAME[1] - width) // 2
            frame[top : top + height, left : left + width] = picture
        _, encoded = cv2.imencode(".png", frame, [cv2.IMWRITE_PNG_COMPRESSION, 1])
        draft = self._folder / "draft"
        draft.write_bytes(encoded.tobytes())
        draft.rename(self._now)
