"""What a screen is made of once it is laid out: labels, panels and glyphs, in painting order."""

from dataclasses import dataclass, replace
from typing import TypeVar

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from kiosk.screens.grid import mirrored
from shared.desktop.drawings import Icon
from shared.desktop.fitting import Fitted
from shared.desktop.icons import paint_icon


@dataclass(frozen=True, slots=True)
class Label:
    """A fitted text; its first line begins at the top of ``box``."""

    fitted: Fitted
    box: QRectF
    colour: str


@dataclass(frozen=True, slots=True)
class Panel:
    """A rounded area."""

    box: QRectF
    radius: float
    fill: str


@dataclass(frozen=True, slots=True)
class Glyph:
    """An icon in a square box."""

    icon: Icon
    box: QRectF
    colour: str


Item = Label | Panel | Glyph
ItemT = TypeVar("ItemT", bound=Item)


def paint_items(painter: QPainter, items: tuple[Item, ...]) -> None:
    for item in items:
        match item:
            case Label(fitted, box, colour):
                fitted.paint(painter, box.topLeft(), box.width(), colour)
            case Panel(box, radius, fill):
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(fill))
                painter.drawRoundedRect(box, radius, radius)
            case Glyph(icon, box, colour):
                paint_icon(painter, icon, box, colour)


def moved(item: ItemT, x: float, y: float) -> ItemT:
    """The same item, ``x`` to the right and ``y`` further down."""
    return replace(item, box=item.box.translated(x, y))


def mirror_items(items: tuple[Item, ...], width: float) -> tuple[Item, ...]:
    """The items for right-to-left readers. Their icons have no direction, so only places change."""
    return tuple(replace(item, box=mirrored(item.box, width)) for item in items)


def label(fitted: Fitted, box: QRectF, colour: str) -> Label:
    """A label in the vertical middle of ``box``."""
    top = box.top() + (box.height() - fitted.height) / 2
    return Label(fitted, QRectF(box.left(), top, box.width(), fitted.height), colour)
