"""A member's card on paper or plastic, and the cards that wait to be printed. Codes are kept in memory alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, QPointF, QRectF, QSizeF, Signal
from PySide6.QtGui import QPainter

from admin_desktop.desk import Desk
from admin_desktop.printing.paper import Form
from admin_desktop.printing.qr import paint_code
from shared.desktop.fitting import Style, fit
from shared.desktop.tokens import LIGHT

CR80 = QSizeF(85.6, 54)
FORMS = (Form("cr80", CR80), Form("label", QSizeF(62, 29)), Form("a4_cards", CR80, on_a4=True))
_HEIGHT = 540.0
_CODE, _PAD, _GAP = 460.0, 40.0, 24.0
_GYM = Style(size=30, floor=20, weight=500, line=1.2, max_lines=2)
_NAME = Style(size=56, floor=20, weight=700, line=1.12, max_lines=4)
_NUMBER = Style(size=34, floor=22, weight=500, line=1.2)


@dataclass(frozen=True, slots=True)
class PassCard:
    """``code`` opens the door: it is shown nowhere but in the code itself. ``number`` may be empty."""

    pass_id: UUID
    code: str = field(repr=False)
    name: str
    number: str
    gym: str

    def paint(self, painter: QPainter, box: QRectF) -> None:
        """The code at the left, as large as fits; beside it the gym, the name and the number."""
        painter.save()
        scale = box.height() / _HEIGHT
        painter.scale(scale, scale)
        width = box.width() / scale
        paint_code(painter, QRectF(_GAP, (_HEIGHT - _CODE) / 2, _CODE, _CODE), self.code)
        left = _GAP + _CODE + _GAP
        room = width - left - _PAD
        gym = fit(self.gym, QSizeF(room, 80), _GYM)
        gym.paint(painter, QPointF(left, _PAD + 20), room, LIGHT.text)
        number = fit(self.number, QSizeF(room, 50), _NUMBER)
        bottom = _HEIGHT - _PAD - 20 - number.height
        number.paint(painter, QPointF(left, bottom), room, LIGHT.text)
        name = fit(self.name, QSizeF(room, bottom - _PAD - 20 - gym.height - 20), _NAME)
        name.paint(painter, QPointF(left, bottom - name.height - 12), room, LIGHT.text)
        painter.restore()


class Tray(QObject):
    """Cards that were issued at this desk and are still to be printed. They are gone when the desk is closed."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.cards: list[PassCard] = []

    @classmethod
    def of(cls, desk: Desk) -> "Tray":
        """The one of this program: it stays when another person takes the desk over."""
        return _trays.setdefault(desk, cls())

    def put(self, card: PassCard) -> None:
        self.cards.append(card)
        self.changed.emit()

    def take(self, cards: Sequence[PassCard]) -> None:
        """They were printed, or are not to be."""
        self.cards = [card for card in self.cards if card not in cards]
        self.changed.emit()

    def forget(self, pass_id: UUID) -> None:
        self.take([card for card in self.cards if card.pass_id == pass_id])


_trays: WeakKeyDictionary[Desk, Tray] = WeakKeyDictionary()
