"""The staff's room, and the role table, against a real server."""

from itertools import count

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from admin_desktop.shell.signed_out import SignedOut
from admin_desktop.shell.words import load_catalogue
from admin_desktop.staff.roles import AREAS, abilities
from admin_desktop.widgets.sheet import Question, Sheet
from shared.domain.roles import OPERATIONS, Group, may

_numbers = count()


def a_person(gym, *groups, name="Jonas Brack"):
    body = {"name": name, "email": f"person{next(_numbers)}@harbour.example", "groups": [each.value for each in groups]}
    return gym.live.call("POST", "/v1/people", json=body)["person_id"] and body["email"]


def show(desk, email):
    room = desk.room("staff")
    desk.type(room.search, email)
    desk.wait_until(lambda: [row.email for row in room.model.rows] == [email])
    room.table.choose(0)
    desk.settle()
    return room


def stored(gym, email):
    return next((each for each in gym.live.call("GET", "/v1/people") if each["email"] == email), None)


def agree(desk):
    question = desk.on_top(Question)
    assert question.safe.hasFocus()
    desk.click(question.yes)


@pytest.mark.parametrize("language", ["en", "da"])
def test_there_are_words_for_every_operation(language):
    texts = load_catalogue()._texts[language]
    assert [operation for operation in OPERATIONS if f"staff.do.{operation}" not in texts] == []


def test_no_operation_of_the_table_is_without_a_heading_of_its_own():
    assert "other" not in abilities([frozenset({Group.OWNER})])
    assert "other" in AREAS  # what comes new is shown all the same


def test_the_ticks_are_those_of_the_one_table(gym, desk):
    room = show(desk, a_person(gym, Group.ADMIN))
    shown = room.card.table.shown
    assert shown["member.erase"] == (True,)
    assert shown["issuer_key.change"] == (False,)
    assert all(allowed == (may(frozenset({Group.ADMIN}), operation),) for operation, allowed in shown.items())


def test_all_roles_stand_beside_one_another(desk):
    room = desk.room("staff")
    desk.click(room.roles)
    table = desk.on_top(Sheet).table
    assert table.shown["payment.refund"] == (False, True, True)
    assert table.shown["report.read"] == (False, False, True)
    assert "device.feed" not in table.shown


def test_whoever_is_invited_has_a_link_that_is_shown_once_and_can_be_copied(gym, desk):
    desk.room("staff")
    desk.key(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    sheet = desk.on_top(Sheet)
    desk.type(sheet.form.fields["name"].editor, "Tova")
    desk.type(sheet.form.fields["email"].editor, "tova@harbour.example")
    desk.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    link = desk.on_top(Sheet).link.text()
    assert "/welcome?token=" in link
    desk.click(desk.on_top(Sheet).main)
    assert QGuiApplication.clipboard().text() == link
    assert stored(gym, "tova@harbour.example")["groups"] == ["Staff"]


def test_an_address_that_is_taken_or_none_is_said_at_its_field(gym, desk):
    taken = a_person(gym, Group.STAFF)
    desk.room("staff")
    desk.key(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    sheet = desk.on_top(Sheet)
    field = sheet.form.fields["email"]
    desk.type(sheet.form.fields["name"].editor, "Tova")
    for typed in ("not an address", taken):
        desk.type(field.editor, typed)
        desk.click(sheet.main)
        assert field.complaint
        assert (sheet.isVisible(), field.editor.text()) == (True, typed)


def test_a_role_is_changed_and_the_change_undone(gym, desk):
    email = a_person(gym, Group.STAFF, Group.USER)
    room = show(desk, email)
    desk.click(room.card.buttons["change"])
    field = desk.on_top(Sheet).form.fields["role"]
    field.combo.setCurrentIndex(2)
    desk.click(desk.on_top(Sheet).main)
    assert stored(gym, email)["groups"] == ["Admin", "User"]
    desk.click(desk.button("Undo"))
    assert stored(gym, email)["groups"] == ["Staff", "User"]


def test_disabling_is_told_and_can_be_undone(gym, desk):
    email = a_person(gym, Group.STAFF)
    room = show(desk, email)
    desk.click(room.card.buttons["disable"])
    assert not stored(gym, email)["enabled"]
    assert "may do nothing of this now" in room.card.may.text()
    assert room.card.buttons["disable"].text().strip() == "Enable"
    desk.click(desk.button("Undo"))
    assert stored(gym, email)["enabled"]


def test_removing_asks_first(gym, desk):
    email = a_person(gym, Group.STAFF)
    room = show(desk, email)
    desk.click(room.card.buttons["remove"])
    assert stored(gym, email) is not None
    agree(desk)
    assert stored(gym, email) is None
    assert room.card.person is None


def test_whoever_signs_out_everywhere_is_out_here_too(desk):
    me = desk.frame.context.me.person
    room = show(desk, me.email)
    desk.click(room.card.buttons["sign_out"])
    assert desk.says("Also this one.")
    agree(desk)
    desk.window.desk.staff.session.resume("gone")
    room.entered()
    desk.wait_until(lambda: desk.window.findChild(SignedOut) is not None)


def test_the_last_owner_stays_and_why_is_told_in_words(gym, desk):
    owners = [each for each in gym.live.call("GET", "/v1/people") if "Owner" in each["groups"] and each["enabled"]]
    me = desk.frame.context.me.person
    for other in owners:
        if other["id"] != str(me.id):
            desk.window.desk.staff.remove_person(other["id"])
    room = show(desk, me.email)
    desk.click(room.card.buttons["disable"])
    assert "This is the last Owner." in desk.toast
    desk.click(room.card.buttons["change"])
    desk.on_top(Sheet).form.fields["role"].combo.setCurrentIndex(1)
    desk.click(desk.on_top(Sheet).main)
    assert "Make somebody else an Owner first." in desk.on_top(Sheet).problem.text()
    del gym.live.owner


def test_an_admin_changes_no_owner_and_makes_none(gym, open_desk):
    owner, staff = a_person(gym, Group.OWNER), a_person(gym, Group.STAFF)
    desk = open_desk(role=Group.ADMIN)
    room = show(desk, owner)
    assert not any(press.isEnabled() for press in room.card.buttons.values())
    assert room.card.why_off.isVisible()
    room.change()
    assert not any(each.isVisible() for each in desk.window.findChildren(Sheet))
    room = show(desk, staff)
    desk.click(room.card.buttons["change"])
    combo = desk.on_top(Sheet).form.fields["role"].combo
    assert [combo.itemText(place) for place in range(combo.count())] == ["No role at the desk", "Staff", "Admin"]
