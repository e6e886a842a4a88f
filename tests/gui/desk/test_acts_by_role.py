"""Every room walked by every role: what one may not do is absent or off with a reason, and what is on is never refused."""

from uuid import uuid4

import pytest
from PySide6.QtWidgets import QFileDialog, QLabel

from admin_desktop.app import ROOMS
from shared.domain.roles import OPERATIONS, Group, may
from tests.gui.desk.busy_day import have_a_busy_day
from tests.gui.desk.pressing import BOUND, close_all, entered, presses

WHO_MAY = ("Admin", "Owner")
"""A reason names who may."""


@pytest.fixture(scope="module")
def day(gym):
    have_a_busy_day(gym)
    aage = {"name": "Aage", "email": f"{uuid4().hex}@fit.test", "groups": ["Staff"]}
    gym.live.call("POST", "/v1/people", json=aage)  # the first of the list, whom an Admin may change
    return gym


def off(desk):
    """The buttons of each room that are off, and why: what they or their room say."""
    found = {}
    for spec in desk.frame.rooms:
        room = entered(desk, spec.name)
        said = [each.text() for each in room.findChildren(QLabel) if each.isVisible()]
        for text, press in presses(room).items():
            if not press.isEnabled():
                reasons = [each for each in (press.toolTip(), *said) if any(who in each for who in WHO_MAY)]
                found[spec.name, text] = reasons
    return found


def on(desk):
    found = set()
    for spec in desk.frame.rooms:
        found |= {(spec.name, text) for text, press in presses(entered(desk, spec.name)).items() if press.isEnabled()}
    return found


@pytest.mark.parametrize("role", [Group.STAFF, Group.ADMIN], ids=lambda role: role.value)
def test_what_a_role_may_not_do_is_absent_or_says_who_may(day, open_desk, role):
    assert not set(BOUND.values()) - OPERATIONS.keys()
    owner, desk = open_desk(role=Group.OWNER), open_desk(role=role)
    rooms = {spec.name for spec in desk.frame.rooms}
    everything = {(room, text) for room, text in on(owner) if room in rooms and not text.startswith("Open ")}
    missing = everything - on(desk)
    assert missing == {act for act, operation in BOUND.items() if not may(frozenset({role}), operation)}
    assert [act for act, reasons in off(desk).items() if act in missing and not reasons] == []


@pytest.mark.parametrize("role", [Group.STAFF, Group.ADMIN], ids=lambda role: role.value)
def test_nothing_that_is_on_is_refused(day, open_desk, role, monkeypatch):
    """Each button of each room is pressed once, and what opens is closed again."""
    for ask in ("getSaveFileName", "getOpenFileName"):
        monkeypatch.setattr(QFileDialog, ask, lambda *_, **__: ("", ""))  # these wait for an answer
    desk, refused = open_desk(role=role), []
    client = desk.window.desk._transport._client
    client.event_hooks["response"].append(
        lambda answer: refused.append(str(answer.request.url)) if answer.status_code == 403 else None
    )
    for spec in ROOMS:
        if not may(frozenset({role}), spec.operation):
            continue
        for text in presses(entered(desk, spec.name)):
            press = presses(entered(desk, spec.name)).get(text)
            if press is not None and press.isEnabled():
                press.click()
                desk.settle()
                close_all(desk)
            assert (spec.name, text, refused) == (spec.name, text, [])
            assert "Your role may not" not in desk.toast
