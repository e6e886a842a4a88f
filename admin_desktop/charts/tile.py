"""One number, large, with what it is above it and how it compares below."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF

from admin_desktop.charts.paper import Paper, Style, width_of
from admin_desktop.charts.picture import Spot
from shared.desktop.tokens import DESK_TYPE

_LINE, _NUMBER = 22.0, 38.0
_SMALLEST = 14


@dataclass(frozen=True, slots=True)
class Tile:
    """``tone`` is the palette's colour of the last line: ``granted``, ``notice``, ``muted``."""

    label: str
    number: str
    second: str
    tone: str
    key: object
    said: str

    @property
    def is_empty(self) -> bool:
        return False

    @property
    def height(self) -> int:
        return round(2 * _LINE + _NUMBER)

    def paint(self, paper: Paper, box: QRectF) -> None:
        """A number too long for its tile is written smaller."""
        look, top = paper.look, QRectF(box.left(), box.top(), box.width(), _LINE)
        paper.text(top, self.label, DESK_TYPE.second, look.muted)
        number = _fitting(self.number, DESK_TYPE.number, _SMALLEST, box.width())
        paper.text(top.adjusted(0, _LINE, 0, _NUMBER), self.number, number, look.text)
        second = _fitting(self.second, DESK_TYPE.second, DESK_TYPE.hint[0], box.width())
        paper.text(top.translated(0, _LINE + _NUMBER), self.second, second, str(getattr(look, self.tone)))

    def spots(self, box: QRectF) -> list[Spot]:
        return [Spot(box, 0, 0, self.key, self.said)]


def _fitting(text: str, style: Style, floor: int, width: float) -> Style:
    size, weight = style
    while size > floor and width_of(text, (size, weight)) > width:
        size -= 1
    return (size, weight)
