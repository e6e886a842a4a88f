"""Contrast as it is really painted, read from pixels."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage

from kiosk.screens.face import Face
from shared.desktop import tokens
from shared.desktop.colours import contrast
from tests.gui.screens.pixels import hexed, pixels
from tests.gui.screens.views import VIEWS

SIZE = QSize(1280, 720)
PALETTES = {"light": tokens.LIGHT, "dark": tokens.DARK}
FRAMES = {"white": Qt.GlobalColor.white, "black": Qt.GlobalColor.black}


def frame(colour: Qt.GlobalColor) -> QImage:
    image = QImage(640, 480, QImage.Format.Format_RGB32)
    image.fill(colour)
    return image


def text_contrast(region: np.ndarray) -> float:
    """Between the commonest colour of a region, its ground, and the one furthest from it, its text."""
    colours, counts = np.unique(region.reshape(-1, 3), axis=0, return_counts=True)
    ground = hexed(colours[counts.argmax()])
    often = colours[counts >= 3]
    return max(contrast(ground, hexed(colour)) for colour in often)


def cut(image: np.ndarray, box: QRectF) -> np.ndarray:
    box = box.toAlignedRect()
    return image[max(0, box.top()) : box.bottom() + 1, max(0, box.left()) : box.right() + 1]


def painted(view, frame_colour) -> tuple[Face, np.ndarray]:
    face = Face(view)
    face.resize(SIZE)
    face.stage.show_picture(frame(frame_colour))
    return face, pixels(face.grab().toImage())


@pytest.mark.parametrize("frame_colour", FRAMES.values(), ids=FRAMES)
@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
@pytest.mark.parametrize("name", VIEWS)
def test_all_text_is_readable_on_any_picture(app, name, palette, frame_colour):
    face, image = painted(replace(VIEWS[name], palette=palette), frame_colour)
    labels = face.stage.composition.labels
    found = {label.fitted.text: text_contrast(cut(image, label.box)) for label in labels}
    for button in (*face.languages.buttons.values(), face.text_size):
        place = QRectF(button.rect().translated(button.mapTo(face, button.rect().topLeft()))).adjusted(9, 9, -9, -9)
        found[button.accessibleName()] = text_contrast(cut(image, place))
    assert {text: ratio for text, ratio in found.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("frame_colour", FRAMES.values(), ids=FRAMES)
@pytest.mark.parametrize("name", [name for name, view in VIEWS.items() if view.verdict_colours])
def test_the_plate_stands_out_from_any_picture(app, name, frame_colour):
    face, image = painted(VIEWS[name], frame_colour)
    card = face.stage.composition.card
    radius = card.plate_radius
    plate = QRectF(card.plate_centre.x() - radius, card.plate_centre.y() - radius, 2 * radius, 2 * radius)
    on = face.stage.view.verdict_colours.on
    around = image[round(card.box.top()) + 20, round(card.box.center().x())]
    assert contrast(on, hexed(around)) >= 4.5
    assert (cut(image, plate) == image[round(plate.center().y()), round(plate.left()) + 8]).all(axis=2).mean() > 0.05
    assert radius * 2 >= 0.3 * min(card.box.width(), card.box.height())
