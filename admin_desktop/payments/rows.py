"""Rows of a receipt or a slip as widgets."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from admin_desktop.payments.printing import PrintRow
from admin_desktop.widgets.labels import label, rule

_ROLES = {"title": "card", "strong": "name", "plain": "body", "quiet": "muted"}


class RowsView(QWidget):
    """Shows rows below one another; others with ``show_rows``."""

    def __init__(self, rows: Sequence[PrintRow] = ()) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._column.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.show_rows(rows)

    def show_rows(self, rows: Sequence[PrintRow]) -> None:
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for row in rows:
            self._column.addWidget(rule() if row.look == "rule" else _row(row))


def _row(row: PrintRow) -> QWidget:
    holder, role = QWidget(), _ROLES[row.look]
    line = QHBoxLayout(holder)
    line.setContentsMargins(0, 0, 0, 0)
    line.addWidget(label(row.left, role, wrap=True), 1)
    if row.right:
        line.addWidget(label(row.right, role), 0, Qt.AlignmentFlag.AlignTop)
    return holder
