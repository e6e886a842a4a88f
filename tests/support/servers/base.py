"""What all servers here have in common: a folder, a process, a port, and an end."""

import contextlib
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

READY_S = 120.0
_HERE = Path(__file__).parent


class MissingProgramError(Exception):
    """A server's programs cannot be had on this machine; the text says why."""


class Server(ABC):
    """A server of one's own. ``start`` returns when it answers; it may be killed and started again on the same data."""

    name: str

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def command(self) -> Sequence[str]:
        """What to run."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether it can be worked with now."""

    def prepare(self) -> None:  # noqa: B027  # most have nothing to prepare
        """Make its data, before the first start."""

    def start(self) -> "Server":
        if not self.folder.exists():
            self.folder.mkdir(parents=True)
            self.prepare()
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(self.command(), stdout=log, stderr=log, start_new_session=True)
        wait_until(self._is_up, f"{self.name} is not ready:\n{self.log()}")
        return self

    def _is_up(self) -> bool:
        if self.process is not None and self.process.poll() is not None:
            raise AssertionError(f"{self.name} ended ({self.process.returncode}):\n{self.log()}")
        return self.answers()

    def log(self) -> str:
        file = self.folder / "log"
        return file.read_text(errors="replace")[-4000:] if file.exists() else ""

    def kill(self) -> None:
        """``kill -9``; returns when it is gone."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def remove(self) -> None:
        """Its end, and that of its data."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on right now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def wait_until(happened: Callable[[], bool], otherwise: str, *, deadline_s: float = READY_S) -> None:
    """Ask every 50 ms.

    Raises:
        AssertionError: it did not happen in time.
    """
    ends, pause = time.monotonic() + deadline_s, threading.Event()
    while not happened():
        if time.monotonic() >= ends:
            raise AssertionError(otherwise)
        pause.wait(0.05)


def listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def cached(name: str, make: Callable[[Path], None]) -> Path:
    """A folder of the cache, made by the first who asks, whole or not at all."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "fit-monitor"
    home.mkdir(parents=True, exist_ok=True)
    folder = home / name
    with locked(home / f"{name}.lock"):
        if not folder.exists():
            draft = home / f".{name}.draft"
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir()
            make(draft)
            draft.rename(folder)
    return folder


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """One process at a time."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def unpack_debian(folder: Path, *, suite: str, packages: str, programs: str) -> None:
    """Unpack programs of a Debian suite (``this``: the machine's own).

    Raises:
        MissingProgramError: not a Debian machine, no network, or the suite has them no longer.
    """
    run([str(_HERE / "unpack_debian.sh"), str(folder), suite, packages, programs])


def run(command: Sequence[str], *, stdin: bytes | None = None, cwd: Path | None = None) -> None:
    """Run to the end.

    Raises:
        MissingProgramError: it failed; with the last lines it wrote.
    """
    try:
        subprocess.run(command, input=stdin, cwd=cwd, check=True, capture_output=True)
    except OSError as error:
        raise MissingProgramError(f"{command[0]}: {error.strerror}") from error
    except subprocess.CalledProcessError as error:
        said = (error.stdout + error.stderr).decode(errors="replace").strip()
        raise MissingProgramError(f"{Path(command[0]).name} failed: {said[-500:]}") from error
