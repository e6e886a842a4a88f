"""Texts of one role each (title, card, name, muted, ...): the style sheet gives them size and colour."""

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSizePolicy, QWidget

from admin_desktop.widgets.look import palette
from shared.desktop.drawings import Icon
from shared.desktop.icons import paint_icon


def label(text: str = "", role: str = "body", *, wrap: bool = False) -> QLabel:
    """A text. Never rich: what people typed must not become markup."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    made.setWordWrap(wrap)
    if role not in ("head", "muted"):
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


def mail_that_wraps(mail: str) -> str:
    """An address that goes on in the next line before its @ where it is too long; for labels that nobody copies from."""
    return mail.replace("@", "\N{ZERO WIDTH SPACE}@")


def rule() -> QFrame:
    """A thin line between parts of a card."""
    made = QFrame()
    made.setProperty("role", "rule")
    made.setFixedHeight(1)
    return made


class _Bare(QScrollArea):
    """Gives its body the height that its wrapped texts need at this width: Qt asks for the least one only."""

    def __init__(self, body: QWidget) -> None:
        super().__init__()
        self._body = body
        body.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if watched is self._body and event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        layout = self._body.layout()
        if layout is not None and layout.hasHeightForWidth():
            self._body.setMinimumHeight(layout.totalHeightForWidth(self.viewport().width()))


def bare(body: QWidget) -> QScrollArea:
    """A body that scrolls up and down where there is no room, on the ground of what it stands on."""
    body.setProperty("role", "bare")
    scroll = _Bare(body)
    scroll.setWidgetResizable(True)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.viewport().setProperty("role", "bare")
    scroll.setWidget(body)
    return scroll


class IconLabel(QWidget):
    """An icon in one colour of the palette; decoration, so it has no name for screen readers."""

    def __init__(self, icon: Icon, *, size: int = 20, colour: str = "muted") -> None:
        super().__init__()
        self._icon = icon
        self._colour = colour
        self.setFixedSize(QSize(size, size))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_icon(painter, self._icon, QRectF(self.rect()), getattr(palette(), self._colour))
        painter.end()
