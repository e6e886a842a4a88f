"""A person's photo in a disc, or the initials on a tint of their own."""

import zlib

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from shared.desktop.colours import mix
from shared.desktop.fonts import font
from shared.desktop.tokens import INK, TINTS


def initials(name: str) -> str:
    """First letters of the first and the last word; empty for nobody."""
    words = name.split()
    return "".join(word[0].upper() for word in (words[:1] + words[-1:] if len(words) > 1 else words))


def paint_avatar(painter: QPainter, box: QRectF, name: str, photo: QImage | None = None) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    path = QPainterPath()
    path.addEllipse(box)
    if photo is not None and not photo.isNull():
        painter.setClipPath(path)
        side = min(photo.width(), photo.height())
        source = QRectF((photo.width() - side) / 2, (photo.height() - side) / 2, side, side)
        painter.drawImage(box, photo, source)
    else:
        tint = TINTS[zlib.crc32(name.encode()) % len(TINTS)]
        painter.fillPath(path, QBrush(QColor(tint)))
        painter.setFont(font(size=box.height() * 0.38, weight=600))
        painter.setPen(QColor(mix(tint, INK, 0.78)))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, initials(name))
    painter.restore()


class Avatar(QWidget):
    """A disc of ``size`` pixels."""

    def __init__(self, *, size: int = 84) -> None:
        super().__init__()
        self._name, self._photo = "", None
        self.setFixedSize(QSize(size, size))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_person(self, name: str, photo: QImage | None = None) -> None:
        self._name, self._photo = name, photo  # type: ignore[assignment]
        self.setAccessibleName(name)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        painter = QPainter(self)
        paint_avatar(painter, QRectF(QPointF(0, 0), self.size()), self._name, self._photo)
        painter.end()
