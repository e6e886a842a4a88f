"""The stage: a pure function of its view that survives its own mistakes and says itself aloud."""

import logging
from dataclasses import replace

import pytest
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QAccessible, QImage

from kiosk.screens import stage as stage_module
from kiosk.screens.stage import Stage
from shared.desktop import tokens
from shared.desktop.colours import contrast
from tests.gui.screens.hall import hall_picture
from tests.gui.screens.pixels import hexed, pixels
from tests.gui.screens.rendering import render
from tests.gui.screens.views import VIEWS

SIZE = QSize(1280, 720)


@pytest.fixture
def stage(app):
    made = Stage(VIEWS["idle"])
    made.resize(SIZE)
    yield made
    made.deleteLater()


def grabbed(stage: Stage):
    return pixels(stage.grab().toImage())


def test_the_same_view_gives_the_same_pixels(app):
    for name in ("idle", "denied"):
        assert (pixels(render(VIEWS[name], SIZE)) == pixels(render(VIEWS[name], SIZE))).all()


def test_a_verdict_floods_to_the_edges_of_any_screen(app):
    for size in (SIZE, QSize(2560, 1080), QSize(1024, 768), QSize(600, 1400)):
        image = pixels(render(VIEWS["denied"], size))
        corners = {hexed(image[y, x]) for y in (0, -1) for x in (0, -1)}
        assert corners == {tokens.DENIED.fill}


def test_the_frame_is_sharp_where_a_code_is_awaited_and_soft_elsewhere(stage):
    stripes = QImage(1280, 720, QImage.Format.Format_RGB32)
    stripes.fill(Qt.GlobalColor.white)
    for x in range(0, 1280, 8):
        for part in range(4):
            for y in range(720):
                stripes.setPixel(x + part, y, 0)
    stage.show_picture(stripes)
    image = grabbed(stage)[..., 1].astype(int)
    aim, card = stage.composition.card.aim.toRect(), stage.composition.card.box.toRect()
    middle = image[aim.center().y(), aim.left() + 20 : aim.right() - 20]
    outside = image[card.top() + 40, card.left() + 40 : card.right() - 40]
    assert middle.max() - middle.min() > 150
    assert outside.max() - outside.min() < 40


def test_the_picture_is_a_mirror(stage):
    half = QImage(1280, 720, QImage.Format.Format_RGB32)
    half.fill(Qt.GlobalColor.black)
    for x in range(640):
        for y in range(720):
            half.setPixel(x, y, 0xFFFFFF)
    stage.show_picture(half)
    image, card = grabbed(stage), stage.composition.card.box.toRect()
    assert image[card.top() + 60, card.left() + 30, 1] < 60
    assert image[card.top() + 60, card.right() - 30, 1] > 150


def test_during_a_verdict_nothing_of_the_picture_stays_sharp(stage):
    stage.show_view(VIEWS["denied"])
    stage.show_picture(hall_picture())
    card = stage.composition.card.box.toRect()
    image = grabbed(stage)[card.top() : card.bottom(), card.left() : card.right()]
    strip = image[8:40, 40:-40].astype(int)
    assert abs(strip[:, 1:] - strip[:, :-1]).max() < 12


def test_without_a_picture_the_frame_still_shows(stage):
    image, aim = grabbed(stage), stage.composition.card.aim.toRect()
    corner = image[aim.top() - 6 : aim.top() + 6, aim.left() + 30 : aim.left() + 60].reshape(-1, 3)
    ratio = max(contrast(hexed(pixel), tokens.LIGHT.sunken) for pixel in corner)
    assert ratio >= 3


def test_a_new_picture_repaints_the_card_alone(app, stage, qtbot, monkeypatch):
    with qtbot.waitExposed(stage):
        stage.show()
    painted = []
    paint = Stage._paint
    monkeypatch.setattr(Stage, "_paint", lambda self, p, region: (painted.append(region), paint(self, p, region)))
    before = grabbed(stage)
    app.processEvents()
    painted.clear()
    stage.show_picture(hall_picture())
    qtbot.waitUntil(lambda: bool(painted), timeout=30_000)
    card = stage.composition.card.box.toAlignedRect().adjusted(-2, -2, 2, 2)
    assert all(QRect(card).contains(region.boundingRect()) for region in painted)
    after = grabbed(stage)
    assert (before[:, 500:] == after[:, 500:]).all()
    assert (before[100:500, 60:400] != after[100:500, 60:400]).any()


def test_a_failure_to_paint_is_logged_once_and_keeps_the_colour(stage, caplog, monkeypatch):
    def fail(*_):
        raise ZeroDivisionError("no such thing")

    monkeypatch.setattr(stage_module, "paint_items", fail)
    stage.show_view(VIEWS["denied"])
    with caplog.at_level(logging.ERROR):
        images = [grabbed(stage) for _ in range(5)]
    assert [record.message for record in caplog.records] == ["The stage could not paint Verdict"]
    assert caplog.records[0].exc_info
    assert hexed(images[-1][700, 600]) == tokens.DENIED.fill


def test_a_view_that_cannot_be_laid_out_does_not_end_the_kiosk(stage, caplog, monkeypatch):
    def fail(*_):
        raise KeyError("word.nothing")

    monkeypatch.setattr(stage_module, "compose", fail)
    with caplog.at_level(logging.ERROR):
        stage.show_view(VIEWS["granted"])
        stage.show_picture(hall_picture())
        stage.show_time_left(0.5)
        image = grabbed(stage)
    assert len(caplog.records) == 1
    assert hexed(image[700, 600]) == tokens.GRANTED.fill


def test_first_paint_is_told_once(stage, qtbot):
    told = []
    stage.first_painted.connect(lambda: told.append(True))
    grabbed(stage)
    grabbed(stage)
    assert told == [True]


def test_a_screen_reader_hears_word_sentence_and_next_step_at_once(stage, monkeypatch):
    alerts = []
    monkeypatch.setattr(
        QAccessible, "updateAccessibility", lambda event: alerts.append((event.type(), event.object().accessibleName()))
    )
    stage.show_view(VIEWS["notice"], alert=True)
    stage.show_view(replace(VIEWS["idle"], lang="da"))
    words = (
        "Come in. Osvald K. You are checked in. Your membership ends on Sunday. Renew at the desk. It takes a minute."
    )
    assert [(kind, name.replace("\u00a0", " ")) for kind, name in alerts] == [(QAccessible.Event.Alert, words)]
    assert stage.accessibleName().startswith("Hold din kode op til kameraet.")
