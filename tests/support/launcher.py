"""``python -m tests.support.launcher [HOW:POINT:N ...] MODULE [ARGUMENT ...]``: a program with faults in it.

``kill`` ends the process with SIGKILL when the point is reached for the n-th time, ``raise`` fails there from then on.
"""

import contextlib
import importlib
import os
import signal
import sys
import threading
from collections import Counter
from pathlib import Path

from shared import faults


class PlannedError(Exception):
    """What ``raise`` raises: a bug of ours, as far as the product can tell."""


def install(strikes: list[str]) -> None:
    plans = {}
    for text in strikes:
        how, point, nth = text.split(":")
        plans[point] = (how, int(nth))
    reached: Counter[str] = Counter()

    def strike(point: str) -> None:
        reached[point] += 1
        how, nth = plans.get(point, ("", 0))
        if how == "kill" and reached[point] == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        if how == "raise" and reached[point] >= nth:
            raise PlannedError(point)

    if plans:
        faults.install(strike)


def name_threads() -> None:
    """Let the operating system know the threads' names, so that their CPU time can be told apart.

    Threads named in ``FIT_TEST_WITHOUT_THREADS`` (with commas) end as soon as they begin.
    """
    begin, unwanted = threading.Thread.run, os.environ.get("FIT_TEST_WITHOUT_THREADS", "").split(",")

    def run(thread: threading.Thread) -> None:
        if thread.name in unwanted:
            return
        with contextlib.suppress(OSError):
            Path(f"/proc/self/task/{threading.get_native_id()}/comm").write_text(thread.name[:15])
        begin(thread)

    threading.Thread.run = run


def main() -> int:
    name_threads()
    arguments = sys.argv[1:]
    split = next(index for index, text in enumerate(arguments) if text.count(":") != 2)
    install(arguments[:split])
    module, sys.argv = arguments[split], arguments[split:]
    return importlib.import_module(module).main() or 0


if __name__ == "__main__":
    sys.exit(main())
