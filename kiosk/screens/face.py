"""The stage and its buttons together: a whole screen, as a function of one view."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from kiosk.screens.controls import KioskButton, LanguageBar
from kiosk.screens.grid import grid_for, mirrored, stage_transform
from kiosk.screens.stage import Stage
from kiosk.screens.texts import CATALOGUE, LANGUAGE_NAMES
from kiosk.screens.view import View, ground_for
from shared.desktop.drawings import Icon


class Face(QWidget):
    """Keeps the buttons in the stage's colours, places and language. Tab goes through languages, then text size."""

    def __init__(
        self, view: View, parent: QWidget | None = None, *, languages: tuple[str, ...] = tuple(LANGUAGE_NAMES)
    ) -> None:
        super().__init__(parent)
        self.stage = Stage(view, self)
        self.languages = LanguageBar(self, ground_for(view), languages)
        self.text_size = KioskButton(self, ground_for(view), icon=Icon.TEXT_SIZE)
        self.resize(self.stage.sizeHint())
        self._dress()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return self.stage.sizeHint()

    def show_view(self, view: View, *, alert: bool = False) -> None:
        """Show a view; nothing is painted when it is the one on show. ``alert`` has a screen reader speak it."""
        if alert or view != self.stage.view:
            self.stage.show_view(view, alert=alert)
            self._dress()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        self.stage.resize(self.size())
        self._place_controls()
        super().resizeEvent(event)

    def _dress(self) -> None:
        view = self.stage.view
        ground = ground_for(view)
        self.languages.show_language(view.lang, ground, rtl=view.rtl)
        self.text_size.show_ground(ground)
        self.text_size.setChecked(view.large)
        key = "button.normal_text" if view.large else "button.large_text"
        self.text_size.setAccessibleName(CATALOGUE.text(view.lang, key))
        self._place_controls()

    def _place_controls(self) -> None:
        grid, transform = grid_for(self.size()), stage_transform(self.size())
        self.languages.scale = self.text_size.scale = transform.m11()
        for control, box in ((self.languages, grid.languages), (self.text_size, grid.text_size)):
            place = mirrored(box, grid.size.width()) if self.stage.view.rtl else box
            control.setGeometry(transform.mapRect(QRectF(place)).toRect())
