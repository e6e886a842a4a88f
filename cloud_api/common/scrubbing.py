"""What may be said of an exception in a log: its type, its code, and where; never its message.

A message repeats what it was about: a validation error the input, a database error the values, ``KeyError`` a name.
"""

import traceback

from shared.errors import Rejected

_OURS = "/cloud_api/"
_FRAMES = 40
"""So many frames at the most, the innermost ones."""


def summary(error: BaseException) -> str:
    """Type and code: ``IntegrityError (1062)``. The code is the database's, the operating system's or our own."""
    kind, code = type(error), _code(error)
    name = (
        kind.__qualname__ if kind.__module__ in ("builtins", "__main__") else f"{kind.__module__}.{kind.__qualname__}"
    )
    return name if code is None else f"{name} ({code})"


def brief(error: BaseException) -> str:
    """:func:`summary` and the place in our own code: ``KeyError in cloud_api/gym/visits.py:31 (derive)``."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _OURS in frame.filename]
    if not frames:
        return summary(error)
    place = frames[-1].filename.rpartition(_OURS)[2]
    return f"{summary(error)} in {_OURS.strip('/')}/{place}:{frames[-1].lineno} ({frames[-1].name})"


def trace(error: BaseException) -> str:
    """A traceback as Python prints it, with :func:`summary` in place of each message."""
    parts: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        frames = "".join(traceback.format_tb(current.__traceback__, limit=-_FRAMES))
        parts.append(f"Traceback (most recent call last):\n{frames}{summary(current)}{_grouped(current)}")
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return "\nwhich came after:\n".join(parts)


def _grouped(error: BaseException) -> str:
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    return "".join(f"\n| {line}" for item in inner for line in trace(item).splitlines())


def _code(error: BaseException) -> str | int | None:
    """SQLite's name, a database driver's number, ``errno``, or the code of a ``Rejected``: all from closed lists."""
    driver = getattr(error, "orig", None)
    for candidate in (driver, error):
        if isinstance(name := getattr(candidate, "sqlite_errorname", None), str):
            return name
        if isinstance(candidate, OSError):
            return candidate.errno
    number = next(iter(getattr(driver, "args", ())), None)
    if isinstance(number, int):
        return number
    return error.code if isinstance(error, Rejected) else None
