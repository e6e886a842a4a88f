"""A state in an icon, a word and a soft colour: never a colour alone."""

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from admin_desktop.widgets.look import palette
from shared.desktop.drawings import Icon
from shared.desktop.fonts import font
from shared.desktop.icons import paint_icon
from shared.desktop.tokens import DESK, DESK_TYPE

_PAD, _ICON, _GAP = 9.0, 14.0, 5.0


class Tone(StrEnum):
    GOOD = "granted"
    CARE = "notice"
    BAD = "denied"
    INFO = "accent"
    OVER = "muted"


@dataclass(frozen=True, slots=True)
class Chip:
    """What a chip says. ``icon`` None leaves a dot."""

    text: str
    tone: Tone
    icon: Icon | None = None

    @property
    def width(self) -> float:
        return _PAD * 2 + _ICON + _GAP + QFontMetricsF(_font()).horizontalAdvance(self.text)


def paint_chip(painter: QPainter, chip: Chip, at: QPointF) -> None:
    """Draw a chip, its left edge and vertical middle at ``at``."""
    look = palette()
    ground = look.sunken if chip.tone is Tone.OVER else getattr(look, f"{chip.tone.value}_soft")
    colour = look.muted if chip.tone is Tone.OVER else getattr(look, chip.tone.value)
    box = QRectF(at.x(), at.y() - DESK.chip / 2, chip.width, DESK.chip)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(ground))
    painter.drawRoundedRect(box, DESK.chip / 2, DESK.chip / 2)
    if chip.icon is None:
        painter.setBrush(QColor(colour))
        painter.drawEllipse(QPointF(box.left() + _PAD + _ICON / 2, at.y()), 4, 4)
    else:
        paint_icon(painter, chip.icon, QRectF(box.left() + _PAD, at.y() - _ICON / 2, _ICON, _ICON), colour)
    painter.setFont(_font())
    painter.setPen(QColor(look.text if chip.tone is Tone.INFO else colour))
    painter.drawText(
        box.adjusted(_PAD + _ICON + _GAP, 0, 0, 0),
        Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
        chip.text,
    )
    painter.restore()


def _font() -> QFont:
    return font(size=DESK_TYPE.head[0], weight=DESK_TYPE.head[1])


class ChipLabel(QWidget):
    """A chip that stands by itself."""

    def __init__(self, chip: Chip) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_chip(chip)

    def show_chip(self, chip: Chip) -> None:
        self.chip = chip
        self.setAccessibleName(chip.text)
        self.setFixedSize(self.sizeHint())
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(round(self.chip.width + 0.5), DESK.chip)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        painter = QPainter(self)
        paint_chip(painter, self.chip, QPointF(0, self.height() / 2))
        painter.end()
