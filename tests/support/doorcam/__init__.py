"""A door camera in software: phones and cards held up to a lens, 1280x720, repeatable by seed.

Nothing here is a photo. The geometry is that of a 70 degree lens, the light and the sensor are simple models, so a
share of codes read here compares decoders with one another and says little about a particular real camera.
"""

from tests.support.doorcam.kinds import EASY_KINDS, KINDS, Kind
from tests.support.doorcam.negatives import NEGATIVES, render_negative
from tests.support.doorcam.render import FPS, Item, render_clip, render_presentation

__all__ = [
    "EASY_KINDS",
    "FPS",
    "KINDS",
    "NEGATIVES",
    "Item",
    "Kind",
    "render_clip",
    "render_negative",
    "render_presentation",
]
