"""A long list that comes a page at a time, as a Qt model: nothing in it sorts or filters; the server does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QImage

from admin_desktop.shell.asking import Asking
from admin_desktop.widgets.chips import Chip
from admin_desktop.widgets.signs import Sign

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = Qt.ItemDataRole.UserRole
CELL_ROLE = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell shows: a text with a quieter second line, a chip, or both; ``avatar`` a person's name.

    ``sign`` is what a door said; ``figures`` are as wide as one another. ``bars`` are small ones side by side, of which
    the last ``low_bars`` are those to be looked at.
    """

    text: str = ""
    second: str = ""
    chip: Chip | None = None
    avatar: str | None = None
    photo: QImage | None = None
    right: bool = False
    strong: bool = False
    sign: Sign | None = None
    figures: bool = False
    bars: tuple[int, ...] = ()
    low_bars: int = 0


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """``share`` of the width, never narrower than ``floor`` pixels. ``sort`` is the server's name of its order."""

    title: str
    share: int
    cell: Callable[[Row], Cell]
    floor: int = 80
    sort: str | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows, and where to go on from; None at the end."""

    rows: Sequence[Row]
    after: str | None
    found: int | None = None
    """Of the first page: how many rows there are in the list."""


Fetch = Callable[[str | None], Page[Row]]
"""Blocks: the page after a cursor, None for the first."""


class PagedModel(QAbstractTableModel, Generic[Row]):
    """Rows of one list. ``load`` begins anew; further pages come as the view scrolls. GUI thread."""

    loaded = Signal()
    """The first page is there."""
    failed = Signal(object)

    def __init__(self, asking: Asking, columns: Sequence[Column[Row]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._asking = asking
        self.columns = columns
        self.rows: list[Row] = []
        self._after: str | None = None
        self._fetch: Fetch[Row] | None = None
        self._order: tuple[str, bool] | None = None
        self.found: int | None = None
        self.is_loading = False

    def load(self, fetch: Fetch[Row]) -> None:
        """Show another list; the old rows stay until its first page is there."""
        self._fetch, self._after, self.is_loading = fetch, None, True
        self._asking(lambda: fetch(None), self._begin, failed=self._went_wrong, owner=self, lane="page")

    def begin(self, page: Page[Row], fetch: Fetch[Row]) -> None:
        """Show a list whose first page is there already."""
        self._fetch = fetch
        self._begin(page)

    @property
    def fetch(self) -> Fetch[Row]:
        """What gives the pages of the list as it is filtered now."""
        return self._fetch or (lambda _: Page([], None))

    def reload(self) -> None:
        """The same list anew, such as after a change."""
        if self._fetch is not None:
            self.load(self._fetch)

    def show_order(self, sort: str, *, descending: bool) -> None:
        """Say at the head of its column how the rows are ordered."""
        self._order = (sort, descending)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)

    def replace(self, old: Row, new: Row) -> None:
        """Show one row as it is now, at its old place."""
        if old in self.rows:
            at = self.rows.index(old)
            self.rows[at] = new
            self.dataChanged.emit(self.index(at, 0), self.index(at, len(self.columns) - 1))

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        if role == ROW_ROLE:
            return row
        cell = self.columns[index.column()].cell(row)
        if role == CELL_ROLE:
            return cell
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            bars = " ".join(map(str, cell.bars))
            return " ".join(filter(None, (cell.text, cell.second, "" if cell.chip is None else cell.chip.text, bars)))
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802 - Qt's name
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._title(self.columns[section])
        return None

    def _title(self, column: Column[Row]) -> str:
        if self._order is None or column.sort != self._order[0]:
            return column.title
        return f"{column.title} {'↓' if self._order[1] else '↑'}"

    def canFetchMore(self, parent: Index) -> bool:  # noqa: N802 - Qt's name
        return not parent.isValid() and self._after is not None and not self.is_loading

    def fetchMore(self, parent: Index) -> None:  # noqa: ARG002, N802 - Qt's name
        fetch, after = self._fetch, self._after
        if fetch is None or after is None or self.is_loading:
            return
        self.is_loading = True
        self._asking(lambda: fetch(after), self._append, failed=self._went_wrong, owner=self, lane="page")

    def _begin(self, page: Page[Row]) -> None:
        self.is_loading = False
        self.beginResetModel()
        self.rows, self._after = list(page.rows), page.after
        self.found = page.found
        self.endResetModel()
        self.loaded.emit()

    def _append(self, page: Page[Row]) -> None:
        self.is_loading = False
        self._after = page.after
        if page.rows:
            first = len(self.rows)
            self.beginInsertRows(QModelIndex(), first, first + len(page.rows) - 1)
            self.rows += page.rows
            self.endInsertRows()

    def _went_wrong(self, error: Exception) -> None:
        self.is_loading = False
        self.failed.emit(error)
