"""Fusion with our roles: the same on every platform, light and dark."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from shared.desktop import tokens
from shared.desktop.fonts import font, load_fonts
from shared.desktop.tokens import Palette

_BODY_PX = 14


def apply_theme(app: QApplication, palette: Palette) -> None:
    """Give the whole application our style, colours and typeface. Raises FontMissingError."""
    load_fonts()
    app.setStyle("Fusion")
    app.setPalette(qt_palette(palette))
    app.setFont(font(size=_BODY_PX, weight=400))


def system_palette() -> Palette:
    """Dark when the system asks for it, else light."""
    dark = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
    return tokens.DARK if dark else tokens.LIGHT


def qt_palette(palette: Palette) -> QPalette:
    role = QPalette.ColorRole
    colours = {
        role.Window: palette.bg,
        role.WindowText: palette.text,
        role.Base: palette.surface,
        role.AlternateBase: palette.sunken,
        role.Text: palette.text,
        role.PlaceholderText: palette.muted,
        role.Button: palette.surface,
        role.ButtonText: palette.text,
        role.Highlight: palette.accent_soft,
        role.HighlightedText: palette.text,
        role.Link: palette.accent,
        role.Accent: palette.accent,
        role.Mid: palette.edge,
        role.Dark: palette.edge,
    }
    made = QPalette()
    for each, colour in colours.items():
        made.setColor(each, QColor(colour))
    made.setColor(QPalette.ColorGroup.Disabled, role.Text, QColor(palette.muted))
    made.setColor(QPalette.ColorGroup.Disabled, role.ButtonText, QColor(palette.muted))
    return made
