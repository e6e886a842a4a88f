"""Where a picture goes: the picture itself, or the place to drop one, with the bar of one that is on its way."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDropEvent,
    QImage,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QApplication, QWidget

from admin_desktop.pictures.reading import source_of
from admin_desktop.shell.progress import Progress
from admin_desktop.shell.words import Words
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.look import palette
from shared.desktop.drawings import Icon
from shared.desktop.fonts import font
from shared.desktop.icons import paint_icon
from shared.desktop.tokens import DESK, DESK_TYPE, SCRIM, SCRIM_OPACITY, WHITE

_ICON = 30.0
_BAR = 8.0


def paint_picture(painter: QPainter, box: QRectF, image: QImage) -> None:
    """Fill the box: what sticks out at two sides is not shown."""
    scale = max(box.width() / image.width(), box.height() / image.height())
    part = QRectF(0, 0, box.width() / scale, box.height() / scale)
    part.moveCenter(QRectF(image.rect()).center())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(box, image, part)
    painter.restore()


def paint_empty(painter: QPainter, box: QRectF, words: Words, *, ask: bool, over: bool = False) -> None:
    """No picture: ``ask`` invites to drop one, ``over`` while one is held over it."""
    look = palette()
    painter.fillRect(box, QColor(look.accent_soft if over else look.sunken))
    lines = [("picture.drop", DESK_TYPE.name, look.text), ("picture.or_file", DESK_TYPE.second, look.muted)]
    lines = lines if ask else []
    top = box.center().y() - (_ICON + len(lines) * 22) / 2
    paint_icon(
        painter,
        Icon.CAMERA if ask else Icon.MACHINE,
        QRectF(box.center().x() - _ICON / 2, top, _ICON, _ICON),
        look.muted,
    )
    for place, (key, (size, weight), colour) in enumerate(lines):
        painter.setFont(font(size=size, weight=weight))
        painter.setPen(QColor(colour))
        row = QRectF(box.left(), top + _ICON + 6 + place * 22, box.width(), 22)
        painter.drawText(row, Qt.AlignmentFlag.AlignCenter, words(key))
    if ask:
        painter.setPen(QPen(QColor(look.accent if over else look.edge), 1.6, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        inner = box.adjusted(12, 12, -12, -12)
        painter.drawRoundedRect(inner, DESK.radius_control, DESK.radius_control)


def paint_progress(painter: QPainter, box: QRectF, words: Words, percent: int) -> None:
    """How far a picture is, over the one that stays until then."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    scrim = QColor(SCRIM)
    scrim.setAlphaF(SCRIM_OPACITY + 0.2)
    painter.fillRect(box, scrim)
    bar = QRectF(box.left() + 24, box.center().y(), box.width() - 48, _BAR)
    painter.setPen(QPen(QColor(WHITE), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(bar, _BAR / 2, _BAR / 2)
    full = QRectF(bar)
    full.setWidth(bar.width() * percent / 100)
    path = QPainterPath()
    path.addRoundedRect(full, _BAR / 2, _BAR / 2)
    painter.fillPath(path, QColor(WHITE))
    painter.setFont(font(size=DESK_TYPE.name[0], weight=DESK_TYPE.name[1]))
    text = words("picture.storing") if percent >= 100 else words("picture.sending", percent=percent)  # noqa: PLR2004
    line = QRectF(QPointF(box.left(), bar.top() - 30), bar.size())
    line.setSize(QRectF(0, 0, box.width(), 24).size())
    painter.drawText(line, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()


class PictureWell(QWidget):
    """One picture of a shape. ``given`` carries a ``Source`` that was dropped or pasted, ``asked`` a click on it."""

    given = Signal(object)
    asked = Signal()
    nothing_to_paste = Signal()

    def __init__(self, words: Words, *, size: QSize, may_change: bool) -> None:
        super().__init__()
        self._words, self._may_change = words, may_change
        self.setFixedSize(size)
        self.picture: QImage | None = None
        self._sending: Progress | None = None
        self._over = False
        self.has_picture = False
        self.setAccessibleName(words("picture.drop"))
        self.setAcceptDrops(may_change)
        if may_change:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.stop = button(words("do.cancel"))
        self.stop.setParent(self)
        self.stop.clicked.connect(self._stop)
        self.stop.hide()

    def show_picture(self, image: QImage | None, *, has_picture: bool) -> None:
        """``has_picture`` with no image: it is still being fetched."""
        self.picture, self.has_picture = image, has_picture
        self.update()

    def show_sending(self, sending: Progress | None) -> None:
        self._sending = sending
        self.stop.setVisible(sending is not None and sending.can_stop)
        self.stop.adjustSize()
        self.stop.move(self.rect().center().x() - self.stop.width() // 2, self.height() // 2 + 24)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        if self._may_change and self._sending is None:
            self.asked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.matches(QKeySequence.StandardKey.Paste) and self._may_change:
            self.paste()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and not event.modifiers():
            self.asked.emit()
        else:
            super().keyPressEvent(event)

    def paste(self) -> None:
        source = source_of(QApplication.clipboard().mimeData())
        if source is None:
            self.nothing_to_paste.emit()
        else:
            self.given.emit(source)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        if source_of(event.mimeData()) is not None:
            self._over = True
            event.acceptProposedAction()
            self.update()

    def dragLeaveEvent(self, event: object) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        self._over = False
        self.update()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        self._over = False
        source = source_of(event.mimeData())
        if source is not None:
            event.acceptProposedAction()
            self.given.emit(source)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        painter, box = QPainter(self), QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(box, DESK.radius_control, DESK.radius_control)
        painter.setClipPath(shape)
        if self.picture is not None:
            paint_picture(painter, box, self.picture)
        if self.picture is None or self._over:
            ask = self._may_change and (self._over or not self.has_picture)
            paint_empty(painter, box, self._words, ask=ask, over=self._over)
        if self._sending is not None:
            paint_progress(painter, box, self._words, self._sending.percent)
        painter.setClipping(False)
        self.paint_focus(painter)
        painter.end()

    def paint_focus(self, painter: QPainter, *, round_one: bool = False) -> None:
        if not self.hasFocus():
            return
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        radius = box.width() / 2 if round_one else DESK.radius_control
        painter.setPen(QPen(QColor(palette().focus), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, radius, radius)

    def _stop(self) -> None:
        if self._sending is not None:
            self._sending.stop()
