"""Every state, in every language, upright and across, in both text sizes: no text is cut, leaves or overlaps."""

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QRect, QRectF, QSize

from kiosk.screens.compose import compose
from kiosk.screens.display import Panel
from kiosk.screens.face import Face
from kiosk.screens.grid import LANDSCAPE, PORTRAIT, grid_for, stage_transform
from kiosk.screens.state import Badge, Idle, Place
from kiosk.screens.texts import CATALOGUE
from kiosk.screens.wording import Circumstances, not_recorded, receipt_of, verdict_for
from shared.domain.device import Direction
from shared.domain.passes import PassKind
from shared.domain.verdicts import DenialReason, Denied, Granted, Notice, NoticeKind, Repeat
from tests.gui.screens.views import BEHIND, VIEWS, view
from tests.support.builders import NOON, TODAY, a_door_time, a_grant, a_holding, a_policy, a_site, days

GRIDS = {"landscape": LANDSCAPE, "portrait": PORTRAIT}


def decided():
    """Each decision with the longest words it can have."""
    for reason in DenialReason:
        far = {"day": TODAY - days(700), "at": NOON + days(12), "difference": timedelta(minutes=3)}
        for facts in (far, {"at": NOON + days(4), "voucher_may_help": True}, {}):
            yield f"{reason.value}-{len(facts)}", Denied(reason, **facts)
    for kind in NoticeKind:
        yield kind.value, Granted((Notice(kind, TODAY + days(200), 19, 120),))
    yield "chips", Granted(visits_left=1200, holding=a_holding(renews=False))
    yield "repeat", Repeat(a_grant())


def verdict_views():
    site = a_site(capacity=12_500, policy=a_policy(accepted_kinds=frozenset({PassKind.LIVE, PassKind.CARD})))
    about = Circumstances(
        site=site, now=a_door_time(), name="Maximiliane-Alexandra Ø.", offline=True, receipt=receipt_of(4_294_967_296)
    )
    verdicts = {name: verdict_for(decision, about) for name, decision in decided()}
    out = replace(about, direction=Direction.EXIT)
    verdicts |= {"goodbye": verdict_for(Granted(), out), "not recorded, out": not_recorded(Direction.EXIT)}
    return {name: view(verdict, badges=frozenset(Badge)) for name, verdict in verdicts.items()}


def problems(composition) -> list[str]:
    stage = QRectF(0, 0, composition.grid.size.width(), composition.grid.size.height())
    labels = composition.labels
    found = [f"cut: {label.fitted.text}" for label in labels if label.fitted.cut]
    found += [f"outside: {label.fitted.text}" for label in labels if not stage.contains(label.box)]
    found += [
        f"overlap: {one.fitted.text} / {other.fitted.text}"
        for one, other in itertools.combinations(labels, 2)
        if one.box.adjusted(1, 1, -1, -1).intersects(other.box.adjusted(1, 1, -1, -1))
    ]
    return found


@pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])
@pytest.mark.parametrize("grid", GRIDS.values(), ids=GRIDS)
@pytest.mark.parametrize("lang", CATALOGUE.languages)
def test_every_text_of_every_state_fits(app, lang, grid, large):
    views = {**VIEWS, **verdict_views(), "behind": view(Idle(), staff_line=BEHIND, badges=frozenset(Badge))}
    found = {
        name: wrong
        for name, each in views.items()
        if (wrong := problems(compose(replace(each, lang=lang, large=large), grid)))
    }
    assert found == {}


