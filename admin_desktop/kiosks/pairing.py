"""A pairing on the screen: the code as a picture and as a text, how long it is good, and that the kiosk has joined."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from admin_desktop.shell.changing import changing
from admin_desktop.shell.context import Context
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.labels import IconLabel, label
from shared.contracts.kiosks import DeviceInfo, EnrolmentCode
from shared.desktop.drawings import Icon

_QR, _MARGIN = 232, 0
_GROUND = Qt.GlobalColor.white
"""A camera reads black on white, in every theme."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """A code that is shown, with its picture, for a kiosk of this name; ``where`` is its site and direction in words."""

    device_id: UUID
    name: str
    where: str
    code: str
    text: str
    picture: QImage
    expires_at: datetime

    @property
    def made_at(self) -> datetime:
        """Not before this: a code lives for 15 minutes. A kiosk that joined earlier did so by an earlier one."""
        return self.expires_at - timedelta(minutes=15)

    def is_joined(self, info: DeviceInfo) -> bool:
        return info.enrolled_at is not None and info.enrolled_at >= self.made_at


def read_code(code: EnrolmentCode, name: str, where: str) -> Pairing:
    """Decode the picture: off the GUI thread."""
    picture = QImage.fromData(code.png)
    return Pairing(code.device_id, name, where, code.code, code.pairing, picture, code.expires_at)


class PairingPanel(QWidget):
    """Shows one pairing until it is closed."""

    def __init__(self, context: Context, *, again: Callable[[], None], close: Callable[[], None]) -> None:
        super().__init__()
        words = context.words
        self._context = context
        self.pairing: Pairing | None = None
        self.has_joined = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.title = label("", "card", wrap=True)
        self.where = label("", "muted", wrap=True)
        self.hint = label(words("kiosks.hold_up"), wrap=True)
        self.picture = _Picture(words("kiosks.qr"))
        self.code = label("", "number")
        self.code.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.tick = IconLabel(Icon.TICK, size=48, colour="granted")
        self.time_left = label("", "muted", wrap=True)
        self.copy = button(words("kiosks.copy"), icon=Icon.PAPER)
        self.copy.clicked.connect(self._copy)
        self.again_button = button(words("kiosks.new_code"), icon=Icon.REFRESH)
        self.again_button.clicked.connect(again)
        changing(context, self.again_button, "device.change")
        self.close_button = button(words("kiosks.stop"), kind="quiet")
        self.close_button.clicked.connect(close)
        column.addWidget(self.title)
        column.addWidget(self.where)
        column.addWidget(self.hint)
        column.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.tick, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.code)
        time = QHBoxLayout()
        time.setSpacing(8)
        self._clock = IconLabel(Icon.CLOCK, size=18)
        time.addWidget(self._clock, 0, Qt.AlignmentFlag.AlignTop)
        time.addWidget(self.time_left, 1)
        column.addLayout(time)
        acts = QHBoxLayout()
        for press in (self.copy, self.again_button):
            acts.addWidget(press)
        acts.addStretch(1)
        column.addLayout(acts)
        column.addWidget(self.close_button)
        column.addStretch(1)

    def show_pairing(self, pairing: Pairing) -> None:
        self.pairing, self.has_joined = pairing, False
        self.title.setText(pairing.name)
        self.where.setText(pairing.where)
        self.hint.setText(self._context.words("kiosks.hold_up"))
        self.picture.show_image(pairing.picture)
        self.code.setText(spaced(pairing.code))
        self._show_parts()
        self.tick_on()

    def show_joined(self) -> None:
        """The kiosk has used the code."""
        words, pairing = self._context.words, self.pairing
        self.has_joined = True
        self.title.setText(words("kiosks.joined", name="" if pairing is None else pairing.name))
        self.hint.setText(words("kiosks.joined.what"))
        self._show_parts()

    def tick_on(self) -> None:
        """Once a second: how long the code is still good."""
        if self.pairing is None or self.has_joined:
            return
        words, left = self._context.words, self.pairing.expires_at - self._context.clock.now()
        over = left <= timedelta(0)
        self.time_left.setText(
            words("kiosks.time_over") if over else words("kiosks.time_left", span=_minutes(left, self._context))
        )
        self.picture.setVisible(not over)
        self.copy.setEnabled(not over)

    def _show_parts(self) -> None:
        waits = not self.has_joined
        for part in (self.picture, self.code, self._clock, self.time_left, self.copy, self.again_button):
            part.setVisible(waits)
        self.tick.setVisible(self.has_joined)

    def _copy(self) -> None:
        if self.pairing is not None:
            QGuiApplication.clipboard().setText(self.pairing.text)
            self._context.toasts.show(self._context.words("kiosks.copied"))


def spaced(code: str) -> str:
    """Eight characters in two halves, as they are read aloud."""
    half = len(code) // 2
    return f"{code[:half]} {code[half:]}"


def _minutes(left: timedelta, context: Context) -> str:
    seconds = int(left.total_seconds())
    minutes = context.words("span.minutes", n=seconds // 60)
    rest = context.words("span.seconds", n=seconds % 60)
    return f"{minutes} {rest}" if seconds >= 60 else rest  # noqa: PLR2004  # seconds in a minute


class _Picture(QWidget):
    """The code in whole pixels a module, on white."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._image = QImage()
        self.setAccessibleName(name)
        self.setFixedSize(_QR, _QR)

    def show_image(self, image: QImage) -> None:
        self._image = image
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(_GROUND))
        painter.drawRoundedRect(self.rect(), 8, 8)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        inner = self.rect().adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        painter.drawImage(QRectF(inner), self._image)
        painter.end()
