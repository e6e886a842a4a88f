"""Places for database files. SQLAlchemy compiles every statement anew for each engine, so a process has few of them."""

import atexit
import shutil
import tempfile
from datetime import datetime
from functools import cache
from pathlib import Path

from cloud_api.common.database import Database
from tests.campaign.exactly_once.clocks import TrueTime

_MEMORY = Path("/dev/shm")  # noqa: S108  # a file system in memory, where a flush costs nothing


class _Switch:
    """A clock that is another one in each simulation."""

    def __init__(self) -> None:
        self.to = TrueTime()

    def now(self) -> datetime:
        return self.to.now()

    def boot_ns(self) -> int:
        return self.to.boot_ns()

    def boot_id(self) -> str:
        return self.to.boot_id()


class Slot:
    """One path with the product's ``Database`` on it; the file behind it is changed as by a restart."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._clock = _Switch()
        self.database = Database(f"sqlite:///{path}", clock=self._clock)

    def put(self, content: bytes, time: TrueTime) -> None:
        """Stop, put another file in place, start. No bytes make an empty database."""
        self.close()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self.path}{suffix}").unlink(missing_ok=True)
        if content:
            self.path.write_bytes(content)
        self._clock.to = time

    def close(self) -> None:
        self.database.close()


@cache
def slot(name: str) -> Slot:
    """The process's slot of that name."""
    return Slot(_folder() / f"{name}.db")


def new_folder(prefix: str) -> Path:
    """A folder for throw-away files, in memory where the machine has such a place."""
    return Path(tempfile.mkdtemp(prefix=prefix, dir=_MEMORY if _MEMORY.is_dir() else None))


@cache
def _folder() -> Path:
    folder = new_folder("fit-slots-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
