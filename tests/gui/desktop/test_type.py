"""Typefaces, fitting, icons and the plate."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter

from shared.desktop import fonts, tokens
from shared.desktop.drawings import Icon
from shared.desktop.fitting import Style, elide, fit, fit_name
from shared.desktop.fonts import FontMissingError, font, load_fonts
from shared.desktop.icons import outline, paint_icon, parse
from shared.desktop.plate import Sign, paint_plate, paint_ring
from shared.desktop.tokens import VerdictColours
from tests.gui.screens.pixels import pixels

STYLE = Style(size=60, floor=30, weight=600, line=1.2, max_lines=1)
BLACK_ON_WHITE = VerdictColours(fill="#FFFFFF", deep="#FFFFFF", on="#000000", light=True)


def width(text: str, **wanted) -> float:
    return QFontMetricsF(font(**wanted)).horizontalAdvance(text)


def test_every_weight_has_a_face_of_its_own(app):
    widths = [width("Harbour Hall 17:42", size=20, weight=weight) for weight in (400, 500, 600, 700)]
    assert len(set(widths)) == 4


def test_display_face_from_28_px_and_semibold(app):
    families = {font(size=size, weight=weight).families()[0] for size, weight in ((27, 700), (28, 500))}
    assert families == {"Inter"}
    assert font(size=28, weight=600).families()[0] == "Inter Display"


def test_tabular_digits_have_one_width(app):
    assert width("111", size=20, weight=600, tabular=True) == width("888", size=20, weight=600, tabular=True)
    assert width("111", size=20, weight=600) != width("888", size=20, weight=600)


def test_an_incomplete_installation_is_named(app, tmp_path, monkeypatch):
    monkeypatch.setattr(fonts, "FOLDER", tmp_path)
    with pytest.raises(FontMissingError, match="Inter, Inter Display, Noto Sans Arabic"):
        load_fonts.__wrapped__()
    (tmp_path / "Broken.otf").write_bytes(b"no font")
    with pytest.raises(FontMissingError, match="Broken"):
        load_fonts.__wrapped__()


def test_a_short_text_keeps_its_size(app):
    fitted = fit("Hi", QSizeF(400, 100), STYLE)
    assert (fitted.style.size, fitted.lines, fitted.cut) == (60, ("Hi",), False)


def test_a_longer_text_shrinks_and_then_is_cut(app):
    room = QSizeF(width("Welcome back", size=40, weight=600) + 2, 100)
    fitted = fit("Welcome back", room, STYLE)
    assert not fitted.cut
    assert 36 <= fitted.style.size <= 42
    assert fit("Welcome back, welcome back, welcome back", room, STYLE).cut


def test_a_text_too_tall_for_its_box_is_cut(app):
    assert fit("Hi", QSizeF(400, 20), STYLE).cut


def test_a_single_word_wider_than_the_box_is_cut_and_never_broken(app):
    wanted = replace(STYLE, max_lines=3)
    assert fit("Donaudampfschifffahrtsgesellschaft", QSizeF(200, 900), wanted).cut


def test_lines_hold_all_words_in_order(app):
    text = "You are checked in. The internet is down, so it is saved here and sent later."
    fitted = fit(text, QSizeF(400, 900), replace(STYLE, max_lines=9))
    assert len(fitted.lines) > 2
    assert " ".join(fitted.lines) == text


def test_a_no_break_space_keeps_day_and_month_on_one_line(app):
    for box in range(150, 600, 10):
        fitted = fit("This ended on 31\u00a0October.", QSizeF(box, 900), replace(STYLE, floor=20, max_lines=5))
        assert not any(line.endswith("31") for line in fitted.lines)


def ink(fitted, box: QRectF) -> QRectF:
    image = QImage(round(box.width()), round(box.height()), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    fitted.paint(painter, QPointF(0, 0), box.width(), tokens.BLACK)
    painter.end()
    dark = np.argwhere(pixels(image).max(axis=2) < 128)
    (top, left), (bottom, right) = dark.min(axis=0), dark.max(axis=0)
    return QRectF(left, top, right - left, bottom - top)


def test_right_to_left_text_stands_at_the_right_and_a_latin_name_keeps_its_order(app):
    box = QRectF(0, 0, 500, 100)
    arabic = replace(STYLE, rtl=True)
    assert ink(fit("أهلاً", box.size(), arabic), box).right() > 480
    assert ink(fit("Nora B.", box.size(), STYLE), box).left() < 20
    latin = ink(fit("Nora B.", box.size(), arabic), box)
    assert latin.right() > 480
    image = [fit("Nora B.", box.size(), wanted) for wanted in (STYLE, arabic)]
    assert ink(image[0], box).width() == pytest.approx(latin.width(), abs=2)


def test_arabic_lines_are_higher_and_its_letters_unspaced(app):
    assert replace(STYLE, rtl=True).line_height == pytest.approx(60 * 1.3)
    assert STYLE.line_height == pytest.approx(60 * 1.2)
    assert font(size=100, weight=700, arabic=True).letterSpacing() == 0
    assert font(size=100, weight=700).letterSpacing() == pytest.approx(-1.5)


def test_long_names_lose_the_second_given_name_then_letters_but_never_the_initial(app):
    name = "Maximiliane-Alexandra Ø."
    shown = [fit_name(name, QSizeF(box, 100), replace(STYLE, floor=40)) for box in (900, 400, 250)]
    assert [each.text for each in shown] == [name, "Maximiliane Ø.", shown[2].text]
    assert shown[2].text.startswith("Max")
    assert shown[2].text.endswith("… Ø.")
    assert not any(each.cut for each in shown)


def test_a_name_without_an_initial_is_elided_too(app):
    assert fit_name("Maximiliane", QSizeF(150, 100), replace(STYLE, floor=40)).text.endswith("…")


def test_elide_leaves_a_short_name_alone(app):
    assert elide("Harbour Hall", 900, STYLE) == "Harbour Hall"
    assert elide("Harbour Hall", 200, STYLE).endswith("…")


@pytest.mark.parametrize("icon", Icon)
def test_every_icon_draws_inside_its_grid(app, icon):
    shape = outline(icon, 2.0)
    assert not shape.isEmpty()
    assert QRectF(0, 0, 24 * 16, 24 * 16).contains(shape.boundingRect())
    image = QImage(48, 48, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    paint_icon(painter, icon, QRectF(0, 0, 48, 48), tokens.BLACK)
    painter.end()
    assert 0.02 < (pixels(image).max(axis=2) < 128).mean() < 0.5


@pytest.mark.parametrize("drawing", ["X 1 2", "M 1", "C 1 2 3"])
def test_a_wrong_drawing_is_refused(drawing):
    with pytest.raises(ValueError, match=r"drawing|wants"):
        parse(drawing)


def plate(sign: Sign) -> np.ndarray:
    image = QImage(240, 240, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    paint_plate(painter, sign, QPointF(120, 120), 80, BLACK_ON_WHITE)
    painter.end()
    return pixels(image).max(axis=2) < 128


def test_no_two_verdicts_share_a_silhouette(app):
    shapes = {sign: plate(sign) for sign in Sign}
    for one, other in itertools.combinations(Sign, 2):
        differing = (shapes[one] ^ shapes[other]).sum() / (shapes[one] | shapes[other]).sum()
        assert differing > 0.06, (one, other)


def test_the_ring_shows_how_much_time_is_left(app):
    def dark(left: float) -> int:
        image = QImage(300, 300, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        paint_ring(painter, QPointF(150, 150), 100, tokens.BLACK, left=left)
        painter.end()
        return int((pixels(image).max(axis=2) < 100).sum())

    assert dark(0) == 0
    assert dark(0.5) == pytest.approx(dark(1) / 2, rel=0.08)
