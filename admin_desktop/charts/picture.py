"""What a chart is: a picture, and the spots on it that stand for rows."""

from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QRectF

from admin_desktop.charts.paper import Paper


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell, a bar, a part of one. ``key`` is what it stands for, ``said`` all of it in words."""

    box: QRectF
    row: int
    column: int
    key: object
    said: str


class Picture(Protocol):
    """Painted the same on a screen and on paper. Immutable."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to paint."""

    @property
    def height(self) -> int:
        """The least height in pixels in which all of it can be read."""

    def paint(self, paper: Paper, box: QRectF) -> None: ...

    def spots(self, box: QRectF) -> list[Spot]:
        """Where what is, when painted into this box."""
