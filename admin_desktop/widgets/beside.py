"""A list, and beside it the card of what is chosen in it; in a narrow window the card lies over the list while wanted."""

from collections.abc import Callable

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QVBoxLayout, QWidget

from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.table import Table
from shared.desktop.drawings import Icon
from shared.desktop.tokens import DESK

NARROW_BELOW = 1360
"""Of the window: where list and card have not room enough beside one another."""


class Beside(QWidget):
    """``left`` holds the ``table``. In a narrow window a click on a row, or Enter, opens the card, and Esc closes it.

    ``opened`` is what Enter and a double click do where the card is on the screen already.
    """

    def __init__(
        self,
        left: QLayout,
        card: QWidget,
        table: Table,
        *,
        close: str,
        opened: Callable[[], object] = lambda: None,
    ) -> None:
        """``close`` is the name of the button that closes the card."""
        super().__init__()
        self.card, self._table, self._opened = card, table, opened
        self._wide = True
        self.close_button = button("", kind="quiet", icon=Icon.CLOSE, name=close)
        self.close_button.clicked.connect(self.close_card)
        self._side = QWidget(self)
        inner = self._inner = QVBoxLayout(self._side)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(4)
        inner.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignRight)
        inner.addWidget(card, 1)
        self.close_button.hide()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(DESK.gap)
        self._row.addLayout(left, 1)
        self._row.addWidget(self._side)
        table.clicked.connect(lambda _: self.show_card())
        table.opened.connect(lambda _: self._open())

    @property
    def is_over(self) -> bool:
        """Whether the card lies over the list now."""
        return not self._wide and self._side.isVisible()

    def show_card(self) -> None:
        """Something is chosen that is to be seen whole."""
        if not self._wide:
            self._place()
            self._side.show()
            self._side.raise_()

    def close_card(self) -> None:
        """Back to the list; beside it the card stays."""
        if self.is_over:
            self._side.hide()
            self._table.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() == Qt.Key.Key_Escape and self.is_over:
            self.close_card()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        wide = self.window().width() >= NARROW_BELOW
        if wide is not self._wide:
            self._turn(wide=wide)
        if not wide:
            self._place()

    def _turn(self, *, wide: bool) -> None:
        self._wide = wide
        self.close_button.setVisible(not wide)
        self._side.setAutoFillBackground(not wide)
        self._inner.setContentsMargins(0 if wide else DESK.gap, 0, 0, 0)
        if wide:
            self._row.addWidget(self._side)
        else:
            self._row.removeWidget(self._side)
        self._side.setVisible(wide)

    def _open(self) -> None:
        if self._wide or self.is_over:
            self._opened()
        else:
            self.show_card()
            self.close_button.setFocus()

    def _place(self) -> None:
        width = min(self._side.sizeHint().width(), self.width())
        self._side.setGeometry(QRect(self.width() - width, 0, width, self.height()))
