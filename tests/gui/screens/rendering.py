"""Renders a view as the window shows it, into an image."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from kiosk.screens.face import Face
from kiosk.screens.view import View


def render(view: View, size: QSize, picture: QImage | None = None, *, left: float = 0.7) -> QImage:
    face = Face(view)
    face.resize(size)
    face.stage.show_picture(picture)
    face.stage.show_time_left(left)
    image = face.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    face.deleteLater()
    return image
