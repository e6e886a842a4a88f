"""``fit-kiosk`` itself on a machine of its own, with a camera before which a test holds what it likes."""

import contextlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import segno
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from tests.support.live import LiveGym, eventually, stored_roster
from tests.support.processes import Program, running
from tests.support.still_camera import StillCamera

_PROGRAM = "kiosk.__main__"


class KioskAtDoor:
    """Everything of it lies in ``folder``; it is gone when the stack is."""

    def __init__(self, folder: Path, stack: contextlib.ExitStack) -> None:
        self._folder, self._stack = folder, stack
        self._camera = StillCamera(folder / "camera")
        self._folders = ["--data", str(folder / "data"), "--secrets", str(folder / "secrets")]
        self._program: Program | None = None

    def pair(self, text: str) -> None:
        """Type the pairing text at it."""
        with running(_PROGRAM, ["enrol", text, *self._folders]) as enrolling:
            enrolling.expect("This is now")

    def start(self) -> None:
        arguments = ["run", "--offscreen", "--print-answers", "--camera", self._camera.spec, *self._folders]
        self._program = self._stack.enter_context(running(_PROGRAM, arguments))

    def wait_for_roster(self, gym: LiveGym) -> None:
        """Until it knows what the cloud knows."""
        eventually(lambda: self._roster() == gym.roster_of(gym.site_id))

    def _roster(self) -> list[Any]:
        try:
            return stored_roster(self._folder)
        except Exception:  # noqa: BLE001  # none yet, or swapped just now
            return []

    def answer_to(self, picture: NDArray[np.uint8]) -> dict[str, Any]:
        """What it says to a picture that is held before it; then it is taken away."""
        assert self._program is not None
        self._camera.show(picture)
        said = self._program.expect(r"^\{.*\}$")
        self._camera.show(None)
        answer: dict[str, Any] = json.loads(said[0])
        return answer


def grey(image: QImage) -> NDArray[np.uint8]:
    """A picture as a camera without colours sees it."""
    made = image.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(made.constBits(), np.uint8).reshape(made.height(), made.bytesPerLine())
    return rows[:, : made.width()].copy()


def card_with(text: str) -> NDArray[np.uint8]:
    """A code of this text."""
    rows = [list(row) for row in segno.make_qr(text, error="m").matrix_iter(scale=6, border=4)]
    return ((1 - np.array(rows)) * 255).astype(np.uint8)
