"""The audit's room against a real server: what people did is there, before and after; who meddles with it is found."""

import csv
import sqlite3

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from admin_desktop.audit.days import DaysSheet, Span
from admin_desktop.audit.reading import NOUNS
from admin_desktop.exporting.files import Kind
from admin_desktop.exporting.sheet import ExportSheet
from admin_desktop.shell.words import load_catalogue
from admin_desktop.widgets.chips import Tone
from cloud_api.common.audit_chain import noun_of
from cloud_api.identity import people, sessions
from cloud_api.identity.messages import NewPerson
from cloud_api.identity.passwords import hash_password
from cloud_api.operate.opening import open_cloud
from shared.contracts.gym import BlockRequest
from shared.domain.roles import Group
from tests.support.audited import audited_actions
from tests.support.desk import PASSWORD

ACTIONS = sorted(audited_actions())


def rows(room):
    return [(row.action, row.subject) for row in room.model.rows]


def cells(room, place=0):
    """What a row says, column by column."""
    model = room.model
    return [model.data(model.index(place, column)) for column in range(model.columnCount())]


def sides(room):
    return {change.field: (change.before, change.after) for change in room.card.changes}


def choose(desk, room, action, subject=None):
    place = next(at for at, row in enumerate(rows(room)) if row[0] == action and subject in (None, row[1]))
    room.table.choose(place)
    desk.settle()
    return place


def reprice(gym, price):
    plan = next(each for each in gym.live.call("GET", "/v1/plans")["items"] if each["name"] == "Monthly")
    gym.live.call("PUT", f"/v1/plans/{plan['id']}", json={**plan, "price_minor": price})
    return plan


def on_database(gym, statement, *values):
    with sqlite3.connect(gym.live.settings.database_file, timeout=30) as connection:
        connection.execute(statement, values)
    connection.close()


@pytest.mark.parametrize("language", ["en", "da"])
def test_there_are_words_for_everything_that_is_written_down(language):
    texts = load_catalogue()._texts[language]
    assert [action for action in ACTIONS if f"audit.did.{action}" not in texts] == []


def test_every_kind_of_thing_can_be_filtered_for():
    offered = {noun for nouns in NOUNS.values() for noun in nouns}
    assert {noun_of(action) for action in ACTIONS} - offered == set()


def test_a_price_stands_there_before_and_after_with_who_and_from_where(gym, desk):
    plan = reprice(gym, 39_900)
    room = desk.room("audit")
    place = choose(desk, room, "plan.changed", plan["id"])
    when, who, what, whom, where = cells(room, place)
    assert when.startswith("Today")
    assert (who, what, whom, where) == ("Owner", "Changed a plan Price", "Monthly", "Unnamed desk")
    assert sides(room) == {"Price": (f"{plan['price_minor'] / 100:.2f}\u00a0DKK", "399.00\u00a0DKK")}
    assert desk.says("399.00\u00a0DKK", room.card)
    desk.click(room.card.open)
    assert desk.frame.room_name == "plans"
    assert desk.frame.room.card.plan.name == "Monthly"


def test_whoever_signs_in_here_is_named_with_the_name_of_this_desk(gym, open_desk):
    desk = open_desk(role=None)
    desk.window.desk.staff.session._desk = "Front desk"
    cloud = open_cloud(gym.live.settings)
    with cloud.database.transaction() as session:
        new = NewPerson(name="Tova Lind", email="tova@desk.test", groups=[Group.OWNER])
        sessions.set_password(session, people.create_person(session, new, actor="system"), hash_password(PASSWORD))
    cloud.database.close()
    page = desk.window.centralWidget()
    desk.type(page.email.line, "tova@desk.test")
    desk.type(page.password.line, PASSWORD)
    desk.click(page.press)
    desk.wait_until(lambda: desk.window.frame is not None)
    member = desk.window.desk.staff.members(limit=1).items[0]
    desk.window.desk.staff.block_member(member.id, BlockRequest())
    room = desk.room("audit")
    place = choose(desk, room, "member.blocked", str(member.id))
    assert (cells(room, place)[1], cells(room, place)[4]) == ("Tova Lind", "Front desk")
    assert desk.says("The desk called itself Front desk when Tova Lind signed in. That is said, not proved.", room.card)


def test_a_member_is_found_by_name_and_told_until_erased(gym, desk):
    member_id = gym.live.member("Zacharias", paid=False)
    member = gym.live.call("GET", f"/v1/members/{member_id}")
    gym.live.call("PUT", f"/v1/members/{member_id}", json={**member, "phone": "+4588776655"})
    room = desk.room("audit")
    desk.type(room.search, "zacharias")
    desk.wait_until(lambda: {row[1] for row in rows(room)} == {member_id})
    choose(desk, room, "member.changed")
    assert sides(room) == {"Phone": ("–", "+4588776655")}
    assert "Zacharias" in room.card.whom.text()
    gym.live.call("DELETE", f"/v1/members/{member_id}")
    room.search.clear()
    desk.settle()
    room.entered()
    desk.settle()
    choose(desk, room, "member.changed", member_id)
    assert sides(room) == {"Phone": ("erased with the member", "erased with the member")}
    assert room.card.whom.text() == "Erased member"
    assert not room.card.open.isVisible()
    assert not [each for each in room.findChildren(QLabel) if "Zacharias" in each.text() or "8877" in each.text()]


