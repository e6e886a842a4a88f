"""The theme that is on, for whoever paints by hand."""

from PySide6.QtWidgets import QApplication

from shared.desktop import tokens
from shared.desktop.desk_style import desk_style
from shared.desktop.theme import apply_theme
from shared.desktop.tokens import Palette

_PROPERTY = "fit.theme"


def wear(app: QApplication, palette: Palette) -> None:
    """Give the whole desk a palette. Raises FontMissingError."""
    apply_theme(app, palette)
    app.setProperty(_PROPERTY, "dark" if palette is tokens.DARK else "light")
    app.setStyleSheet(desk_style(palette))


def palette() -> Palette:
    """The palette that the desk wears now."""
    app = QApplication.instance()
    return tokens.DARK if app is not None and app.property(_PROPERTY) == "dark" else tokens.LIGHT
