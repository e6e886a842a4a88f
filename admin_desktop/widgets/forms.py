"""Fields with their label above, a hint below, and an error in its place when what was typed cannot be taken."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import (
    QDateEdit,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from admin_desktop.widgets.labels import label
from admin_desktop.widgets.picker import Picker
from admin_desktop.widgets.tick import Tick
from shared.errors import InvalidInput

Value = TypeVar("Value")
Choice = TypeVar("Choice")


class Field(QWidget, Generic[Value]):
    """One value, in an ``editor``; ``changed`` is every change by hand.

    ``read`` takes it out as a value, and raises ``InvalidInput`` with a sentence when it cannot be taken.
    """

    changed = Signal()

    def __init__(self, caption: str, editor: QWidget, read: Callable[[], Value], *, hint: str = "") -> None:
        super().__init__()
        self.editor = editor
        self.value = read
        self.caption = label(caption, "head")
        self._hint = label(hint, "muted", wrap=True)
        self._error = label("", "error", wrap=True)
        self.caption.setBuddy(editor)
        editor.setAccessibleName(caption)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for part in (self.caption, editor, self._hint, self._error):
            column.addWidget(part)
        self._hint.setVisible(bool(hint))
        self._error.hide()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def complain(self, sentence: str) -> None:
        """Show what is wrong, or nothing when the sentence is empty."""
        self._error.setText(sentence)
        self._error.setVisible(bool(sentence))
        self.editor.setProperty("wrong", "true" if sentence else "false")
        self.editor.style().unpolish(self.editor)
        self.editor.style().polish(self.editor)
        self.editor.setAccessibleDescription(sentence)

    @property
    def complaint(self) -> str:
        return self._error.text()


class TextField(Field[str]):
    """A line of text, without white space around it. ``read`` turns it into what is wanted, or raises InvalidInput."""

    def __init__(
        self,
        caption: str,
        text: str = "",
        *,
        hint: str = "",
        needed: str = "",
        secret: bool = False,
        longest: int = 200,
    ) -> None:
        """``needed``: the sentence shown when it is left empty; empty when it may be."""
        line = QLineEdit(text)
        line.setMaxLength(longest)
        if secret:
            line.setEchoMode(QLineEdit.EchoMode.Password)
        super().__init__(caption, line, self._read, hint=hint)
        self.line, self._needed = line, needed
        line.textEdited.connect(lambda _: self._edited())

    def _edited(self) -> None:
        self.complain("")
        self.changed.emit()

    def _read(self) -> str:
        text = self.line.text().strip()
        if self._needed and not text:
            raise InvalidInput(self._needed)
        return text


class NotesField(Field[str]):
    """Some lines of text."""

    def __init__(self, caption: str, text: str = "", *, hint: str = "", lines: int = 3) -> None:
        box = QPlainTextEdit(text)
        box.setTabChangesFocus(True)
        box.setFixedHeight(lines * 22 + 22)
        super().__init__(caption, box, lambda: box.toPlainText().strip(), hint=hint)
        self.box = box
        box.textChanged.connect(self.changed)


class ChoiceField(Field[Choice], Generic[Choice]):
    """One of some values, by their words."""

    def __init__(
        self, caption: str, choices: Sequence[tuple[Choice, str]], chosen: Choice | None = None, *, hint: str = ""
    ) -> None:
        combo = Picker()
        super().__init__(caption, combo, lambda: self._values[combo.currentIndex()], hint=hint)
        self.combo = combo
        self._values = [value for value, _ in choices]
        combo.addItems([word for _, word in choices])
        if chosen in self._values:
            combo.setCurrentIndex(self._values.index(chosen))
        combo.activated.connect(lambda _: self.changed.emit())

    def offer_more(self, choices: Sequence[tuple[Choice, str]]) -> None:
        """Add values that became known later; what is chosen stays."""
        self._values += [value for value, _ in choices]
        self.combo.addItems([word for _, word in choices])


class DateField(Field[Any]):
    """A day."""

    def __init__(self, caption: str, day: Any, *, hint: str = "", earliest: Any = None) -> None:
        edit = QDateEdit(QDate(day.year, day.month, day.day))
        edit.setCalendarPopup(True)
        edit.setDisplayFormat("d MMM yyyy")
        if earliest is not None:
            edit.setMinimumDate(QDate(earliest.year, earliest.month, earliest.day))
        super().__init__(caption, edit, lambda: edit.date().toPython(), hint=hint)
        self.edit = edit
        edit.userDateChanged.connect(lambda _: self.changed.emit())


class TickField(Field[bool]):
    """Yes or no, said beside the box."""

    def __init__(self, caption: str, *, on: bool = False, hint: str = "") -> None:
        tick = Tick(caption, on=on)
        super().__init__(caption, tick, tick.box.isChecked, hint=hint)
        self.caption.hide()
        self.box = tick.box
        tick.box.clicked.connect(lambda _: self.changed.emit())


class Form(QWidget):
    """Fields below one another."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, Field[Any]] = {}
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(14)
        self.column.setAlignment(Qt.AlignmentFlag.AlignTop)

    def add(self, name: str, field: Field[Value]) -> Field[Value]:
        self.fields[name] = field
        self.column.addWidget(field)
        field.changed.connect(self.changed)
        return field

    def values(self) -> dict[str, Any] | None:
        """All values by name; None when one cannot be taken: it says so and has the focus."""
        found: dict[str, Any] = {}
        wrong: Field[Any] | None = None
        for name, field in self.fields.items():
            try:
                found[name] = field.value()
                field.complain("")
            except InvalidInput as error:
                field.complain(str(error))
                wrong = wrong or field
        if wrong is not None:
            wrong.editor.setFocus()
            return None
        return found

    def complain(self, name: str | None, sentence: str) -> bool:
        """Show a complaint of the server at the field it is about; False when it is about none of these."""
        field = self.fields.get((name or "").rpartition(".")[2])
        if field is None:
            return False
        field.complain(sentence)
        field.editor.setFocus()
        return True
