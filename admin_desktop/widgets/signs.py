"""What a door said, as the plate: small in a line, large on a flood of its colour."""

from enum import Enum

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from admin_desktop.widgets.look import palette
from shared.desktop import plate, tokens
from shared.desktop.drawings import Icon
from shared.desktop.icons import paint_icon
from shared.desktop.tokens import DESK, VerdictColours


class Sign(Enum):
    """LOOK: somebody has to look at it."""

    COME_IN = "come_in"
    CARE = "care"
    REFUSED = "refused"
    LOOK = "look"
    LEFT = "left"
    TAKEN_BACK = "taken_back"


_PLATES = {
    Sign.COME_IN: (plate.Sign.TICK, tokens.GRANTED),
    Sign.CARE: (plate.Sign.TICK_NOTE, tokens.NOTICE),
    Sign.REFUSED: (plate.Sign.STOP, tokens.DENIED),
    Sign.LOOK: (plate.Sign.CARE, tokens.NOTICE),
}
_ROLES = {Sign.COME_IN: "granted", Sign.CARE: "notice", Sign.REFUSED: "denied", Sign.LOOK: "notice"}
_ICONS = {Sign.LEFT: Icon.LEAVE, Sign.TAKEN_BACK: Icon.UNDO}


def paint_sign(painter: QPainter, sign: Sign, box: QRectF) -> None:
    """Fill ``box`` (square) with a sign in the colours of the theme."""
    look = palette()
    if sign in _ICONS:
        paint_icon(painter, _ICONS[sign], box, look.muted)
        return
    colours = VerdictColours(fill=look.surface, deep=look.surface, on=getattr(look, _ROLES[sign]), light=False)
    plate.paint_plate(painter, _PLATES[sign][0], box.center(), box.width() / 2 - 1, colours)


class Flood(QWidget):
    """The left end of a card, flooded with a verdict's colour, its plate in the middle."""

    def __init__(self, *, width: int) -> None:
        super().__init__()
        self.sign: Sign | None = None
        self.setFixedWidth(width)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def show_sign(self, sign: Sign | None) -> None:
        self.sign = sign
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        painter, look = QPainter(self), palette()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box, radius = QRectF(self.rect()), float(DESK.radius_card - 1)
        path = QPainterPath()
        path.setFillRule(Qt.FillRule.WindingFill)
        path.addRoundedRect(box, radius, radius)
        path.addRect(box.adjusted(radius, 0, 0, 0))
        known = None if self.sign is None else _PLATES.get(self.sign)
        painter.fillPath(path, QColor(look.sunken if known is None else known[1].fill))
        reach = min(box.width(), box.height()) * 0.28
        if known is not None:
            plate.paint_plate(painter, known[0], box.center(), reach, known[1])
        elif self.sign is not None:
            corner = box.center() - QPointF(reach, reach)
            paint_icon(painter, _ICONS[self.sign], QRectF(corner.x(), corner.y(), 2 * reach, 2 * reach), look.muted)
        painter.end()
