"""The dry run in four numbers, and how far it is."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QProgressBar, QVBoxLayout

from admin_desktop.imports.checking import Fate
from admin_desktop.shell.words import Words
from admin_desktop.widgets.labels import label, rule

SHOWN = (Fate.NEW, Fate.THERE, Fate.WRONG, Fate.LEFT_OUT)


class NumbersPanel(QFrame):
    """``numbers`` are the labels, by what they count."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self.setProperty("role", "sum")
        self._words = words
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(12)
        grid.setColumnStretch(1, 1)
        self.numbers: dict[Fate, QLabel] = {}
        for row, fate in enumerate(SHOWN):
            number = self.numbers[fate] = label("–", "card")
            number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(number, row, 0)
            grid.addWidget(label(words(f"imports.dry.{fate.value}"), wrap=True), row, 1)
        column.addLayout(grid)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        column.addWidget(self.bar)
        self.state = label("", "muted", wrap=True)
        column.addWidget(self.state)
        column.addStretch(1)
        column.addWidget(rule())
        column.addWidget(label(words("imports.dry.note"), "muted", wrap=True))

    def show_counts(self, counts: Mapping[Fate, int], *, known: bool) -> None:
        """``known``: the cloud has said what would become of the lines."""
        for fate, number in self.numbers.items():
            is_known = known or fate in (Fate.WRONG, Fate.LEFT_OUT)
            number.setText(self._words.number(counts.get(fate, 0)) if is_known else "–")

    def show_state(self, text: str, percent: int | None) -> None:
        """``percent`` None: nothing is running."""
        self.state.setText(text)
        self.state.setVisible(bool(text))
        self.bar.setVisible(percent is not None)
        self.bar.setValue(percent or 0)
