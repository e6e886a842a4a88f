import sys

import numpy as np
import pytest

from kiosk.scanner.capabilities import capabilities
from kiosk.scanner.second_opinion import FIRST_PAUSE_S, HUNG_S, SecondOpinion
from tests.unit.scanner.conftest import bars

DEADLINE_S = 30.0
GRAY = np.full((20, 30), 255, np.uint8)

CHILD = """
import sys, json
def say(message):
    sys.stdout.write(json.dumps(message) + chr(10)); sys.stdout.flush()
def hear():
    width, height, names = sys.stdin.buffer.readline().decode().split()
    sys.stdin.buffer.read(int(width) * int(height))
    return width, height, names
"""
WELL = (
    CHILD
    + """
say({"missing": None})
while True:
    say([["Code128", ",".join(hear())]])
"""
)
CRASHES = (
    CHILD
    + """
say({"missing": None}); hear(); import os; os._exit(139)
"""
)
HANGS = (
    CHILD
    + """
say({"missing": None}); sys.stdin.buffer.read()
"""
)
ABSENT = (
    CHILD
    + """
say({"missing": "Unable to find zbar shared library"})
"""
)
BABBLES = """
print("no json")
"""


class Clock:
    def __init__(self):
        self.now_s = 1000.0

    def __call__(self):
        return self.now_s


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def opinion_of(clock):
    made = []

    def make(script):
        made.append(SecondOpinion(command=[sys.executable, "-c", script], clock_s=clock))
        return made[-1]

    yield make
    for opinion in made:
        opinion.close()


def test_it_passes_the_picture_on_and_the_answer_back(opinion_of):
    opinion = opinion_of(WELL)
    assert opinion.start(wait_s=DEADLINE_S)
    assert opinion.ask(GRAY, ["Code128", "ITF"], wait_s=DEADLINE_S) == [("Code128", "30,20,Code128,ITF")]
    assert opinion.ask(GRAY, ["EAN8"], wait_s=DEADLINE_S) == [("Code128", "30,20,EAN8")]


def test_a_question_before_it_is_up_is_answered_with_nothing_and_does_not_wait(opinion_of):
    opinion = opinion_of(WELL)
    assert opinion.ask(GRAY, ["Code128"], wait_s=DEADLINE_S) == []
    assert opinion.start(wait_s=DEADLINE_S)


def test_a_crash_is_an_empty_answer_and_it_is_started_again_after_a_pause(opinion_of, clock):
    opinion = opinion_of(CRASHES)
    opinion.start(wait_s=DEADLINE_S)
    assert opinion.ask(GRAY, ["Code128"], wait_s=DEADLINE_S) == []
    assert not opinion.start(wait_s=DEADLINE_S)  # resting
    clock.now_s += FIRST_PAUSE_S + 0.01
    assert opinion.start(wait_s=DEADLINE_S)
    assert opinion.missing is None


def test_pauses_between_crashes_double(opinion_of, clock):
    opinion = opinion_of(CRASHES)
    for pause in (FIRST_PAUSE_S, 2 * FIRST_PAUSE_S):
        opinion.start(wait_s=DEADLINE_S)
        opinion.ask(GRAY, ["Code128"], wait_s=DEADLINE_S)
        clock.now_s += pause - 0.01
        assert not opinion.start(wait_s=DEADLINE_S)
        clock.now_s += 0.02
    assert opinion.start(wait_s=DEADLINE_S)


def test_a_hung_process_is_ended_and_started_again(opinion_of, clock):
    opinion = opinion_of(HANGS)
    opinion.start(wait_s=DEADLINE_S)
    large = np.full((720, 1280), 255, np.uint8)
    assert opinion.ask(large, ["Code128"], wait_s=0.0) == []
    assert opinion.ask(large, ["Code128"], wait_s=DEADLINE_S) == []  # still busy: nothing is sent
    clock.now_s += HUNG_S + 0.01
    assert opinion.ask(large, ["Code128"], wait_s=0.0) == []
    assert not opinion.start(wait_s=DEADLINE_S)
    clock.now_s += FIRST_PAUSE_S
    assert opinion.start(wait_s=DEADLINE_S)


def test_a_missing_library_is_named_and_never_tried_again(opinion_of, clock, monkeypatch):
    opinion = opinion_of(ABSENT)
    assert not opinion.start(wait_s=DEADLINE_S)
    assert opinion.missing == "Unable to find zbar shared library"
    clock.now_s += 10_000
    monkeypatch.setattr("kiosk.scanner.second_opinion.Talk", lambda _: pytest.fail("started again"))
    assert not opinion.start(wait_s=DEADLINE_S)
    assert opinion.ask(GRAY, ["Code128"], wait_s=DEADLINE_S) == []


def test_a_process_that_babbles_or_cannot_be_started_is_a_crash(opinion_of, clock):
    assert not opinion_of(BABBLES).start(wait_s=DEADLINE_S)
    nobody = SecondOpinion(command=["/no/such/program"], clock_s=clock)
    assert nobody.ask(GRAY, ["Code128"], wait_s=DEADLINE_S) == []
    assert not nobody.start(wait_s=DEADLINE_S)


def test_the_real_child_reads_what_zxing_reads_or_says_what_is_missing():
    present = next(each for each in capabilities() if each.name == "second opinion on linear codes").present
    opinion = SecondOpinion()
    try:
        assert opinion.start(wait_s=DEADLINE_S) == present
        if present:
            answers = opinion.ask(bars("5901234123457", "EAN13"), ["Code128", "EAN13"], wait_s=DEADLINE_S)
            assert answers == [("EAN13", "5901234123457")]
        else:
            assert opinion.missing
    finally:
        opinion.close()


def test_capabilities_name_what_is_missing_and_what_helps(monkeypatch):
    def gone(name):
        raise ImportError("Unable to find zbar shared library")

    monkeypatch.setattr("kiosk.scanner.capabilities.importlib.import_module", gone)
    missing = {each.name: each for each in capabilities() if not each.present}
    assert missing["reading codes"].needed
    zbar = missing["second opinion on linear codes"]
    assert not zbar.needed
    assert "Unable to find zbar shared library" in zbar.missing
    assert "libzbar0" in zbar.missing or sys.platform != "linux"
