"""Several people share a desk: it locks, and each goes on by the own PIN or card."""

from functools import cache
from uuid import uuid4

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from admin_desktop.shell.desk_card import CardSheet
from admin_desktop.shell.lock import LockedDesk
from admin_desktop.shell.pin import PinSheet
from admin_desktop.shell.signed_out import SignedOut
from admin_desktop.widgets.sheet import Overlay
from cloud_api.identity import desk_cards, people, pins, sessions
from cloud_api.identity.messages import NewPerson
from cloud_api.identity.passwords import hash_password
from cloud_api.operate.opening import open_cloud
from shared.domain.roles import Group
from tests.support.desk import PASSWORD

PIN = "2580"


@cache
def hashed(secret):
    return hash_password(secret)


@pytest.fixture
def colleague(gym):
    """Make someone with a PIN, and a card if one is given; returns the name."""

    def make(role=Group.OWNER, card=None):
        cloud, name = open_cloud(gym.live.settings), f"Jonas {uuid4().hex[:6]}"
        with cloud.database.transaction() as session:
            new = NewPerson(name=name, email=f"{uuid4()}@fit.test", groups=[role])
            person_id = people.create_person(session, new, actor="system")
            sessions.set_password(session, person_id, hashed(PASSWORD))
            pins.set_pin(session, person_id, hashed(PIN), by=_principal(person_id))
            if card is not None:
                desk_cards.set_card(
                    session, person_id, desk_cards.hash_card(cloud.keys, card), by=_principal(person_id)
                )
        cloud.database.close()
        return name

    return make


def _principal(person_id):
    from cloud_api.common.principal import Principal, PrincipalKind

    return Principal(person_id, PrincipalKind.PERSON, frozenset({Group.STAFF}))


