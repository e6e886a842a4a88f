"""A box to tick with its words beside it, which wrap and can be pressed too."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QWidget

from admin_desktop.widgets.look import palette
from shared.desktop.drawings import Icon
from shared.desktop.icons import paint_icon

_SIDE = 20


class _Box(QCheckBox):
    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(_SIDE + 4, _SIDE + 12)

    def hitButton(self, pos: object) -> bool:  # noqa: ARG002, N802 - Qt's name and signature
        return True

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        look, painter = palette(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(2, (self.height() - _SIDE) / 2, _SIDE, _SIDE)
        on = self.isChecked()
        edge = look.focus if self.hasFocus() else look.accent if on else look.edge
        painter.setPen(QPen(QColor(edge), 2 if self.hasFocus() else 1.5))
        painter.setBrush(QColor(look.accent if on else look.surface))
        painter.drawRoundedRect(box, 5, 5)
        if on:
            paint_icon(painter, Icon.TICK, box.adjusted(3, 3, -3, -3), look.on_accent)
        painter.end()


class _Words(QLabel):
    def __init__(self, box: QCheckBox) -> None:
        super().__init__()
        self._box = box

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        self._box.click()


class Tick(QWidget):
    """``box`` is the check box itself."""

    def __init__(self, text: str, *, on: bool = False) -> None:
        super().__init__()
        self.box = _Box()
        self.box.setAccessibleName(text)
        self.box.setChecked(on)
        self.box.setCursor(Qt.CursorShape.PointingHandCursor)
        words = _Words(self.box)
        words.setText(text)
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setWordWrap(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.box, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(words, 1)
        self.setFocusProxy(self.box)
