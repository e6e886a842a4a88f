"""The kiosk's real buttons: languages and text size. Painted in the colours of whatever ground they stand on."""

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QPushButton, QWidget

from kiosk.screens.texts import CATALOGUE, LANGUAGE_NAMES
from kiosk.screens.view import Ground
from shared.desktop.colours import mix
from shared.desktop.drawings import Icon
from shared.desktop.fitting import Fitted, fit, style
from shared.desktop.icons import paint_icon
from shared.desktop.tokens import SPACE, TYPE
from shared.desktop.translation import RIGHT_TO_LEFT

_ICON_PX = 30.0
_SEGMENT_INSET = 4.0


class KioskButton(QPushButton):
    """A checkable button with a label or an icon. ``scale`` is device-independent pixels per logical pixel."""

    def __init__(self, parent: QWidget, ground: Ground, *, text: str = "", icon: Icon | None = None) -> None:
        super().__init__(text, parent)
        self.setCheckable(True)
        self._ground = ground
        self._icon = icon
        self._framed = icon is not None
        self.scale = 1.0

    def show_ground(self, ground: Ground) -> None:
        self._ground = ground
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(round(SPACE.control), round(SPACE.control))

    def fitted(self) -> Fitted:
        """The label as it is painted now."""
        rtl = any(self.text() == LANGUAGE_NAMES[lang] for lang in RIGHT_TO_LEFT)
        room = QSizeF(self.width() / self.scale, self.height() / self.scale)
        return fit(self.text(), room, style(TYPE.language, rtl=rtl, centred=True))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(self.scale, self.scale)
        box = QRectF(0, 0, self.width() / self.scale, self.height() / self.scale)
        self._paint_ground(painter, box)
        colour = self._ground.on_chosen if self.isChecked() else self._ground.on_button
        if self._icon is not None:
            corner = box.center() - QRectF(0, 0, _ICON_PX, _ICON_PX).center()
            paint_icon(painter, self._icon, QRectF(corner, QSizeF(_ICON_PX, _ICON_PX)), colour)
        else:
            fitted = self.fitted()
            top = box.center().y() - fitted.height / 2
            fitted.paint(painter, QRectF(0, top, 0, 0).topLeft(), box.width(), colour)
        painter.end()

    def _paint_ground(self, painter: QPainter, box: QRectF) -> None:
        inset = SPACE.control_edge / 2 if self._framed else _SEGMENT_INSET
        radius = SPACE.button_radius - inset
        fill = self._ground.chosen if self.isChecked() else self._ground.button
        edge, width = (self._ground.button_edge, SPACE.control_edge) if self._framed else (fill, 0.0)
        if self.isDown():
            fill = mix(fill, self._ground.on_button, 0.12)
        if self.hasFocus():
            edge = self._ground.focus if not self.isChecked() else self._ground.on_chosen
            width, inset = SPACE.focus_edge, SPACE.focus_edge / 2 + (0 if self._framed else _SEGMENT_INSET)
        painter.setPen(QPen(QColor(edge), width) if width else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(fill))
        painter.drawRoundedRect(box.adjusted(inset, inset, -inset, -inset), radius, radius)


class LanguageBar(QWidget):
    """One button per language, in its own words. ``chosen`` carries the language's code.

    No QButtonGroup: an exclusive one would be a single stop of the Tab key.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget, ground: Ground, languages: tuple[str, ...]) -> None:
        super().__init__(parent)
        self._ground = ground
        self._rtl = False
        self.scale = 1.0
        self.buttons = {lang: self._make(lang) for lang in languages}

    def _make(self, lang: str) -> KioskButton:
        button = KioskButton(self, self._ground, text=LANGUAGE_NAMES[lang])
        button.setAccessibleName(CATALOGUE.text(lang, "button.language", name=LANGUAGE_NAMES[lang]))
        button.clicked.connect(lambda: self._choose(lang))
        return button

    def _choose(self, lang: str) -> None:
        self.buttons[lang].setChecked(True)  # pressing the one that is on does not turn it off
        self.chosen.emit(lang)

    def show_language(self, lang: str, ground: Ground, *, rtl: bool) -> None:
        self._ground = ground
        for each, button in self.buttons.items():
            button.setChecked(each == lang)
            button.show_ground(ground)
        if rtl is not self._rtl:
            self._rtl = rtl
            self._place_buttons()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        self._place_buttons()
        super().resizeEvent(event)

    def _place_buttons(self) -> None:
        """Each as wide as its word plus an equal share of the rest."""
        words = []
        for button in self.buttons.values():
            button.scale = self.scale
            button.resize(self.size())
            words.append(button.fitted().width * self.scale)
        spare = (self.width() - sum(words)) / max(1, len(words))
        left = 0.0
        for button, word in zip(self.buttons.values(), words, strict=True):
            width = word + spare
            x = self.width() - left - width if self._rtl else left
            button.setGeometry(round(x), 0, round(width), self.height())
            left += width

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(self.scale, self.scale)
        edge = SPACE.control_edge
        painter.setPen(QPen(QColor(self._ground.button_edge), edge))
        painter.setBrush(QColor(self._ground.button))
        box = QRectF(0, 0, self.width() / self.scale, self.height() / self.scale)
        painter.drawRoundedRect(
            box.adjusted(edge / 2, edge / 2, -edge / 2, -edge / 2), SPACE.button_radius, SPACE.button_radius
        )
        painter.end()
