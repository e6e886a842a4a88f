import numpy as np
import pytest

from kiosk.scanner.crops import look
from kiosk.scanner.recipes import FRESH, PLAN, RECIPES
from kiosk.scanner.regions import Regions
from kiosk.scanner.view import Box, Suspect, View
from tests.unit.scanner.conftest import on_frame, qr

TEXT = "FIT1:ABCDEFGHIJKLMNOP"


def view_of(frame, **notes):
    return View(gray=frame, number=0, now_s=0.0, scale=1.0, budget_ms=30, started_s=0.0, clock_s=lambda: 0.0, **notes)


def test_the_densest_box_lies_around_the_code():
    code = qr(TEXT)
    best = Regions(3).find(view_of(on_frame(code, left=700, top=300)))[0]
    assert best.overlap(Box(700, 300, code.shape[1], code.shape[0])) > 0.6


def test_undecoded_codes_come_first_then_the_last_hit_and_none_twice():
    quad = ((100.0, 100.0), (200.0, 100.0), (200.0, 200.0), (100.0, 200.0))
    view = view_of(
        on_frame(qr(TEXT), left=700, top=300), suspects=[Suspect(quad, 3)] * 2, last_box=Box(900, 50, 80, 80)
    )
    boxes = Regions(3).find(view)
    assert boxes[:2] == [Box(100, 100, 100, 100), Box(900, 50, 80, 80)]
    assert len(boxes) == 3


def test_an_empty_frame_has_only_itself_to_look_at():
    assert Regions(3).find(view_of(np.full((720, 1280), 90, np.uint8))) == [Box(0, 0, 1280, 720)]


def test_what_always_hangs_in_the_picture_fades_behind_what_is_held_up():
    regions = Regions(1)
    poster = on_frame(qr("A" * 80, module_px=7), left=50, top=50, background=128)
    for _ in range(1500):
        regions.find(view_of(poster))
    held = poster.copy()
    code = qr(TEXT, module_px=5)
    held[400 : 400 + code.shape[0], 900 : 900 + code.shape[1]] = code
    box = regions.find(view_of(held))[0]
    assert box.overlap(Box(900, 400, code.shape[1], code.shape[0])) > 0.5


@pytest.mark.parametrize("recipe", [*RECIPES, *FRESH], ids=lambda recipe: recipe.name)
def test_every_recipe_reads_a_clean_code_and_places_it_in_the_frame(recipe):
    code = qr(TEXT * 4, quiet=0, module_px=7)
    view = view_of(on_frame(code, left=500, top=200, background=255))
    reads = look(view, Box(500, 200, code.shape[1], code.shape[0]), recipe)
    assert [read.text for read in reads] == [TEXT * 4]
    assert np.allclose(reads[0].quad[0], (500, 200), atol=9)
    assert reads[0].stage == recipe.name


def test_the_best_box_gets_every_recipe_and_the_next_two_some():
    assert [recipe for recipe, rank in PLAN if rank == 0] == list(RECIPES)
    assert {rank for _, rank in PLAN} == {0, 1, 2}
    assert len(set(PLAN)) == len(PLAN)
