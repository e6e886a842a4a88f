"""The desk's buttons: one class that paints icon, gap and label, in the kinds of the style sheet."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtWidgets import QPushButton

from admin_desktop.widgets.look import palette
from shared.desktop.drawings import Icon
from shared.desktop.icons import paint_icon

_ICON = 18
_COLOURS = {"main": "on_accent", "danger": "denied", "quiet": "accent"}


class _Engine(QIconEngine):
    """Our drawing as a Qt icon, painted anew in the colours of the day."""

    def __init__(self, icon: Icon, kind: str) -> None:
        super().__init__()
        self._icon = icon
        self._kind = kind

    def paint(self, painter: QPainter, rect, mode, state) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001, ARG002 - Qt's signature
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        disabled = mode is QIcon.Mode.Disabled
        colour = palette().muted if disabled else getattr(palette(), _COLOURS.get(self._kind, "text"))
        paint_icon(painter, self._icon, QRectF(rect), colour)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, made.rect(), mode, state)
        painter.end()
        return made

    def clone(self) -> QIconEngine:
        return _Engine(self._icon, self._kind)


def button(text: str, *, kind: str = "plain", icon: Icon | None = None, name: str | None = None) -> QPushButton:
    """A button: ``plain``, ``main`` (one a page), ``danger``, ``quiet``, ``nav``, ``filter``.

    ``name`` is what a screen reader says where the text says too little.
    """
    made = QPushButton(f" {text}" if icon is not None and text else text)
    made.setProperty("kind", kind)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    made.setAccessibleName(name or text)
    if icon is not None:
        made.setIcon(QIcon(_Engine(icon, kind)))
        made.setIconSize(QSize(_ICON, _ICON))
        if not text:
            made.setToolTip(name or "")
    return made
