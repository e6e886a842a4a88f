"""Which column is what: a picker for each column of the file, and what names in it stand for."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from admin_desktop.imports.drafting import Draft
from admin_desktop.imports.reading import titles_of
from admin_desktop.shell.words import Words
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.labels import bare, label
from admin_desktop.widgets.picker import Picker

_HEADING = 90


class ColumnsPanel(QWidget):
    """``taken`` carries the place of a column and what it is from now on."""

    taken = Signal(int, object)

    def __init__(self, words: Words, match: Callable[[], None]) -> None:
        super().__init__()
        self._words = words
        self.pickers: list[Picker] = []
        self._headings: tuple[str, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(label(words("imports.columns"), "name"))
        inner = QWidget()
        self._rows = QVBoxLayout(inner)
        self._rows.setContentsMargins(0, 0, 8, 0)
        self._rows.setSpacing(8)
        self._rows.setAlignment(Qt.AlignmentFlag.AlignTop)
        column.addWidget(bare(inner), 1)
        self.match = button("")
        self.match.clicked.connect(match)
        column.addWidget(self.match)

    def show_draft(self, draft: Draft) -> None:
        if self._headings != draft.table.headings:
            self._build(draft.table.headings)
        for picker, field in zip(self.pickers, draft.reading.columns, strict=True):
            picker.setCurrentIndex(picker.findData(field))
        self._show_match(draft)

    def _build(self, headings: Sequence[str]) -> None:
        self._headings = tuple(headings)
        while (item := self._rows.takeAt(0)) is not None:
            item.widget().hide()  # type: ignore[union-attr]
            item.widget().deleteLater()  # type: ignore[union-attr]
        self.pickers = []
        for place, heading in enumerate(headings):
            self._rows.addWidget(self._row(place, heading))

    def _row(self, place: int, heading: str) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        shown = heading or self._words("imports.column", n=place + 1)
        line.addWidget(_elided(shown))
        picker = Picker()
        picker.setAccessibleName(shown)
        picker.addItem(self._words("imports.leave_out"), None)
        for title, field in titles_of(self._words):
            picker.addItem(title, field)
        picker.setMinimumContentsLength(8)
        picker.setSizeAdjustPolicy(Picker.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        picker.activated.connect(lambda _, at=place, chosen=picker: self.taken.emit(at, chosen.currentData()))
        self.pickers.append(picker)
        line.addWidget(picker, 1)
        return row

    def _show_match(self, draft: Draft) -> None:
        every = len(draft.plan_words) + len(draft.site_words)
        matched = every - draft.unmatched
        self.match.setVisible(every > 0)
        self.match.setText(self._words("imports.matched", n=matched, all=every))
        self.match.setAccessibleName(self.match.text())
        _mark(self.match, care=matched < every)


def _elided(text: str) -> QLabel:
    """A heading as wide as all of them; whole in its tooltip."""
    made = label("", "body")
    made.setFixedWidth(_HEADING)
    made.setToolTip(text)
    made.setAccessibleName(text)
    made.setText(QFontMetricsF(made.font()).elidedText(text, Qt.TextElideMode.ElideRight, _HEADING - 8))
    return made


def _mark(press: QPushButton, *, care: bool) -> None:
    press.setProperty("kind", "care" if care else "plain")
    press.style().unpolish(press)
    press.style().polish(press)
