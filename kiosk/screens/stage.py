"""The painted stage: the whole screen but its buttons, drawn from one view."""

import logging

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QImage,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from kiosk.screens.compose import Card, Composition, compose
from kiosk.screens.display import paint_items
from kiosk.screens.grid import grid_for, mirrored, stage_transform
from kiosk.screens.picture import paint_aim, paint_sharp, paint_soft
from kiosk.screens.spoken import spoken
from kiosk.screens.view import View, ground_for
from shared.desktop import tokens
from shared.desktop.plate import paint_plate, paint_ring

log = logging.getLogger(__name__)


class Stage(QWidget):
    """Paints a view. GUI thread only.

    A new picture or a step of the ring repaints the camera's card alone; all else waits for a new view.
    """

    first_painted = Signal()

    def __init__(self, view: View, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._view = view
        self._picture: QImage | None = None
        self._left = 1.0
        self._plate_scale = 1.0
        self._composition: Composition | None = None
        self._logged: set[str] = set()
        self._painted = False
        self.setAccessibleName(spoken(view))

    @property
    def view(self) -> View:
        return self._view

    @property
    def composition(self) -> Composition:
        """The view as it is laid out now."""
        if self._composition is None:
            self._composition = compose(self._view, grid_for(self.size()))
        return self._composition

    def show_view(self, view: View, *, alert: bool = False) -> None:
        """Show another view; ``alert`` has a screen reader speak it at once."""
        self._view, self._composition = view, None
        self.setAccessibleName(spoken(view))
        if alert:
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))
        self.update()

    def show_picture(self, picture: QImage | None) -> None:
        """The camera's newest picture; None forgets the last one."""
        self._picture = picture
        self.update(self._card_area())

    def show_time_left(self, left: float, *, plate_scale: float = 1.0) -> None:
        """How much of a verdict's time is left, 1 to 0, and how far the plate has grown."""
        self._left, self._plate_scale = left, plate_scale
        self.update(self._card_area())

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return grid_for(self.size()).size.toSize()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        self._composition = None
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        try:
            self._paint(painter, event.region())
        except Exception as error:  # noqa: BLE001 - Qt would print this once per frame and paint nothing at all
            self._log_once(error)
        finally:
            painter.end()
        if not self._painted:
            self._painted = True
            self.first_painted.emit()

    def _paint(self, painter: QPainter, region: QRegion) -> None:
        painter.fillRect(region.boundingRect(), QColor(ground_for(self._view).fill))
        composition = self.composition
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing
            | QPainter.RenderHint.TextAntialiasing
            | QPainter.RenderHint.SmoothPixmapTransform
        )
        painter.setTransform(stage_transform(self.size()), combine=True)
        if not self._card_area().contains(region.boundingRect()):
            paint_items(painter, composition.items)
        self._paint_card(painter, composition.card)

    def _paint_card(self, painter: QPainter, card: Card) -> None:
        painter.save()
        if card.aim is not None or card.sign is not None:
            painter.setClipPath(_rounded(card.box), Qt.ClipOperation.IntersectClip)
            self._paint_picture(painter, card)
            painter.setClipping(False)
        paint_items(painter, card.items)
        colours = self._view.verdict_colours
        if card.sign is not None and colours is not None:
            paint_ring(painter, card.plate_centre, card.plate_radius, colours.on, left=self._left)
            paint_plate(painter, card.sign, card.plate_centre, card.plate_radius * self._plate_scale, colours)
        painter.restore()

    def _paint_picture(self, painter: QPainter, card: Card) -> None:
        picture, colours = self._picture, self._view.verdict_colours
        if picture is None or picture.isNull():
            painter.fillRect(card.box, QColor(colours.deep if colours else self._view.palette.sunken))
        else:
            paint_soft(painter, picture, card.box)
            if card.aim is not None:
                paint_sharp(painter, picture, card.box, card.aim)
            if colours is not None:
                tint = QColor(colours.deep)
                tint.setAlphaF(tokens.VERDICT_PICTURE_TINT)
                painter.fillRect(card.box, tint)
        if card.aim is not None:
            paint_aim(painter, card.aim)

    def _card_area(self) -> QRect:
        grid = grid_for(self.size())
        box = mirrored(grid.card, grid.size.width()) if self._view.rtl else grid.card
        return stage_transform(self.size()).mapRect(box).toAlignedRect().adjusted(-1, -1, 1, 1)

    def _log_once(self, error: Exception) -> None:
        """One traceback per kind of failure; the flood's colour stays on the screen and stays true."""
        kind = f"{type(error).__name__}: {error}"
        if kind not in self._logged:
            self._logged.add(kind)
            log.error("The stage could not paint %s", type(self._view.state).__name__, exc_info=error)


def _rounded(box: QRectF) -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(box, tokens.SPACE.camera_radius, tokens.SPACE.camera_radius)
    return path
