"""One of some values from a list that opens: Qt's combo box, with a chevron of our own."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox

from admin_desktop.widgets.look import palette
from shared.desktop.drawings import Icon
from shared.desktop.icons import paint_icon

_SIZE, _RIGHT = 14.0, 24.0


class Picker(QComboBox):
    """The wheel scrolls the page and changes nothing here."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        super().paintEvent(event)
        painter = QPainter(self)
        box = QRectF(self.width() - _RIGHT, (self.height() - _SIZE) / 2, _SIZE, _SIZE)
        paint_icon(painter, Icon.CHEVRON, box, palette().muted)
        painter.end()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        event.ignore()
