"""The product's programs as child processes: started, watched, and killed at a named point of their own code.

A program runs under ``tests.support.launcher``, which installs a hook at the fault points (:mod:`shared.faults`) and
then calls the product's own ``main``. Everything waited for is a line of output or the end of the process, with one
deadline for all.
"""

import contextlib
import os
import queue
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

DEADLINE_S = 30.0
ROOT = Path(__file__).parents[2]
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Strike:
    """What happens when a point is reached for the ``nth`` time. ``how``: ``kill`` (-9) or ``raise`` (from then on)."""

    point: str
    nth: int = 1
    how: str = "kill"

    def __str__(self) -> str:
        return f"{self.how}:{self.point}:{self.nth}"


class Program:
    """A running program of the product. Its output is read as it comes and kept in ``lines``."""

    def __init__(
        self,
        module: str,
        arguments: Sequence[str],
        *,
        strikes: Sequence[Strike] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        command = [sys.executable, "-m", "tests.support.launcher", *map(str, strikes), module, *arguments]
        self.lines: list[str] = []
        self._fresh: queue.Queue[str | None] = queue.Queue()
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "QT_QPA_PLATFORM": "offscreen", **(environment or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, name=f"{module} output", daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            self._fresh.put(self.lines[-1])
        self._fresh.put(None)

    def say(self, line: str) -> None:
        """Write a line to the program's standard input; a dead program hears nothing."""
        assert self.process.stdin is not None
        with contextlib.suppress(BrokenPipeError, ValueError):
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()

    def expect(self, pattern: str) -> re.Match[str]:
        """The first line from here on in which ``pattern`` is found; lines before it are passed over.

        Raises:
            AssertionError: the program ended, or 30 s went by, without such a line.
        """
        found = self.expect_or_end(pattern)
        assert found is not None, f"ended ({self.process.wait()}) without {pattern!r}:\n" + self.tail()
        return found

    def expect_or_end(self, pattern: str, *, deadline_s: float = DEADLINE_S) -> re.Match[str] | None:
        """As :meth:`expect`, but None when the program ends first."""
        while True:
            try:
                line = self._fresh.get(timeout=deadline_s)
            except queue.Empty:
                raise AssertionError(f"no {pattern!r} within {deadline_s:.0f} s:\n" + self.tail()) from None
            if line is None:
                self._fresh.put(None)
                return None
            if found := re.search(pattern, line):
                return found

    def tail(self, count: int = 40) -> str:
        return "\n".join(self.lines[-count:])

    def kill(self) -> None:
        """``kill -9``, as a power switch would; returns when the process is gone and its output read."""
        self.process.kill()
        self.wait()

    def stop(self) -> int:
        """Ask it to end and wait for it; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.wait()

    def wait(self) -> int:
        """Wait for the end; the exit code, -9 after a strike."""
        try:
            code = self.process.wait(DEADLINE_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"did not end within {DEADLINE_S:.0f} s:\n" + self.tail()) from None
        self._reader.join(DEADLINE_S)
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
        return code

    def cpu_s(self) -> float:
        """CPU seconds used so far, user and system, by all its threads; to a hundredth."""
        return cpu_s_of(Path(f"/proc/{self.process.pid}/stat"))

    def cpu_by_thread(self) -> dict[str, float]:
        """CPU seconds of the threads that run now, by their names (the first 15 characters)."""
        used: dict[str, float] = {}
        for task in Path(f"/proc/{self.process.pid}/task").iterdir():
            with contextlib.suppress(OSError):  # it ended meanwhile
                name = (task / "comm").read_text().strip()
                used[name] = used.get(name, 0.0) + cpu_s_of(task / "stat")
        return used

    def memory_mib(self) -> float:
        """Resident memory now."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    def peak_memory_mib(self) -> float:
        """The most resident memory so far."""
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{self.process.pid}/status").read_text())
        assert found is not None
        return int(found[1]) / 1024


def cpu_s_of(stat: Path) -> float:
    """CPU seconds of a process or thread, user and system, from its ``stat`` file."""
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


@contextlib.contextmanager
def running(
    module: str,
    arguments: Sequence[str],
    *,
    strikes: Sequence[Strike] = (),
    environment: Mapping[str, str] | None = None,
) -> Iterator[Program]:
    """A program that is gone, one way or another, when the block ends."""
    program = Program(module, arguments, strikes=strikes, environment=environment)
    try:
        yield program
    finally:
        program.kill()
