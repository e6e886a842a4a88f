"""A line to search with as one types."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QLineEdit

_PACE_MS = 40


class SearchLine(QLineEdit):
    """``searched`` says to look for what stands here: at once for a key after a pause, then every ``pace_ms`` at most.

    ``only_typed``: what the program writes into the line is no search.
    """

    searched = Signal()

    def __init__(self, hint: str, *, only_typed: bool = False, pace_ms: int = _PACE_MS) -> None:
        super().__init__()
        self.setPlaceholderText(hint)
        self.setAccessibleName(hint)
        self.setClearButtonEnabled(True)
        self._is_behind = False
        self._pause = QTimer(self, singleShot=True, interval=pace_ms)
        self._pause.timeout.connect(self._catch_up)
        (self.textEdited if only_typed else self.textChanged).connect(lambda _: self._typed())

    def forget(self) -> None:
        """No search follows for what was typed so far: Enter has taken it."""
        self._is_behind = False

    def _typed(self) -> None:
        self._is_behind = True
        if not self._pause.isActive():
            self._catch_up()

    def _catch_up(self) -> None:
        if self._is_behind:
            self._is_behind = False
            self._pause.start()
            self.searched.emit()
