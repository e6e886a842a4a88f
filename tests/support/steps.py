"""A journey in named steps: whoever fails says in which, with what the screen showed."""

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path


class Journey:
    """``shoot`` saves a picture of the screen into a file."""

    def __init__(self, folder: Path, shoot: Callable[[Path], object]) -> None:
        self._folder, self._shoot = folder, shoot
        self.took: dict[str, float] = {}
        """Seconds of each step."""

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        try:
            yield
        except BaseException as error:
            path = self._folder / f"{len(self.took) + 1:02}-failed.png"
            with contextlib.suppress(Exception):
                self._shoot(path)
            error.add_note(f"In the step: {name}. The screen: {path}")
            raise
        self.took[name] = time.monotonic() - began
