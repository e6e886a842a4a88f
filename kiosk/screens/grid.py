"""Where things stand. Logical pixels: 1280 by 720 in landscape, 720 by 1280 in portrait; the stage scales them.

Nothing moves between waiting and a verdict: the picture becomes the plate, the sentence becomes the word. Every
control lies in the lowest lines, so that a screen on a wall keeps them within reach.
"""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF
from PySide6.QtGui import QTransform


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """One orientation, left-to-right. ``aim`` is where a code is read best; the plate replaces it on a verdict."""

    size: QSizeF
    top: QRectF
    card: QRectF
    words: QRectF
    staff: QRectF
    languages: QRectF
    text_size: QRectF
    aim: QRectF
    plate_centre: QPointF
    plate_radius: float
    caption: QRectF

    @property
    def portrait(self) -> bool:
        return self.size.height() > self.size.width()


LANDSCAPE = Grid(
    size=QSizeF(1280, 720),
    top=QRectF(40, 0, 1200, 76),
    card=QRectF(40, 80, 400, 520),
    words=QRectF(496, 80, 744, 520),
    staff=QRectF(40, 634, 486, 68),
    languages=QRectF(554, 634, 606, 68),
    text_size=QRectF(1172, 634, 68, 68),
    aim=QRectF(104, 279, 272, 272),
    plate_centre=QPointF(240, 316.6),
    plate_radius=116,
    caption=QRectF(56, 524, 368, 44),
)

PORTRAIT = Grid(
    size=QSizeF(720, 1280),
    top=QRectF(36, 0, 648, 84),
    card=QRectF(36, 88, 648, 456),
    words=QRectF(40, 578, 640, 498),
    staff=QRectF(36, 1108, 648, 68),
    languages=QRectF(36, 1190, 568, 68),
    text_size=QRectF(616, 1190, 68, 68),
    aim=QRectF(205, 206.6, 310, 310),
    plate_centre=QPointF(360, 284),
    plate_radius=123,
    caption=QRectF(52, 480, 616, 44),
)


def grid_for(size: QSize) -> Grid:
    return PORTRAIT if size.height() > size.width() else LANDSCAPE


def stage_transform(size: QSize) -> QTransform:
    """From logical pixels to a widget's: as large as fits, in the middle. The colour floods to the edges."""
    logical = grid_for(size).size
    scale = min(size.width() / logical.width(), size.height() / logical.height())
    left = (size.width() - logical.width() * scale) / 2
    above = (size.height() - logical.height() * scale) / 2
    return QTransform(scale, 0, 0, scale, left, above)


def mirrored(rect: QRectF, width: float) -> QRectF:
    """The same place for right-to-left readers."""
    return QRectF(width - rect.right(), rect.top(), rect.width(), rect.height())
