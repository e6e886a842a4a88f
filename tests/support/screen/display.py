"""An X server without a monitor (Xvfb) on a display that nobody uses."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.support.servers.base import MissingProgramError


@contextlib.contextmanager
def a_display(folder: Path, *, size: tuple[int, int]) -> Iterator[str]:
    """Its name, such as ``:99``; what the server says is in ``folder``.

    Raises:
        MissingProgramError: there is no Xvfb on this machine, or it does not start.
    """
    program = shutil.which("Xvfb")
    if program is None:
        raise MissingProgramError("Xvfb")
    reading, writing = os.pipe()
    screen = ["-screen", "0", f"{size[0]}x{size[1]}x24", "-nolisten", "tcp", "-noreset"]
    with (folder / "xvfb.log").open("wb") as log:
        server = subprocess.Popen(
            [program, "-displayfd", str(writing), *screen], pass_fds=[writing], stdout=log, stderr=log
        )
    os.close(writing)
    try:
        with os.fdopen(reading) as said:  # a line when it is ready, nothing when it ends before
            number = said.readline().strip()
        if not number:
            raise MissingProgramError(f"Xvfb: {(folder / 'xvfb.log').read_text()[-500:]}")
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()
