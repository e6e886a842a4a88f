"""How a machine's card is painted: its picture, its name, how it is, when it is looked after."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath, QPen

from admin_desktop.machines.reading import beside_chip, status_chip
from admin_desktop.pictures.well import paint_empty, paint_picture, paint_progress
from admin_desktop.shell.words import Words
from admin_desktop.widgets.chips import paint_chip
from admin_desktop.widgets.look import palette
from shared.contracts.machines import MachineView
from shared.desktop.fonts import font
from shared.desktop.tokens import DESK, DESK_TYPE

ASPECT = 3 / 2
WORDS_HEIGHT = 124
_PAD, _LINE = 16.0, 22.0


@dataclass(frozen=True, slots=True)
class Standing:
    """``over``: a picture is being held over the card."""

    chosen: bool = False
    hovered: bool = False
    over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPainter:
    """``picture`` finds a machine's picture, ``percent`` how far a new one of an id is; None for none."""

    words: Words
    picture: Callable[[MachineView], QImage | None]
    percent: Callable[[UUID], int | None]
    today: Callable[[], date]
    may_change: bool

    def said(self, machine: MachineView) -> str:
        """The whole card for a screen reader."""
        today = self.today()
        chip = status_chip(machine, self.words, today=today)
        beside = beside_chip(machine, self.words, today=today)
        return ", ".join(filter(None, (machine.name, machine.category, chip.text, beside)))

    def paint(self, painter: QPainter, machine: MachineView, box: QRectF, standing: Standing) -> None:
        look, shape = palette(), QPainterPath()
        shape.addRoundedRect(box, DESK.radius_card, DESK.radius_card)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillPath(shape, QColor(look.surface))
        picture = QRectF(box.left(), box.top(), box.width(), box.width() / ASPECT)
        painter.setClipPath(shape)
        self._paint_picture(painter, machine, picture, over=standing.over)
        painter.setClipping(False)
        edge = look.focus if standing.chosen else look.edge if standing.hovered else look.line
        painter.setPen(QPen(QColor(edge), 2 if standing.chosen else 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(shape)
        self._paint_words(painter, machine, box.adjusted(_PAD, picture.height() + 12, -_PAD, 0))
        painter.restore()

    def _paint_picture(self, painter: QPainter, machine: MachineView, box: QRectF, *, over: bool) -> None:
        image = self.picture(machine)
        if image is not None:
            paint_picture(painter, box, image)
        if image is None or over:
            ask = self.may_change and (machine.picture is None or over)
            paint_empty(painter, box, self.words, ask=ask, over=over)
        percent = self.percent(machine.id)
        if percent is not None:
            paint_progress(painter, box, self.words, percent)

    def _paint_words(self, painter: QPainter, machine: MachineView, box: QRectF) -> None:
        look, today = palette(), self.today()
        name = font(size=DESK_TYPE.card_title[0] - 2, weight=600)
        second = font(size=DESK_TYPE.second[0], weight=400)
        row = QRectF(box.left(), box.top(), box.width(), _LINE)
        _line(painter, machine.name, row, name, look.text)
        _line(painter, machine.category, row.translated(0, _LINE), second, look.muted)
        paint_chip(painter, status_chip(machine, self.words, today=today), QPointF(box.left(), box.top() + 62))
        _line(painter, beside_chip(machine, self.words, today=today), row.translated(0, 78), second, look.muted)


def _line(painter: QPainter, text: str, box: QRectF, face: QFont, colour: str) -> None:
    painter.setFont(face)
    painter.setPen(QColor(colour))
    shown = QFontMetricsF(face).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
