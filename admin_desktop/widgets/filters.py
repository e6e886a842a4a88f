"""Filters as chips in a row: one of them is on."""

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from admin_desktop.widgets.buttons import button

Choice = TypeVar("Choice")


class FilterChips(QWidget, Generic[Choice]):
    """``chosen`` is a click on another one. What is no longer offered falls back to ``usual``. What has no room is hidden."""

    chosen = Signal()

    def __init__(self, usual: Choice) -> None:
        super().__init__()
        self._usual = self.current = usual
        self.chips: dict[Any, QPushButton] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._row.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def reset(self) -> None:
        self.current = self._usual

    def show_choices(self, choices: Sequence[tuple[Choice, str, int]]) -> None:
        """Choices with their words and how many each finds."""
        if self.current not in [choice for choice, _, _ in choices]:
            self.current = self._usual
        if list(self.chips) != [choice for choice, _, _ in choices]:
            self._build(choices)
        for choice, text, count in choices:
            self.chips[choice].setText(f"{text} {count}")
            self.chips[choice].setAccessibleName(f"{text} {count}")
            self.chips[choice].setChecked(choice == self.current)
        self._fit()

    def resizeEvent(self, event: object) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        self._fit()

    def _build(self, choices: Sequence[tuple[Choice, str, int]]) -> None:
        for chip in self.chips.values():
            self._row.removeWidget(chip)
            chip.deleteLater()
        self.chips = {}
        for place, (choice, text, _) in enumerate(choices):
            chip = button(text, kind="filter")
            chip.setCheckable(True)
            chip.clicked.connect(lambda _=False, choice=choice: self._choose(choice))
            self.chips[choice] = chip
            self._row.insertWidget(place, chip)

    def _choose(self, choice: Choice) -> None:
        self.current = choice
        for each, chip in self.chips.items():
            chip.setChecked(each == choice)
        self.chosen.emit()

    def _fit(self) -> None:
        """Whole chips or none: the last ones go, but never the one that is on."""
        left = self.width() - sum(
            chip.sizeHint().width() + 8 for each, chip in self.chips.items() if each == self.current
        )
        for each, chip in self.chips.items():
            if each == self.current:
                chip.show()
                continue
            left -= chip.sizeHint().width() + 8
            chip.setVisible(left >= 0)