@pytest.mark.parametrize("lang", CATALOGUE.languages)
@pytest.mark.parametrize("size", [QSize(1280, 720), QSize(720, 1280)], ids=["landscape", "portrait"])
def test_buttons_fit_their_words_and_are_large_enough_to_touch(app, lang, size):
    face = Face(replace(VIEWS["idle"], lang=lang))
    face.resize(size)
    face.grab()
    buttons = [*face.languages.buttons.values(), face.text_size]
    assert [button.text() for button in buttons if button.fitted().cut] == []
    assert [(b.text(), b.size()) for b in buttons if min(b.width(), b.height()) < 64] == []
    places = [QRect(button.mapTo(face, button.rect().topLeft()), button.size()) for button in buttons]
    assert all(face.rect().contains(place) for place in places)
    assert not any(one.intersects(other) for one, other in itertools.combinations(places, 2))
    assert all(place.bottom() > size.height() - (172 if size.height() > size.width() else 86) for place in places)


@pytest.mark.parametrize("lang", CATALOGUE.languages)
@pytest.mark.parametrize("grid", GRIDS.values(), ids=GRIDS)
@pytest.mark.parametrize("name", VIEWS)
def test_offline_is_said_on_every_state(app, name, grid, lang):
    shown = compose(replace(VIEWS[name], lang=lang, badges=frozenset({Badge.OFFLINE})), grid)
    assert CATALOGUE.text(lang, "badge.offline") in [label.fitted.text for label in shown.labels]


def test_the_gravest_badge_is_shown_when_not_all_fit(app):
    shown = compose(replace(VIEWS["idle"], badges=frozenset(Badge)), PORTRAIT)
    texts = [label.fitted.text for label in shown.labels]
    assert "Disk full" in texts
    assert "Disk nearly full" not in texts


def test_the_door_then_the_site_give_way_to_a_badge(app):
    place = Place("Harbour Hall and Swimming Baths of the Northern Quarter", "Main entrance")
    for grid in GRIDS.values():
        labels = compose(replace(VIEWS["idle"], place=place), grid).labels
        site = next(label for label in labels if label.fitted.text.startswith("Harbour"))
        assert site.fitted.text.endswith("…")
        assert site.box.width() <= 0.4 * grid.top.width() + 1
    badge = compose(replace(VIEWS["idle"], badges=frozenset({Badge.OFFLINE})), PORTRAIT)
    assert "Main entrance" not in [label.fitted.text for label in badge.labels]


def test_nothing_moves_between_waiting_and_a_verdict(app):
    for grid in GRIDS.values():
        assert compose(VIEWS["idle"], grid).card.box == compose(VIEWS["denied"], grid).card.box


def test_right_to_left_mirrors_the_whole_picture(app):
    plain, mirrored = (compose(replace(VIEWS["denied"], lang=lang), LANDSCAPE) for lang in ("en", "ar"))
    assert mirrored.card.box.right() == pytest.approx(1280 - plain.card.box.left())
    note, mirrored_note = (next(i for i in c.items if isinstance(i, Panel)).box for c in (plain, mirrored))
    assert mirrored_note.left() == pytest.approx(1280 - note.right())


def test_large_text_drops_the_line_of_help_and_keeps_the_step(app):
    texts = [label.fitted.text for label in compose(replace(VIEWS["denied"], large=True), LANDSCAPE).labels]
    assert "Please see the desk" in texts
    assert not any("purchase code" in text for text in texts)


def test_a_lost_time_shows_no_clock(app):
    texts = [label.fitted.text for label in compose(replace(VIEWS["idle"], clock=""), LANDSCAPE).labels]
    assert "17:42" not in texts


@pytest.mark.parametrize(
    ("size", "scale", "left", "above"),
    [
        (QSize(1920, 1080), 1.5, 0, 0),
        (QSize(2560, 1080), 1.5, 320, 0),
        (QSize(1024, 768), 0.8, 0, 96),
        (QSize(1080, 1920), 1.5, 0, 0),
    ],
)
def test_the_stage_fills_what_it_can_and_stands_in_the_middle(size, scale, left, above):
    transform = stage_transform(size)
    assert transform.m11() == pytest.approx(scale)
    assert (transform.dx(), transform.dy()) == (pytest.approx(left), pytest.approx(above))
    assert grid_for(size) is (PORTRAIT if size.height() > size.width() else LANDSCAPE)
