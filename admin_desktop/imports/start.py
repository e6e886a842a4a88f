"""Where a file goes, and the imports so far."""

from pathlib import Path

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from admin_desktop.shell.words import Words
from admin_desktop.widgets.labels import IconLabel, label
from admin_desktop.widgets.look import palette
from shared.desktop.drawings import Icon
from shared.desktop.tokens import DESK

_HEIGHT = 168


class DropPlace(QWidget):
    """``dropped`` carries the path of a file, ``asked`` is a click or Enter."""

    dropped = Signal(object)
    asked = Signal()

    def __init__(self, words: Words) -> None:
        super().__init__()
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(words("imports.drop"))
        self._over = False
        column = QVBoxLayout(self)
        column.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.setSpacing(6)
        column.addWidget(IconLabel(Icon.IMPORT, size=32), 0, Qt.AlignmentFlag.AlignHCenter)
        for text, role in (("imports.drop", "name"), ("imports.drop.kinds", "muted")):
            line = label(words(text), role)
            line.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)  # a click on it asks for a file
            column.addWidget(line, 0, Qt.AlignmentFlag.AlignHCenter)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        if _file_in(event) is not None:
            event.acceptProposedAction()
            self._show_over(over=True)

    def dragLeaveEvent(self, event: object) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        self._show_over(over=False)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        self._show_over(over=False)
        path = _file_in(event)
        if path is not None:
            event.acceptProposedAction()
            self.dropped.emit(path)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        self.asked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and not event.modifiers():
            self.asked.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        look, painter = palette(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = look.focus if self.hasFocus() else look.accent if self._over else look.edge
        painter.setPen(QPen(QColor(edge), 2 if self.hasFocus() else 1.4, Qt.PenStyle.DashLine))
        painter.setBrush(QColor(look.accent_soft if self._over else look.surface))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), DESK.radius_card, DESK.radius_card)
        painter.end()

    def _show_over(self, *, over: bool) -> None:
        self._over = over
        self.update()


def _file_in(event: QDropEvent) -> Path | None:
    """The one file that is held or dropped; several are none."""
    urls = event.mimeData().urls()
    return Path(urls[0].toLocalFile()) if len(urls) == 1 and urls[0].isLocalFile() else None
