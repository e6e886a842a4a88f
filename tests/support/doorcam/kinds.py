"""The 18 ways in which a code is held up to the door's camera."""

from dataclasses import dataclass
from typing import Literal

Span = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How one presentation looks; every span is drawn from evenly, once per presentation.

    ``code_mm`` is the code's width with its quiet zone; ``exposure_ms`` blurs what moves; ``defocus`` is the blur's
    sigma in modules of the code, ``soft_px`` the lens' own in pixels; ``light`` scales the picture before it clips at
    white, ``noise`` is the sensor's in grey levels; ``glare``, ``haze``, ``banding`` and ``wear`` go from 0 (none) to
    1.
    """

    name: str
    holder: Literal["phone", "card", "tag"] = "phone"
    code_mm: Span = (48, 54)
    distance_mm: Span = (200, 330)
    tilt_deg: Span = (0, 18)
    roll_deg: Span = (-12, 12)
    soft_px: Span = (0.75, 1.0)
    defocus: Span = (0, 0)
    exposure_ms: Span = (2, 4)
    light: Span = (0.85, 1.05)
    noise: Span = (2, 4)
    glare: Span = (0, 0)
    haze: Span = (0, 0)
    banding: Span = (0, 0)
    wear: Span = (0, 0)
    tremor_mm: Span = (0.5, 1.5)
    quiet_modules: int = 4
    inverted: bool = False
    backlit: bool = False
    swipe: bool = False
    easy: bool = False


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(name="phone_easy", easy=True),
        Kind(name="card_easy", holder="card", code_mm=(34, 40), distance_mm=(150, 230), easy=True),
        Kind(name="far", distance_mm=(450, 1000), tremor_mm=(1, 3)),
        Kind(name="near", distance_mm=(90, 180), defocus=(0.2, 0.6)),
        Kind(name="fast", exposure_ms=(12, 20), tremor_mm=(40, 65)),
        Kind(name="lowlight", exposure_ms=(10, 20), light=(0.05, 0.22), noise=(7, 12)),
        Kind(name="overexposed", light=(3.5, 11.0), haze=(1.0, 3.0)),
        Kind(name="glare", glare=(0.9, 1.5)),
        Kind(name="angle", tilt_deg=(35, 63), distance_mm=(260, 440)),
        Kind(name="rotated", roll_deg=(20, 340)),
        Kind(name="darkmode", inverted=True, easy=True),
        Kind(name="banding", banding=(0.8, 1.3), distance_mm=(260, 430)),
        Kind(name="card_worn", holder="card", code_mm=(30, 40), distance_mm=(140, 230), wear=(0.45, 1.0)),
        Kind(name="tiny_card", holder="tag", code_mm=(18, 24), distance_mm=(140, 250), defocus=(0.1, 0.4)),
        Kind(name="swipe", swipe=True, exposure_ms=(6, 12)),
        Kind(name="noquiet", quiet_modules=0, easy=True),
        Kind(name="backlit", backlit=True, light=(0.05, 0.22), haze=(0.6, 1.6), noise=(3, 7)),
        Kind(
            name="mixed_hard",
            distance_mm=(340, 540),
            tilt_deg=(15, 40),
            roll_deg=(-40, 40),
            exposure_ms=(5, 10),
            light=(0.3, 0.7),
            noise=(4, 9),
            glare=(0.2, 0.6),
            tremor_mm=(3, 8),
        ),
    )
}
EASY_KINDS: tuple[str, ...] = tuple(kind.name for kind in KINDS.values() if kind.easy)
