"""A rule as a line: its name, what it means, its value. A line that was changed and not sent is tinted."""

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QFrame, QVBoxLayout

from admin_desktop.sites.editors import Editor
from admin_desktop.widgets.labels import label

_EDITOR = 210


class Line(QFrame):
    """Holds the value that the cloud has, and shows the one that was chosen."""

    changed = Signal()

    def __init__(self, name: str, about: str, editor: Editor, *, below: bool = False) -> None:
        """``below``: the editor has the whole width."""
        super().__init__()
        self.setProperty("role", "line")
        self.editor = editor
        self.saved: Any = None
        self._shown: Any = None
        row = QBoxLayout(QBoxLayout.Direction.TopToBottom if below else QBoxLayout.Direction.LeftToRight, self)
        row.setContentsMargins(12, 10, 12, 10)
        row.setSpacing(10 if below else 24)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        self.name, self.about = label(name, "name", wrap=True), label(about, "muted", wrap=True)
        self.problem = label("", "error", wrap=True)
        self.problem.hide()
        for part in (self.name, self.about, self.problem):
            texts.addWidget(part)
        row.addLayout(texts, 1)
        if below:
            row.addWidget(editor)
        else:
            editor.setFixedWidth(_EDITOR)
            row.addWidget(editor, 0, Qt.AlignmentFlag.AlignTop)
        editor.changed.connect(self._edited)

    @property
    def is_changed(self) -> bool:
        return bool(self.editor.read() != self._shown)

    def value(self) -> Any:
        """What is to be sent: what the cloud has, to the second, unless it was changed here."""
        return self.editor.read() if self.is_changed else self.saved

    def show_saved(self, value: Any) -> None:
        """Show what the cloud has, and forget what was changed here."""
        self.saved = value
        blocked = self.editor.blockSignals(True)
        self.editor.show_value(value)
        self.editor.blockSignals(blocked)
        self._shown = self.editor.read()
        self.complain("")
        self._tint()

    def merge(self, value: Any) -> None:
        """Somebody else's value comes; what was changed here stays chosen."""
        if not self.is_changed:
            self.show_saved(value)
            return
        chosen = self.editor.read()
        self.show_saved(value)
        self.editor.show_value(chosen)
        self._edited()

    def complain(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    def _edited(self) -> None:
        self.complain("")
        self._tint()
        self.changed.emit()

    def _tint(self) -> None:
        tinted = "true" if self.is_changed else "false"
        if self.property("tinted") != tinted:
            self.setProperty("tinted", tinted)
            self.style().unpolish(self)
            self.style().polish(self)
