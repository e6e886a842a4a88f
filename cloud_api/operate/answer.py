"""What a command of ``fit-cloud`` answers."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """``data`` for a program (``--json``), ``text`` for a person, ``code`` for the shell."""

    data: Any
    text: str
    code: int = 0
