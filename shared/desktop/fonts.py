"""The typefaces the programs bring along, so that every screen looks the same on every machine.

The static files are used: the variable Inter loads in Qt 6.11, but draws each weight from 400 to 800 as Regular.
"""

from functools import cache
from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase

from shared.desktop import tokens

FOLDER = Path(__file__).with_name("fonts")
_TEXT = "Inter"
_DISPLAY = "Inter Display"
_ARABIC = "Noto Sans Arabic"
_DISPLAY_WEIGHT = 600


class FontMissingError(Exception):
    """A typeface of ours is absent or unreadable: the installation is incomplete. The operator must reinstall."""


@cache
def load_fonts() -> tuple[str, ...]:
    """Make our typefaces known to Qt, once per process, and return their families.

    GUI thread, after the QApplication exists. Raises FontMissingError.
    """
    files = sorted([*FOLDER.glob("*.otf"), *FOLDER.glob("*.ttf")])
    families = {family for file in files for family in _load(file)}
    if absent := {_TEXT, _DISPLAY, _ARABIC} - families:
        raise FontMissingError(f"No usable font file for {', '.join(sorted(absent))} in {FOLDER}")
    return tuple(sorted(families))


def _load(file: Path) -> list[str]:
    number = QFontDatabase.addApplicationFont(str(file))
    if number < 0:
        raise FontMissingError(f"Qt cannot read the font file {file}")
    return QFontDatabase.applicationFontFamilies(number)


def font(*, size: float, weight: int, tabular: bool = False, arabic: bool = False) -> QFont:
    """A font of ``size`` pixels. ``tabular`` gives all digits one width; ``arabic`` leaves joined letters unspaced."""
    made = QFont()
    display = size >= tokens.DISPLAY_FROM_PX and weight >= _DISPLAY_WEIGHT
    made.setFamilies([_DISPLAY if display else _TEXT, _ARABIC])
    made.setPixelSize(max(1, round(size)))
    made.setWeight(QFont.Weight(weight))
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    if size >= tokens.TIGHT_FROM_PX and not arabic:
        made.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, size * tokens.TIGHT_SPACING)
    if tabular:
        made.setFeature(QFont.Tag("tnum"), 1)
    return made
