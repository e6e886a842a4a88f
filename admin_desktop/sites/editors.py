"""What a rule's value is changed with: each editor shows a value and reads it back."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QLineEdit, QSpinBox, QVBoxLayout, QWidget

from admin_desktop.shell.words import Words
from admin_desktop.sites.rules import RULES, Amount, Choice, Several, bounds
from admin_desktop.widgets.picker import Picker
from admin_desktop.widgets.tick import Tick

_MOST_PEOPLE = 100_000
_INSET = 8


class Editor(QWidget):
    """``changed`` is every change by hand."""

    changed = Signal()

    def __init__(self, inner: QWidget | None = None) -> None:
        super().__init__()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(4)
        if inner is not None:
            self.column.addWidget(inner)
            self.setFocusProxy(inner)

    @abstractmethod
    def show_value(self, value: Any) -> None:
        """Show a value as it is now; no change by hand."""

    @abstractmethod
    def read(self) -> Any:
        """The value that is shown. Raises InvalidInput with a sentence."""


class Spin(QSpinBox):
    """The wheel scrolls the page and changes nothing here."""

    def __init__(self) -> None:
        super().__init__()
        self.lineEdit().setTextMargins(_INSET, 0, 0, 0)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        event.ignore()


class TextEditor(Editor):
    def __init__(self, name: str, *, longest: int) -> None:
        self.line = QLineEdit()
        super().__init__(self.line)
        self.line.setMaxLength(longest)
        self.line.setAccessibleName(name)
        self.line.textEdited.connect(lambda _: self.changed.emit())

    def show_value(self, value: Any) -> None:
        self.line.setText(value)

    def read(self) -> str:
        return self.line.text().strip()


class AmountEditor(Editor):
    """A number with its unit; ``none`` are the words of 0 where that stands for no number."""

    def __init__(self, name: str, unit: str, *, each: int, limits: tuple[int, int], none: str = "") -> None:
        self.spin = Spin()
        super().__init__(self.spin)
        self._each, self._none = each, none
        self.spin.setAccessibleName(name)
        self.spin.setRange(*limits)
        self.spin.setSuffix(f"\u00a0{unit}")
        self.spin.setSpecialValueText(none)
        self.spin.valueChanged.connect(lambda _: self.changed.emit())

    def show_value(self, value: Any) -> None:
        self.spin.setValue(round((value or 0) / self._each))

    def read(self) -> int | None:
        return None if self._none and self.spin.value() == 0 else self.spin.value() * self._each


class ChoiceEditor(Editor):
    def __init__(self, name: str, values: Sequence[Any], words: Sequence[str]) -> None:
        self.combo = Picker()
        super().__init__(self.combo)
        self._values = list(values)
        self.combo.setAccessibleName(name)
        self.combo.addItems(words)
        self.combo.activated.connect(lambda _: self.changed.emit())

    def show_value(self, value: Any) -> None:
        self.combo.setCurrentIndex(self._values.index(value))

    def read(self) -> Any:
        return self._values[self.combo.currentIndex()]


class SeveralEditor(Editor):
    """A box to tick for each; values that it does not know stay as they are."""

    def __init__(self, values: Sequence[Any], words: Sequence[str]) -> None:
        super().__init__()
        self.ticks = [Tick(word) for word in words]
        self._values, self._unknown = list(values), list[Any]()
        for tick in self.ticks:
            self.column.addWidget(tick)
            tick.box.clicked.connect(lambda _=False: self.changed.emit())
        self.setFocusProxy(self.ticks[0])

    def show_value(self, value: Any) -> None:
        self._unknown = [each for each in value if each not in self._values]
        for each, tick in zip(self._values, self.ticks, strict=True):
            tick.box.setChecked(each in value)

    def read(self) -> list[Any]:
        ticked = [each for each, tick in zip(self._values, self.ticks, strict=True) if tick.box.isChecked()]
        return sorted([*ticked, *self._unknown], key=lambda each: str(getattr(each, "value", each)))


def rule_editor(name: str, words: Words) -> Editor:
    """The editor of one policy."""
    caption = words(f"sites.field.{name}")
    match RULES[name]:
        case Amount(unit, each):
            return AmountEditor(caption, words(f"sites.unit.{unit}"), each=each, limits=bounds(name, each))
        case Choice(known):
            return ChoiceEditor(caption, list(known), [words(key) for key in known.values()])
        case Several(known):
            return SeveralEditor(list(known), [words(key) if key else str(each) for each, key in known.items()])


def capacity_editor(words: Words) -> Editor:
    people = words("sites.people", n="").strip("\u00a0")
    caption, none = words("sites.field.capacity"), words("sites.no_limit")
    return AmountEditor(caption, people, each=1, limits=(0, _MOST_PEOPLE), none=none)
