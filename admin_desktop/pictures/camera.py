"""A picture from this PC's camera: it is looked at in a thread of its own, and only while its sheet is open."""

import contextlib
import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from admin_desktop.shell.context import Context
from admin_desktop.widgets.labels import label
from admin_desktop.widgets.look import palette
from admin_desktop.widgets.sheet import Sheet

_FRAME_S = 1 / 25
_VIEW = QSize(384, 288)


class CameraFeed(QObject):
    """``seen`` carries each picture, upright and unmirrored; ``lost``: there is no camera, or not any more.

    ``source`` is a device number, a device path, or a film to play in its place.
    """

    seen = Signal(QImage)
    lost = Signal()

    def __init__(self, source: str) -> None:
        super().__init__()
        self._source: int | str = int(source) if source.isdigit() else source
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="photo camera", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Let go of the camera, as soon as the picture that is being read is there. Waits for nothing."""
        self._stopped.set()

    def _run(self) -> None:
        import cv2  # noqa: PLC0415  # slow to load, and not on the GUI's thread

        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)  # a missing camera is told in our words
        capture = cv2.VideoCapture(self._source)
        with contextlib.ExitStack() as ending:
            ending.callback(capture.release)
            ending.enter_context(contextlib.suppress(RuntimeError))  # the window has gone meanwhile
            while not self._stopped.is_set():
                good, frame = capture.read()
                if not good:
                    self.lost.emit()
                    return
                self.seen.emit(_image(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)))
                self._stopped.wait(_FRAME_S)


class CameraSheet(Sheet):
    """The camera, mirrored as people know themselves; ``taken`` gets the picture as it is."""

    def __init__(self, context: Context, taken: Callable[[QImage], None]) -> None:
        words = context.words
        self.view = _View(words("camera.view"))
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        column.addWidget(self.view, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(label(words("camera.hint"), "muted", wrap=True))
        column.addStretch(1)
        super().__init__(context.stage, words("camera.title"), body, leave_text=words("do.cancel"))
        self._context, self._taken = context, taken
        press = self.add_main(words("camera.take"), self.take)
        press.setEnabled(False)
        self.feed = CameraFeed(context.camera)
        self.feed.seen.connect(self._show)
        self.feed.lost.connect(self._lost)
        self.closed.connect(self.feed.stop)
        self.feed.start()

    def take(self) -> None:
        """Keep what is seen now."""
        image = self.view.image
        if image is not None:
            self.close_it()
            self._taken(image)

    def _show(self, image: QImage) -> None:
        if self.view.image is None and self.main is not None:
            self.main.setEnabled(True)
            self.main.setFocus()
        self.view.show_image(image)

    def _lost(self) -> None:
        """What was seen last can still be taken."""
        key = "camera.none" if self.view.image is None else "camera.lost"
        self.say(self._context.words(key))


class _View(QWidget):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.image: QImage | None = None
        self.setFixedSize(_VIEW)
        self.setAccessibleName(name)

    def show_image(self, image: QImage) -> None:
        self.image = image
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        painter, box, shape = QPainter(self), QRectF(self.rect()), QPainterPath()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        shape.addRoundedRect(box, 8, 8)
        painter.fillPath(shape, QColor(palette().line))
        if self.image is not None:
            size = QSize(self.image.size()).scaled(_VIEW, Qt.AspectRatioMode.KeepAspectRatio)
            at = QRectF(
                (box.width() - size.width()) / 2, (box.height() - size.height()) / 2, size.width(), size.height()
            )
            painter.setClipPath(shape)
            painter.translate(box.width(), 0)
            painter.scale(-1, 1)
            painter.drawImage(at, self.image)
        painter.end()


def _image(frame: Any) -> QImage:
    """A picture of its own: the frame's memory is the camera's."""
    height, width, _ = frame.shape
    return QImage(frame.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
