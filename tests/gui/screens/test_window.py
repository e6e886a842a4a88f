"""The window in time: verdicts come at once and leave by themselves, choices go back to the site's."""

import threading
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from kiosk.screens.state import Badge, CameraLost, Idle, Locked, Place, Starting, VerdictKind
from kiosk.screens.view import ground_for
from kiosk.screens.window import KioskWindow, stay_of
from shared.desktop import tokens
from shared.desktop.tokens import STAY, Stay
from tests.gui.screens.views import DENIED, GRANTED, NOTICE, PLACE, STAFF

LONG = Stay(granted_s=900, repeat_s=900, notice_s=900, denied_s=900, not_recorded_s=900, choice_s=900)
SHORT = replace(LONG, granted_s=0.05, choice_s=0.05)
DEADLINE_MS = 30_000


class SilentSounds:
    def __init__(self):
        self.played = []

    def play(self, kind):
        self.played.append(kind)


class Hands:
    """A window and what a test turns by hand."""

    def __init__(self, qtbot, stay):
        self.now = datetime.fromisoformat("2026-03-18T17:42:00+01:00")
        self.sounds = SilentSounds()
        self.window = KioskWindow(
            place=PLACE, local_time=lambda: self.now, sounds=self.sounds, stay=stay, language="en"
        )
        qtbot.addWidget(self.window)
        self.window.show()
        self.window.show_state(Idle())

    @property
    def view(self):
        return self.window.view


@pytest.fixture
def hands(app, qtbot):
    return Hands(qtbot, LONG)


@pytest.fixture
def brief(app, qtbot):
    return Hands(qtbot, SHORT)


def test_it_starts_by_saying_so(app, qtbot):
    window = KioskWindow(place=PLACE, local_time=lambda: None)
    qtbot.addWidget(window)
    assert window.view.state == Starting()
    assert window.view.clock == ""


def test_first_paint_is_told_after_it_happened(app, qtbot):
    window = KioskWindow(place=PLACE, local_time=lambda: None)
    qtbot.addWidget(window)
    with qtbot.waitSignal(window.first_painted, timeout=DEADLINE_MS):
        window.show()


def test_a_verdict_is_shown_and_sounds_at_once_and_leaves_by_itself(brief, qtbot):
    with qtbot.waitSignal(brief.window.verdict_ended, timeout=DEADLINE_MS):
        brief.window.show_state(GRANTED)
        assert brief.view.state == GRANTED
        assert brief.sounds.played == [VerdictKind.GRANTED]
    assert brief.view.state == Idle()


def test_another_verdict_interrupts_at_once(hands):
    hands.window.show_state(GRANTED)
    hands.window.show_state(DENIED)
    assert hands.view.state == DENIED
    assert hands.sounds.played == [VerdictKind.GRANTED, VerdictKind.DENIED]


def test_an_interrupting_verdict_has_its_full_time(brief, qtbot):
    brief.window.show_state(GRANTED)
    brief.window.show_state(NOTICE)
    steps = []
    brief.window._countdown.stepped.connect(lambda left, _: steps.append(left))
    qtbot.waitUntil(lambda: len(steps) > 20, timeout=DEADLINE_MS)
    assert brief.view.state == NOTICE
    assert min(steps) > 0.5


def test_a_resting_state_waits_for_the_end_of_a_verdict(hands):
    hands.window.show_state(GRANTED)
    hands.window.show_state(CameraLost())
    assert hands.view.state == GRANTED
    QTest.keyClick(hands.window, Qt.Key.Key_Escape)
    assert hands.view.state == CameraLost()


def test_escape_ends_a_verdict_and_is_harmless_otherwise(hands, qtbot):
    QTest.keyClick(hands.window, Qt.Key.Key_Escape)
    assert hands.window.isVisible()
    hands.window.show_state(DENIED)
    with qtbot.waitSignal(hands.window.verdict_ended, timeout=DEADLINE_MS):
        QTest.keyClick(hands.window, Qt.Key.Key_Escape)
    assert hands.view.state == Idle()


@pytest.mark.parametrize(
    ("kind", "seconds"),
    [
        (VerdictKind.GRANTED, 3),
        (VerdictKind.REPEAT, 3),
        (VerdictKind.NOTICE, 5),
        (VerdictKind.DENIED, 6),
        (VerdictKind.NOT_RECORDED, 6),
    ],
)
def test_how_long_a_verdict_stays(kind, seconds):
    assert stay_of(kind, large=False) == seconds
    assert stay_of(kind, large=True) == seconds * 1.5
    assert STAY.denied_s > STAY.granted_s


def press(hands, button):
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_pressed_language_is_spoken_and_told(hands, qtbot):
    with qtbot.waitSignal(hands.window.language_changed, timeout=DEADLINE_MS) as signal:
        press(hands, hands.window._face.languages.buttons["ar"])
    assert signal.args == ["ar"]
    assert hands.view.lang == "ar"
    assert hands.view.rtl


def test_a_verdict_changes_its_language_without_losing_its_time(hands):
    hands.window.show_state(DENIED)
    press(hands, hands.window._face.languages.buttons["de"])
    assert hands.view.state == DENIED
    assert hands.view.lang == "de"