def locked(desk):
    desk.key(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    found = next(each for each in desk.window.findChildren(LockedDesk) if each.isVisible())
    desk.wait_until(lambda: bool(found.people) or found.problem.isVisible())
    desk.settle()
    return found


def choose(desk, lock, name):
    press = next(press for press in lock.people if press.accessibleName() == name)
    lock._scroll.ensureWidgetVisible(press)
    desk.click(press)


def test_a_colleague_with_the_same_role_goes_on_with_the_page_as_it_was(desk, colleague):
    name = colleague()
    room = desk.room("members")
    desk.type(room.search, "anders")
    lock = locked(desk)
    choose(desk, lock, name)
    desk.type(lock.pin, PIN)
    desk.click(lock.press)
    desk.wait_until(lambda: desk.frame.context.me.person.name == name)
    assert desk.frame.room is room
    assert room.search.text() == "anders"
    assert desk.frame.navigation.name.text() == name


def test_a_colleague_with_another_role_gets_the_rooms_of_that_role(desk, colleague):
    name = colleague(Group.STAFF)
    desk.room("members")
    before = desk.frame
    lock = locked(desk)
    choose(desk, lock, name)
    desk.type(lock.pin, PIN)
    desk.click(lock.press)
    desk.wait_until(lambda: desk.window.frame is not before)
    assert desk.frame.context.me.role is Group.STAFF
    assert desk.frame.room_name == "members"


def test_a_wrong_pin_is_said_and_nothing_of_the_page_is_seen(desk, colleague):
    name = colleague()
    lock = locked(desk)
    choose(desk, lock, name)
    desk.type(lock.pin, "0000")
    desk.click(lock.press)
    assert "not right" in lock.problem.text()
    assert lock.pin.text() == ""
    assert lock.size() == desk.frame.size()
    picture = desk.window.grab().toImage()
    assert picture.pixelColor(20, 300) == picture.pixelColor(picture.width() - 20, 300)  # one ground from edge to edge


_CONTROL, _NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier


@pytest.mark.parametrize(
    ("key", "modifier"),
    [(Qt.Key.Key_Escape, _NONE), (Qt.Key.Key_F3, _NONE), (Qt.Key.Key_K, _CONTROL), (Qt.Key.Key_N, _CONTROL)],
    ids=["Esc", "F3", "Ctrl+K", "Ctrl+N"],
)
def test_no_key_opens_a_locked_desk(desk, colleague, key, modifier):
    colleague()
    room = desk.room("members")
    lock = locked(desk)
    desk.key(key, modifier)
    assert lock.isVisible()
    assert [each for each in desk.window.findChildren(Overlay) if each.isVisible()] == [lock]
    assert desk.frame.room is room


def test_a_desk_that_was_ended_locked_starts_locked(gym, desk, colleague, qapp):
    from tests.support.desk import a_desk

    colleague()
    locked(desk)
    data = desk.window._settings.data
    desk.window.close()
    with a_desk(gym, qapp, data, role=None) as again:
        again.wait_until(lambda: again.window.frame is not None)
        assert again.frame.findChild(LockedDesk) is not None


def test_a_desk_locks_itself_only_for_someone_who_can_come_back(desk, colleague):
    assert not desk.frame._may_lock()
    name = colleague()
    lock = locked(desk)
    choose(desk, lock, name)
    desk.type(lock.pin, PIN)
    desk.click(lock.press)
    desk.wait_until(desk.frame._may_lock)
    desk.frame.idle.timer.timeout.emit()
    assert desk.frame.findChild(LockedDesk) is not None


def test_every_touch_says_that_somebody_is_there(desk):
    timer, window = desk.frame.idle.timer, desk.window.windowHandle()

    def runs_anew(touch):
        before = timer.timerId()
        touch()
        return timer.timerId() != before

    desk.wait_until(window.isActive)
    assert runs_anew(lambda: QTest.keyClick(window, Qt.Key.Key_Shift))
    assert runs_anew(lambda: QTest.mouseMove(window, QPoint(300, 300)))
    assert runs_anew(lambda: QTest.mouseClick(window, Qt.MouseButton.LeftButton, pos=QPoint(5, 5)))
    assert not runs_anew(desk.settle)


def test_a_person_sets_a_pin_with_the_password(gym, open_desk, colleague):
    name = colleague()
    desk = open_desk()
    lock = locked(desk)
    choose(desk, lock, name)
    desk.scan(PIN, pace_ms=120)
    desk.wait_until(lambda: desk.frame.context.me.person.name == name)
    desk.click(desk.button("My PIN and card"))
    sheet = next(each for each in desk.window.findChildren(PinSheet) if each.isVisible())
    desk.type(sheet.form.fields["password"].editor, "not it")
    desk.type(sheet.form.fields["pin"].editor, "11")
    desk.click(sheet.main)
    assert "Four to eight" in sheet.form.fields["pin"].complaint
    desk.type(sheet.form.fields["pin"].editor, "1111")
    desk.click(sheet.main)
    assert "password is not right" in sheet.form.fields["password"].complaint
    desk.type(sheet.form.fields["password"].editor, PASSWORD)
    desk.click(sheet.main)
    desk.wait_until(lambda: desk.toast == "Your PIN is set.")


def a_card():
    return f"tag {uuid4().hex}"


def test_a_card_goes_on_at_once_wherever_the_focus_is(desk, colleague):
    card = a_card()
    name = colleague(card=card)
    room = desk.room("members")
    desk.type(room.search, "anders")
    changed = []
    room.search.textChanged.connect(changed.append)

    def leave(lock):
        return desk.button("Sign in with a password", lock)

    for focus in (lambda lock: lock.pin, leave, lambda _: room.search):
        lock = locked(desk)
        assert desk.says("hold your card", lock)
        focus(lock).setFocus()
        desk.scan(card)
        desk.wait_until(lambda: is_open(desk))
        assert desk.frame.context.me.person.name == name
        assert room.search.text() == "anders"
    assert changed == []


def test_a_card_that_is_nobodys_is_said_and_is_no_try_at_a_pin(desk, colleague):
    name = colleague(card=a_card())
    lock = locked(desk)
    choose(desk, lock, name)
    for _ in range(5):
        desk.scan("4711")
        desk.settle()
        assert "Nobody has registered this card" in lock.problem.text()
    desk.scan(PIN, pace_ms=120)  # by hand, and the first try
    desk.wait_until(lambda: desk.frame.context.me.person.name == name)


def test_what_is_still_being_scanned_reaches_nothing_of_the_page(desk, colleague):
    card = a_card()
    name = colleague(card=card)
    room = desk.room("members")
    room.search.setFocus()
    lock = locked(desk)
    desk.scan(card)
    for _ in range(3):  # again and again before the scanner, also when the cloud has answered
        desk.wait_until(lambda: desk.scan(card, end="") or desk.window.ask.is_idle)
    assert lock.isVisible()
    desk.wait_until(lambda: desk.frame.context.me.person.name == name)
    assert room.search.text() == ""


def test_who_signs_in_over_a_locked_page_types_as_ever(desk, colleague):
    colleague(card=a_card())
    locked(desk)
    desk.frame.sign_in_again()
    password = desk.on_top(SignedOut).page.password.line
    desk.scan(PASSWORD, end="")
    assert password.text() == PASSWORD


def test_a_person_registers_a_card_and_takes_it_away(desk, colleague):
    card = a_card()
    name = colleague()
    choose(desk, locked(desk), name)
    desk.scan(PIN, pace_ms=120)
    desk.wait_until(lambda: desk.frame.context.me.person.name == name)
    sheet = card_sheet(desk)
    password, field = sheet.form.fields["password"].editor, sheet.form.fields["card"]
    assert not sheet.remove.isVisible()
    desk.click(sheet.main)
    assert "Hold your card" in field.complaint
    desk.scan("short 1")
    assert password.text() == ""  # what was scanned is in no field
    desk.type(password, PASSWORD)
    desk.click(sheet.main)
    assert "fewer than 8" in field.complaint
    desk.scan(card)
    desk.wait_until(lambda: desk.toast == "Your card is registered.")
    locked(desk)
    desk.scan(card)
    desk.wait_until(lambda: is_open(desk))
    sheet = card_sheet(desk)
    desk.type(sheet.form.fields["password"].editor, PASSWORD)
    desk.click(sheet.remove)
    desk.wait_until(lambda: desk.toast == "Your card opens no desk any more.")
    lock = locked(desk)
    desk.scan(card)
    desk.settle()
    assert "Nobody has registered this card" in lock.problem.text()


def is_open(desk):
    return desk.frame.findChild(LockedDesk) is None


def card_sheet(desk):
    desk.click(desk.button("My PIN and card"))
    desk.click(desk.on_top(PinSheet).card)
    return desk.on_top(CardSheet)
