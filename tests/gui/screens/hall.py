"""A painted stand-in for what a kiosk's camera sees: a person in a hall, a phone with a code held up."""

import segno
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter, QPainterPath, QRadialGradient

SIZE = QSize(1280, 720)


def hall_picture(code: str = "FIT MONITOR HALL") -> QImage:
    """As a camera gives it: not mirrored. The code stands where the landscape screen's aiming frame is."""
    image = QImage(SIZE, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    _hall(painter)
    _person(painter)
    _phone(painter, code)
    painter.end()
    return image.flipped(Qt.Orientation.Horizontal)


def _rgb(red: int, green: int, blue: int) -> QColor:
    return QColor(red, green, blue)


def _hall(painter: QPainter) -> None:
    wall = QLinearGradient(0, 0, 0, 720)
    wall.setColorAt(0, _rgb(124, 130, 129))
    wall.setColorAt(1, _rgb(62, 68, 70))
    painter.fillRect(QRectF(0, 0, 1280, 720), wall)
    for x in (430, 640, 850):
        lamp = QRadialGradient(QPointF(x, 60), 70)
        lamp.setColorAt(0, _rgb(255, 253, 244))
        lamp.setColorAt(1, QColor(255, 253, 244, 0))
        painter.fillRect(QRectF(x - 70, 0, 140, 130), lamp)
    painter.fillRect(QRectF(756, 130, 150, 260), _rgb(168, 190, 204))
    painter.fillRect(QRectF(300, 210, 130, 250), _rgb(139, 96, 70))
    painter.fillRect(QRectF(0, 470, 1280, 250), _rgb(52, 57, 58))


def _person(painter: QPainter) -> None:
    body = QPainterPath()
    body.moveTo(360, 720)
    body.cubicTo(380, 480, 520, 420, 640, 420)
    body.cubicTo(760, 420, 900, 480, 920, 720)
    painter.fillPath(body, _rgb(43, 78, 104))
    painter.setBrush(_rgb(196, 143, 108))
    painter.drawRoundedRect(QRectF(592, 240, 96, 200), 40, 40)
    painter.drawEllipse(QPointF(640, 180), 80, 104)
    hair = QPainterPath()
    hair.addEllipse(QPointF(640, 150), 92, 100)
    face = QPainterPath()
    face.addEllipse(QPointF(640, 206), 74, 96)
    painter.fillPath(hair.subtracted(face), _rgb(48, 34, 28))


def _phone(painter: QPainter, code: str) -> None:
    painter.save()
    painter.translate(638, 470)
    painter.rotate(-4)
    painter.setBrush(_rgb(196, 143, 108))
    for y in (-60, -8, 44, 96):
        painter.drawRoundedRect(QRectF(96, y, 56, 46), 22, 22)
    painter.drawRoundedRect(QRectF(-150, -40, 90, 260), 44, 44)
    painter.setBrush(_rgb(12, 14, 15))
    painter.drawRoundedRect(QRectF(-126, -218, 252, 470), 30, 30)
    painter.setBrush(_rgb(250, 250, 247))
    painter.drawRoundedRect(QRectF(-114, -206, 228, 446), 20, 20)
    painter.setBrush(_rgb(60, 66, 68))
    painter.drawRoundedRect(QRectF(-56, -166, 112, 14), 7, 7)
    painter.drawRoundedRect(QRectF(-44, 110, 88, 10), 5, 5)
    _code(painter, code, QRectF(-86, -88, 172, 172))
    painter.restore()


def _code(painter: QPainter, text: str, box: QRectF) -> None:
    rows = [list(row) for row in segno.make_qr(text, error="m").matrix]
    step = box.width() / len(rows)
    dark = QPainterPath()
    for y, row in enumerate(rows):
        for x, is_dark in enumerate(row):
            if is_dark:
                dark.addRect(QRectF(box.left() + x * step, box.top() + y * step, step, step))
    painter.fillPath(dark.simplified(), _rgb(12, 14, 15))
