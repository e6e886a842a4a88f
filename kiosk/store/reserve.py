"""The reserve: room on the disk that is held back for the moment when there is no more (promise 2)."""

import os
import shutil
from pathlib import Path

from shared.disk import sync_folder

DEFAULT_SIZE = 64 * 1024 * 1024
_BLOCK = 1024 * 1024


class Reserve:
    """A file that is good for nothing but its blocks. ``free`` may be called by the door while another thread fills it."""

    def __init__(self, path: Path, size: int = DEFAULT_SIZE) -> None:
        self._path = path
        self._size = size

    @property
    def is_there(self) -> bool:
        try:
            return self._path.stat().st_size == self._size
        except OSError:
            return False

    def ensure(self) -> bool:
        """Write the file when it is not there and the disk has twice its size free; say whether it is there.

        Its content is random, so that no file system saves its blocks by compressing them.
        """
        if self.is_there:
            return True
        try:
            if shutil.disk_usage(self._path.parent).free < 2 * self._size:
                return False
            self._write()
        except OSError:
            self._path.unlink(missing_ok=True)
            return False
        return True

    def free(self) -> bool:
        """Give the blocks back; False when there were none."""
        try:
            held = self._path.stat().st_size > 0
            self._path.unlink()
            sync_folder(self._path.parent)
        except OSError:
            return False
        return held

    def _write(self) -> None:
        block = os.urandom(min(_BLOCK, self._size))
        with self._path.open("wb") as file:
            for start in range(0, self._size, _BLOCK):
                file.write(block[: self._size - start])
            file.flush()
            os.fsync(file.fileno())
