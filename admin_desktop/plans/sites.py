"""The sites of a plan: every one, or some."""

from collections.abc import Collection, Sequence
from uuid import UUID

from PySide6.QtWidgets import QVBoxLayout, QWidget

from admin_desktop.shell.words import Words
from admin_desktop.widgets.forms import Field
from admin_desktop.widgets.tick import Tick
from shared.contracts.gym import SiteView
from shared.errors import InvalidInput

_INDENT = 28


class SitesField(Field[list[UUID] | None]):
    """Ids of sites; None for every site."""

    def __init__(self, words: Words, sites: Sequence[SiteView], chosen: Collection[UUID] | None) -> None:
        box = QWidget()
        super().__init__(words("plans.field.sites"), box, self._read)
        self.caption.hide()
        self._wrong = words("plans.wrong.sites")
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        tick = Tick(words("plans.field.sites"), on=chosen is not None)
        self.some = tick.box
        column.addWidget(tick)
        self._list = QWidget()
        inner = QVBoxLayout(self._list)
        inner.setContentsMargins(_INDENT, 0, 0, 0)
        inner.setSpacing(2)
        self.ticks = {site.id: Tick(site.name, on=site.id in (chosen or ())) for site in sites}
        for each in self.ticks.values():
            inner.addWidget(each)
            each.box.clicked.connect(lambda _=False: self._edited())
        column.addWidget(self._list)
        self._list.setVisible(chosen is not None)
        self.some.clicked.connect(lambda _=False: self._show())

    def _show(self) -> None:
        self._list.setVisible(self.some.isChecked())
        self._edited()

    def _edited(self) -> None:
        self.complain("")
        self.changed.emit()

    def _read(self) -> list[UUID] | None:
        if not self.some.isChecked():
            return None
        chosen = [site_id for site_id, tick in self.ticks.items() if tick.box.isChecked()]
        if not chosen:
            raise InvalidInput(self._wrong)
        return chosen
