"""A filter as a chip: what may be chosen opens below it, and what was chosen is taken away by another click."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QMenu, QPushButton

_WIDEST = 150


class MenuChip(QPushButton):
    """``value`` is what was chosen, None while nothing bounds; ``chosen`` is a choice by hand."""

    chosen = Signal()

    def __init__(self, anything: str, choices: Sequence[tuple[Any, str]] = ()) -> None:
        """``anything`` is the text while nothing is chosen. With one choice a click takes it."""
        super().__init__()
        self.setProperty("kind", "filter")
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._anything = anything
        self.value: Any = None
        self.menu_of_choices = QMenu(self)
        self.clicked.connect(lambda _=False: self._press())
        self.offer(choices)

    def offer(self, choices: Sequence[tuple[Any, str]]) -> None:
        """Offer these; what was chosen stays if it is among them."""
        self._choices = list(choices)
        self.menu_of_choices.clear()
        for value, text in choices:
            self.menu_of_choices.addAction(text, partial(self.choose, value))
        if self.value not in [value for value, _ in choices]:
            self.value = None
        self._show()

    def choose(self, value: Any) -> None:
        """Choose one of the choices, or None."""
        self.value = value
        self._show()
        self.chosen.emit()

    def reset(self) -> None:
        """Choose nothing and say nothing of it."""
        self.value = None
        self._show()

    def _press(self) -> None:
        if self.value is not None:
            self.choose(None)
        elif len(self._choices) == 1:
            self.choose(self._choices[0][0])
        else:
            self._show()
            self.menu_of_choices.popup(self.mapToGlobal(QPoint(0, self.height() + 4)))

    def _show(self) -> None:
        text = next((text for value, text in self._choices if value == self.value), self._anything)
        on = self.value is not None
        shown = QFontMetrics(self.font()).elidedText(text, Qt.TextElideMode.ElideRight, _WIDEST)
        self.setText(f"{shown}  ×" if on else shown)
        self.setChecked(on)
        self.setAccessibleName(text)
        self.setToolTip(text if shown != text else "")
