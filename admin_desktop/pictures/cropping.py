"""The sheet in which the part of a picture to keep is chosen: dragged and zoomed by hand, or all by keys."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QSlider, QVBoxLayout, QWidget

from admin_desktop.pictures.crop import MAX_ZOOM, Crop
from admin_desktop.pictures.reading import cut_out
from admin_desktop.shell.context import Context
from admin_desktop.widgets.labels import label
from admin_desktop.widgets.sheet import Sheet
from shared.desktop.tokens import SCRIM, WHITE

_STEP, _FAR = 0.02, 0.1
_WHEEL, _KEY = 1.1, 1.15
_MARGIN = 24.0
_WIDTH, _HEIGHT = 620, 440
_ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
_SLIDER = 100


class CropView(QWidget):
    """The picture behind a frame that stays where it is. ``round_frame`` shows what a disc will show of it."""

    changed = Signal()

    def __init__(self, image: QImage, aspect: float, *, round_frame: bool = False) -> None:
        super().__init__()
        self._image = image
        self._round = round_frame
        self._held: QPointF | None = None
        self.crop = Crop(image.width(), image.height(), aspect)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setFixedHeight(_HEIGHT)

    def set_crop(self, crop: Crop) -> None:
        self.crop = crop
        self.changed.emit()
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() in _ARROWS:
            share = _FAR if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else _STEP
            across, down = _ARROWS[Qt.Key(event.key())]
            part = self.crop.part
            self.set_crop(self.crop.moved(across * share * part.width, down * share * part.height))
        elif event.text() in ("+", "="):
            self.set_crop(self.crop.zoomed(self.crop.zoom * _KEY))
        elif event.text() == "-":
            self.set_crop(self.crop.zoomed(self.crop.zoom / _KEY))
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        steps = event.angleDelta().y() / 120
        self.set_crop(self.crop.zoomed(self.crop.zoom * _WHEEL**steps))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self._held = event.position()
        self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if self._held is None:
            return
        way, self._held = event.position() - self._held, event.position()
        self.set_crop(self.crop.moved(-way.x() / self._scale, -way.y() / self._scale))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        self._held = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    @property
    def frame(self) -> QRectF:
        """Where the frame is on the screen."""
        room = QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        width = min(room.width(), room.height() * self.crop.aspect)
        made = QRectF(0, 0, width, width / self.crop.aspect)
        made.moveCenter(room.center())
        return made

    @property
    def _scale(self) -> float:
        """Pixels of the screen for one of the picture."""
        return self.frame.width() / self.crop.part.width

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        painter, frame, part, scale = QPainter(self), self.frame, self.crop.part, self._scale
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), QColor(SCRIM))
        corner = frame.topLeft() - QPointF(part.left, part.top) * scale
        painter.drawImage(QRectF(corner, self._image.size().toSizeF() * scale), self._image)
        hole, outside = QPainterPath(), QPainterPath()
        hole.addEllipse(frame) if self._round else hole.addRect(frame)
        outside.addRect(QRectF(self.rect()))
        dim = QColor(SCRIM)
        dim.setAlphaF(0.66)
        painter.fillPath(outside.subtracted(hole), dim)
        painter.setPen(QPen(QColor(WHITE), 3 if self.hasFocus() else 1.5))
        painter.drawPath(hole)
        painter.end()


class CropSheet(Sheet):
    """``then`` gets the kept part as a JPEG, ``width`` pixels wide at the most."""

    def __init__(
        self,
        context: Context,
        image: QImage,
        *,
        aspect: float,
        width: int,
        then: Callable[[bytes], None],
        round_frame: bool = False,
    ) -> None:
        words = context.words
        self.view = CropView(image, aspect, round_frame=round_frame)
        self.view.setAccessibleName(words("picture.crop"))
        self.view.setAccessibleDescription(words("picture.crop.hint"))
        self.zoom = QSlider(Qt.Orientation.Horizontal)
        self.zoom.setRange(_SLIDER, round(MAX_ZOOM * _SLIDER))
        self.zoom.setAccessibleName(words("picture.zoom"))
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.view)
        row = QHBoxLayout()
        row.addWidget(label(words("picture.zoom"), "head"))
        row.addWidget(self.zoom, 1)
        column.addLayout(row)
        column.addWidget(label(words("picture.crop.hint"), "muted", wrap=True))
        column.addStretch(1)
        super().__init__(context.stage, words("picture.crop"), body, leave_text=words("do.cancel"), width=_WIDTH)
        self._context, self._image, self._width, self._then = context, image, width, then
        self.zoom.valueChanged.connect(self._zoom_by_slider)
        self.view.changed.connect(self._show_zoom)
        self.add_main(words("picture.use"), self.use)
        self.view.setFocus()

    def use(self) -> None:
        image, crop, width = self._image, self.view.crop, self._width
        self.work(busy=True)
        self._context.ask(lambda: cut_out(image, crop, width=width), self._cut)

    def _cut(self, content: bytes) -> None:
        self.close_it()
        self._then(content)

    def _zoom_by_slider(self, value: int) -> None:
        if round(self.view.crop.zoom * _SLIDER) != value:
            self.view.set_crop(self.view.crop.zoomed(value / _SLIDER))

    def _show_zoom(self) -> None:
        self.zoom.setValue(round(self.view.crop.zoom * _SLIDER))