def test_the_sites_language_waits_for_the_end_of_a_choice(hands):
    hands.window.set_language("da")
    assert hands.view.lang == "da"
    press(hands, hands.window._face.languages.buttons["fr"])
    hands.window.set_language("de")
    assert hands.view.lang == "fr"
    hands.window.show_state(GRANTED)
    QTest.keyClick(hands.window, Qt.Key.Key_Escape)
    assert hands.view.lang == "de"


def test_exactly_one_language_is_on_also_after_pressing_it_twice(hands):
    buttons = hands.window._face.languages.buttons
    for lang in ("es", "es", "en"):
        press(hands, buttons[lang])
        assert [each for each, button in buttons.items() if button.isChecked()] == [lang]


def test_larger_text_toggles(hands, qtbot):
    told = []
    hands.window.text_size_changed.connect(told.append)
    press(hands, hands.window._face.text_size)
    assert hands.view.large
    assert hands.window._face.text_size.accessibleName() == "Normal text"
    press(hands, hands.window._face.text_size)
    assert told == [True, False]
    assert not hands.view.large
    assert not hands.window._face.text_size.isChecked()


def test_language_and_text_size_go_back_after_each_person(hands):
    press(hands, hands.window._face.languages.buttons["da"])
    press(hands, hands.window._face.text_size)
    hands.window.show_state(GRANTED)
    assert (hands.view.lang, hands.view.large) == ("da", True)
    QTest.keyClick(hands.window, Qt.Key.Key_Escape)
    assert (hands.view.lang, hands.view.large) == ("en", False)


def test_a_choice_nobody_uses_goes_back_after_a_while(brief, qtbot):
    press(brief, brief.window._face.languages.buttons["fr"])
    assert brief.view.lang == "fr"
    qtbot.waitUntil(lambda: brief.view.lang == "en", timeout=DEADLINE_MS)


def test_a_choice_is_not_taken_back_during_a_verdict(brief):
    press(brief, brief.window._face.languages.buttons["fr"])
    brief.window.show_state(DENIED)
    assert not brief.window._choice.isActive()
    assert brief.view.lang == "fr"


def test_tab_goes_through_languages_then_text_size(hands, qtbot):
    face = hands.window._face
    hands.window.activateWindow()
    order = [*face.languages.buttons.values(), face.text_size]
    order[0].setFocus()
    for button in order:
        qtbot.waitUntil(button.hasFocus, timeout=DEADLINE_MS)
        QTest.keyClick(button, Qt.Key.Key_Tab)


def test_badges_staff_line_place_and_palette_are_shown(hands):
    hands.window.set_badges([Badge.OFFLINE])
    hands.window.set_staff_line(STAFF)
    hands.window.set_place(Place("Quay 4", "Side door"))
    hands.window.set_palette(tokens.DARK)
    assert hands.view == replace(
        hands.view,
        badges=frozenset({Badge.OFFLINE}),
        staff_line=STAFF,
        place=Place("Quay 4", "Side door"),
        palette=tokens.DARK,
    )
    assert ground_for(hands.view).fill == tokens.DARK.bg


def test_the_clock_follows_the_door_and_goes_when_the_time_is_lost(hands, qtbot):
    assert hands.view.clock == "17:42"
    hands.now = datetime.fromisoformat("2026-03-18T17:43:00+01:00")
    qtbot.waitUntil(lambda: hands.view.clock == "17:43", timeout=DEADLINE_MS)
    hands.now = None
    qtbot.waitUntil(lambda: hands.view.clock == "", timeout=DEADLINE_MS)


def frame(value: int) -> np.ndarray:
    return np.full((72, 128, 3), value, np.uint8)


def shown(hands):
    return hands.window._face.stage._picture


def test_frames_of_any_thread_are_shown_the_newest_last(hands, qtbot):
    def feed():
        for value in range(100):
            hands.window.set_frame(frame(value))

    thread = threading.Thread(target=feed)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: shown(hands) is not None, timeout=DEADLINE_MS)
    assert shown(hands).pixelColor(3, 3).red() == 99


def test_a_picture_is_forgotten_when_the_camera_is_lost_and_no_frame_is_taken(hands, qtbot):
    hands.window.set_frame(frame(9))
    qtbot.waitUntil(lambda: shown(hands) is not None, timeout=DEADLINE_MS)
    for state in (CameraLost(), Locked()):
        hands.window.show_state(state)
        assert shown(hands) is None
        hands.window.set_frame(frame(9))
        qtbot.waitUntil(lambda: hands.window._frames._picture is None, timeout=DEADLINE_MS)
        assert shown(hands) is None


def test_a_frame_that_is_none_is_refused_where_it_comes_from(hands):
    with pytest.raises(ValueError, match="A frame is"):
        hands.window.set_frame(np.zeros((3, 3, 7), np.uint8))


def test_with_reduced_motion_the_ring_stands(app, qtbot):
    window = KioskWindow(place=PLACE, local_time=lambda: None, reduced_motion=True, stay=LONG)
    qtbot.addWidget(window)
    window.show_state(GRANTED)
    stage = window._face.stage
    assert (stage._left, stage._plate_scale) == (1.0, 1.0)


def test_the_ring_runs_out(brief, qtbot):
    brief.window.show_state(replace(GRANTED))
    lefts = []
    brief.window._countdown.stepped.connect(lambda left, _: lefts.append(left))
    qtbot.waitSignal(brief.window.verdict_ended, timeout=DEADLINE_MS).wait()
    assert lefts == sorted(lefts, reverse=True)