def test_words_of_people_are_named_and_not_shown(gym, desk):
    machine = gym.live.call(
        "POST", "/v1/machines", json={"site_id": str(gym.live.site_id), "name": "Rower", "category": "Cardio"}
    )
    gym.live.call("POST", f"/v1/machines/{machine['id']}/faults", json={"description": "Nora broke it"})
    room = desk.room("audit")
    choose(desk, room, "machine.fault_reported", machine["id"])
    assert sides(room)["Description"] == ("–", "changed, not kept")
    gym.live.call("DELETE", f"/v1/machines/{gym.live.call('POST', '/v1/machines', json={**machine, 'id': None})['id']}")
    room.entered()
    desk.settle()
    assert cells(room, choose(desk, room, "machine.removed"))[3] == "Rower"


def test_rows_are_filtered_by_person_kind_and_days(gym, desk):
    reprice(gym, 35_900)
    room = desk.room("audit")
    everything = len(rows(room))
    room.filters.noun.choose("plan")
    desk.settle()
    assert {action.partition(".")[0] for action, _ in rows(room)} == {"plan"}
    me = desk.frame.context.me.person
    room.filters.person.choose(me.id)
    desk.settle()
    assert (rows(room), room.nothing.isVisible(), room.card.entry) == ([], True, None)
    room.filters.person.choose(None)
    room.filters.noun.choose(None)
    room.filters.days.choose("yesterday")
    desk.settle()
    yesterday = len(rows(room))
    assert yesterday < everything
    room.filters.days.choose("some")
    desk.settle()
    sheet = next(each for each in desk.window.findChildren(DaysSheet) if each.isVisible())
    today = sheet.first.value()
    sheet.last.edit.setDate(sheet.last.edit.date().addDays(-1))
    desk.click(sheet.main)
    assert sheet.last.complaint
    sheet.last.edit.setDate(sheet.first.edit.date())
    desk.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert room.filters.days.value == Span(today, today)
    assert len(rows(room)) > yesterday


def test_a_kiosk_that_is_paired_is_named_itself(gym, desk):
    kiosk = gym.live.device_client("Back door")
    room = desk.room("audit")
    place = choose(desk, room, "device.enrolled", str(kiosk.enrolment.device_id))
    assert cells(room, place)[1:] == ["Kiosk Back door", *cells(room, place)[2:4], "Kiosk Back door"]
    desk.click(room.card.open)
    assert (desk.frame.room_name, desk.frame.room.chosen) == ("kiosks", kiosk.enrolment.device_id)


def test_a_name_that_nobody_has_is_said(desk):
    room = desk.room("audit")
    desk.type(room.search, "nobodyhasthisname")
    desk.wait_until(room.nothing.isVisible)
    assert room.nothing.text() == "Nobody and nothing is called “nobodyhasthisname”."


def test_all_rows_go_into_a_file(gym, desk, tmp_path):
    reprice(gym, 36_900)
    room = desk.room("audit")
    room.filters.noun.choose("plan")
    desk.settle()
    desk.click(room.export)
    sheet = next(each for each in desk.window.findChildren(ExportSheet) if each.isVisible())
    sheet.kind.combo.setCurrentIndex(list(Kind).index(Kind.CSV))
    sheet.save_to(tmp_path / "audit.csv")
    desk.settle()
    with (tmp_path / "audit.csv").open(encoding="utf-8-sig", newline="") as file:
        head, *lines = csv.reader(file)
    assert head == ["When", "Who", "What", "Of whom", "From where", "Fields", "Before", "After", "Row"]
    assert len(lines) == len(rows(room))
    assert lines[0][2] == "Changed a plan"
    assert lines[0][7] == "Price: 369.00\u00a0DKK"


def test_the_light_is_green_and_red_from_the_row_on_that_somebody_changed(gym, desk):
    reprice(gym, 37_900)
    room = desk.room("audit")
    assert (room.chain.lamp.tone, room.chain.broken) == (Tone.GOOD, [])
    row = next(row for row in room.model.rows if row.action == "plan.changed")
    kept = '{"price_minor": 37900}'
    change = "UPDATE common_audit SET after = ? WHERE service = 'gym' AND number = ?"
    on_database(gym, change, '{"price_minor": 1}', row.number)
    room.entered()
    desk.settle()
    assert room.chain.lamp.tone is Tone.GOOD  # of a moment ago
    desk.click(room.chain.again)
    assert room.chain.lamp.tone is Tone.BAD
    assert f"Somebody meddled with the log: gym, row {row.number}." in room.chain.text.text()
    on_database(gym, change, kept, row.number)
    desk.click(room.chain.again)
    assert room.chain.lamp.tone is Tone.GOOD


@pytest.mark.parametrize(("role", "there"), [(Group.STAFF, False), (Group.ADMIN, True)])
def test_admins_have_the_room_and_staff_have_not(open_desk, role, there):
    desk = open_desk(role=role)
    assert ("audit" in [spec.name for spec in desk.frame.rooms]) is there
    if there:
        assert rows(desk.room("audit"))
