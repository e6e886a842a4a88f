"""The colours stay readable, apart for every eye, and in one place."""

import itertools
import re
from pathlib import Path

import pytest

from shared.desktop import tokens
from shared.desktop.colours import contrast, mix
from tests.gui.desktop.colour_vision import MATRICES, lightness

ROOT = Path(__file__).parents[3]
VERDICTS = {
    "granted": tokens.GRANTED,
    "notice": tokens.NOTICE,
    "repeat": tokens.REPEAT,
    "denied": tokens.DENIED,
}
PALETTES = {"light": tokens.LIGHT, "dark": tokens.DARK}


def test_contrast_knows_its_ends_and_a_published_value():
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast("#123456", "#123456") == pytest.approx(1)
    assert contrast("#FFFFFF", "#767676") == pytest.approx(4.54, abs=0.01)


def test_mix_is_linear_between_its_ends():
    assert mix("#000000", "#FFFFFF", 0) == "#000000"
    assert mix("#000000", "#FFFFFF", 1) == "#FFFFFF"
    assert mix("#102030", "#203040", 0.5) == "#182838"


@pytest.mark.parametrize("verdict", VERDICTS.values(), ids=VERDICTS)
def test_verdict_text_is_readable_on_all_that_it_stands_on(verdict):
    for ground in (verdict.fill, verdict.deep, verdict.chip, verdict.badge, verdict.button):
        assert contrast(verdict.on, ground) >= 4.5
    assert contrast(tokens.WHITE, verdict.note_disc) >= 4.5
    assert contrast(verdict.button_edge, verdict.fill) >= 3


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
def test_role_colours_are_readable(palette):
    for ground in (palette.bg, palette.surface, palette.sunken):
        assert contrast(palette.text, ground) >= 4.5
        assert contrast(palette.muted, ground) >= 4.5
    assert contrast(palette.on_accent, palette.accent) >= 4.5
    assert contrast(palette.notice, palette.notice_soft) >= 4.5
    assert contrast(palette.edge, palette.surface) >= 3
    assert contrast(palette.focus, palette.surface) >= 3


def test_note_card_is_readable():
    assert contrast(tokens.NOTE_TITLE, tokens.NOTE_CARD) >= 4.5
    assert contrast(tokens.NOTE_TEXT, tokens.NOTE_CARD) >= 4.5


@pytest.mark.parametrize("vision", MATRICES)
def test_granted_notice_and_denied_differ_in_lightness_for_every_colour_vision(vision):
    seen = [lightness(VERDICTS[name].fill, vision) for name in ("granted", "notice", "denied")]
    assert min(abs(one - other) for one, other in itertools.combinations(seen, 2)) >= 15


def test_two_metre_text_never_shrinks_below_36_px_and_no_text_below_20():
    far = ("word", "word_portrait", "word_large", "idle", "title", "name", "sentence", "sentence_alone")
    assert all(getattr(tokens.TYPE, name).floor >= 36 for name in far)
    assert all(getattr(tokens.TYPE, name).floor >= 20 for name in tokens.TypeScale.__slots__)


def test_no_colour_is_written_outside_the_tokens():
    hex_colour = re.compile(r"#[0-9A-Fa-f]{6}\b")
    rooms = [room for room in ("shared", "kiosk", "admin_desktop") if (ROOT / room).is_dir()]
    sources = [path for room in rooms for path in (ROOT / room).rglob("*.py") if path.name != "tokens.py"]
    assert len(sources) > 30
    assert [path for path in sources if hex_colour.search(path.read_text())] == []
