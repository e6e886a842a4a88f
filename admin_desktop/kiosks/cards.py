"""The list of kiosks: a card each; one that stays keeps its card, so that nothing jumps while it is kept up to date."""

from collections.abc import Sequence
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from admin_desktop.kiosks.card import KioskCard
from admin_desktop.kiosks.health import Health
from admin_desktop.shell.context import Context
from admin_desktop.widgets.labels import label


class CardList(QWidget):
    """``chosen`` gives a device's id, by pointer, Enter and arrows."""

    chosen = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.cards: dict[UUID, KioskCard] = {}
        self._marked: UUID | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 4, 0)
        self._column.setSpacing(12)
        self._column.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.nothing = label(context.words("kiosks.none"), "muted", wrap=True)
        self._column.addWidget(self.nothing)
        self.nothing.hide()

    def show_healths(self, healths: Sequence[Health]) -> None:
        """These, in their order."""
        for gone in self.cards.keys() - {each.info.id for each in healths}:
            card = self.cards.pop(gone)
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        for place, health in enumerate(healths):
            self._show_card(place, health)
        self.nothing.setVisible(not healths)

    def mark(self, device_id: UUID | None) -> None:
        """Show which one is chosen."""
        self._marked = device_id
        for each, card in self.cards.items():
            card.mark(chosen=each == device_id)

    def in_order(self) -> list[KioskCard]:
        return sorted(self.cards.values(), key=self._column.indexOf)

    def _show_card(self, place: int, health: Health) -> None:
        device_id = health.info.id
        card = self.cards.get(device_id)
        if card is None:
            card = self.cards[device_id] = KioskCard(self._context, health)
            card.chosen.connect(lambda: self.chosen.emit(device_id))
            card.moved.connect(lambda step: self._move(device_id, step))
            card.mark(chosen=device_id == self._marked)
        else:
            card.show_health(health)
        if self._column.indexOf(card) != place:
            self._column.insertWidget(place, card)

    def _move(self, device_id: UUID, step: int) -> None:
        shown = self.in_order()
        place = shown.index(self.cards[device_id]) + step
        if 0 <= place < len(shown):
            shown[place].setFocus()
            shown[place].chosen.emit()
