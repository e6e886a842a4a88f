"""A light with its word and its value: one shape when all is well, others when it is not. Never a colour alone."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from admin_desktop.widgets.chips import Tone
from admin_desktop.widgets.labels import label
from admin_desktop.widgets.look import palette
from shared.desktop.drawings import Icon
from shared.desktop.icons import paint_icon

_SIDE, _DOT, _CORNER, _RING = 16, 10, 4, 1.6


class Lamp(QWidget):
    """A disc when good, a soft square with "!" that needs a look, a full one when bad, a ring when not known."""

    def __init__(self, tone: Tone = Tone.OVER) -> None:
        super().__init__()
        self.tone = tone
        self.setFixedSize(_SIDE, _SIDE)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_tone(self, tone: Tone) -> None:
        if tone is not self.tone:
            self.tone = tone
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_lamp(painter, QRectF(self.rect()), self.tone)
        painter.end()


def paint_lamp(painter: QPainter, box: QRectF, tone: Tone) -> None:
    look, inset = palette(), (box.width() - _DOT) / 2
    disc = box.adjusted(inset, inset, -inset, -inset)
    painter.setPen(Qt.PenStyle.NoPen)
    match tone:
        case Tone.GOOD | Tone.INFO:
            painter.setBrush(QColor(getattr(look, tone.value)))
            painter.drawEllipse(disc)
        case Tone.OVER:
            pen = painter.pen()
            pen.setStyle(Qt.PenStyle.SolidLine)
            pen.setColor(QColor(look.muted))
            pen.setWidthF(_RING)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(disc)
        case _:
            bad = tone is Tone.BAD
            painter.setBrush(QColor(look.denied if bad else look.notice))
            painter.drawRoundedRect(box, _CORNER, _CORNER)
            paint_icon(painter, Icon.CLOSE if bad else Icon.EXCLAIM, box.adjusted(2, 2, -2, -2), look.surface)


class LightLabel(QWidget):
    """A lamp, what it is of, and the value below."""

    _ROLES = {Tone.CARE: "care_value", Tone.BAD: "bad_value"}  # noqa: RUF012 - never changed

    def __init__(self, name: str) -> None:
        super().__init__()
        self.lamp, self.name, self.value = Lamp(), label(name, "muted"), label("", "name")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(1)
        grid.addWidget(self.lamp, 0, 0)
        grid.addWidget(self.name, 0, 1)
        grid.addWidget(self.value, 1, 1)
        grid.setColumnStretch(1, 1)

    def show_light(self, value: str, tone: Tone, *, spoken: str) -> None:
        self.lamp.show_tone(tone)
        self.value.setText(value)
        role = self._ROLES.get(tone, "name")
        if self.value.property("role") != role:
            self.value.setProperty("role", role)
            self.value.style().unpolish(self.value)
            self.value.style().polish(self.value)
        self.setAccessibleName(spoken)
