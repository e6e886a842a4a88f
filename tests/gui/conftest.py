"""Every GUI test runs without a display, and with our typefaces loaded."""

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import pytest

from shared.desktop import tokens
from shared.desktop.theme import apply_theme


@pytest.fixture
def app(qapp):
    """The one QApplication of the process, in our theme."""
    apply_theme(qapp, tokens.LIGHT)
    return qapp
