"""The list of entries: pages of the past below, what happens now on top. Nothing moves under the pointer."""

from collections.abc import Sequence
from enum import Enum

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt
from PySide6.QtGui import QCursor, QResizeEvent

from admin_desktop.door.live import Picture
from admin_desktop.door.reading import line_of
from admin_desktop.shell.asking import Asking
from admin_desktop.shell.words import Words
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.pages import Column, Index, PagedModel
from admin_desktop.widgets.table import Table
from shared.contracts.gym import AttendanceView
from shared.desktop.drawings import Icon
from shared.desktop.tokens import DESK
from shared.domain.attendance import Outcome
from shared.domain.device import Direction


class Filter(Enum):
    """Which entries are wanted; ``facts`` say it to the cloud, ``takes`` of one that just came."""

    ALL = "all"
    REFUSED = "refused"
    LEFT = "left"

    @property
    def facts(self) -> dict[str, Outcome | Direction]:
        match self:
            case Filter.REFUSED:
                return {"outcome": Outcome.DENIED}
            case Filter.LEFT:
                return {"direction": Direction.EXIT}
            case _:
                return {}

    def takes(self, event: AttendanceView) -> bool:
        return all(getattr(event, name) is wanted for name, wanted in self.facts.items())


class EntriesModel(PagedModel[AttendanceView]):
    """Newest first. ``take`` brings in what came since, each at its place in time."""

    def __init__(
        self, asking: Asking, columns: Sequence[Column[AttendanceView]], words: Words, parent: QObject
    ) -> None:
        super().__init__(asking, columns, parent)
        self._words = words

    def take(self, events: Sequence[AttendanceView]) -> None:
        """Show events as they are now: those not in the list yet come in, those that changed change."""
        known = {row.id: place for place, row in enumerate(self.rows)}
        for event in events:
            place = known.get(event.id)
            if place is not None and self.rows[place] != event:
                self.replace(self.rows[place], event)
        for event in reversed([each for each in events if each.id not in known]):
            self._insert(event)

    def missing(self, events: Sequence[AttendanceView]) -> list[AttendanceView]:
        """Those of them that the list does not show yet and that belong into its loaded part."""
        known = {row.id for row in self.rows}
        return [event for event in events if event.id not in known and self._place(event) is not None]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.ToolTipRole:
            line = line_of(self.rows[index.row()], self._words)
            return f"{line.title}. {line.detail}" if line.detail else line.title
        return super().data(index, role)

    def _insert(self, event: AttendanceView) -> None:
        place = self._place(event)
        if place is None:
            return
        self.beginInsertRows(QModelIndex(), place, place)
        self.rows.insert(place, event)
        self.endInsertRows()

    def _place(self, event: AttendanceView) -> int | None:
        """Where it belongs; None behind the last loaded row while more are to come."""
        for place, row in enumerate(self.rows):
            if (row.at, row.id.int) < (event.at, event.id.int):
                return place
        return None if self._after is not None else len(self.rows)


class EntriesTable(Table):
    """While the pointer is on the rows, or the list is scrolled down, new rows wait: ``newer`` says how many.

    The button stands in the head of the list, so that its coming moves nothing either.
    """

    def __init__(self, model: EntriesModel, words: Words, *, name: str) -> None:
        super().__init__(model, name=name)
        self._entries, self._words = model, words
        self.newer = button("", kind="filter", icon=Icon.REFRESH)
        self.newer.setParent(self)
        self.newer.hide()
        self.newer.clicked.connect(self.show_waiting)
        self._newest: Sequence[AttendanceView] = ()
        self._is_pointed_at = False
        self.viewport().installEventFilter(self)
        self.verticalScrollBar().valueChanged.connect(lambda _: self._show_unless_held())
        model.loaded.connect(self._count)

    @property
    def is_held(self) -> bool:
        return self._is_under_pointer() or self.verticalScrollBar().value() > 0

    def take(self, picture: Picture, events: Sequence[AttendanceView]) -> None:
        """Bring in what came, or reload when there is a gap between it and the list."""
        self._newest = events
        if not picture.is_gapless:
            self._entries.reload()
            return
        known = {row.id for row in self._entries.rows}
        self._entries.take([event for event in events if event.id in known])
        self._show_unless_held()

    def show_waiting(self) -> None:
        """Bring in now what waits, and go to it."""
        self._entries.take(self._newest)
        self.scrollToTop()
        self._count()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if watched is self.viewport() and event.type() in (QEvent.Type.Enter, QEvent.Type.MouseMove):
            self._is_pointed_at = True
        elif watched is self.viewport() and event.type() == QEvent.Type.Leave:
            self._is_pointed_at = False
            self._show_unless_held()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._place_newer()

    def _is_under_pointer(self) -> bool:
        """By the events and by the place: each alone is wrong at times, such as when a window opens or is left."""
        place = self.viewport().mapFromGlobal(QCursor.pos())
        return self._is_pointed_at and self.viewport().rect().contains(place)

    def _show_unless_held(self) -> None:
        if not self.is_held:
            self._entries.take(self._newest)
        self._count()

    def _count(self) -> None:
        count = len(self._entries.missing(self._newest))
        self.newer.setText(" " + self._words("door.newer", n=count))
        self.newer.setVisible(count > 0)
        self._place_newer()

    def _place_newer(self) -> None:
        size = self.newer.sizeHint()
        self.newer.setGeometry(self.width() - size.width() - 24, 3, size.width(), DESK.head - 4)
        self.newer.raise_()
