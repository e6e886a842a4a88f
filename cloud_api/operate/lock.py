"""Who works on a data folder: one alone, or several servers together on one database server."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.errors import Rejected


@contextmanager
def holding(data: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold the folder's lock; the operating system lets go of it when the process ends, however it ends.

    ``shared``: with others who share it, and without anyone who wants the folder alone. Windows knows no such lock;
    there it is none.

    Raises:
        Rejected: ``in_use``.
    """
    data.mkdir(parents=True, exist_ok=True)
    file = os.open(data / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(file, data, shared=shared)
        yield
    finally:
        os.close(file)


def _lock(file: int, data: Path, *, shared: bool) -> None:
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415  # only there

            if not shared:
                msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415  # not on Windows

            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError as error:
        raise Rejected(f"{data} is in use by a running server. Stop it first.", code="in_use") from error
