"""The plans' room, against a real server."""

import itertools

from PySide6.QtCore import QDate, Qt

from admin_desktop.coming.sheet import FromDaySheet
from admin_desktop.plans.editing import PlanSheet
from admin_desktop.widgets.forms import Field
from admin_desktop.widgets.sheet import Sheet
from shared.clock import SystemClock
from shared.domain.roles import Group

_numbers = itertools.count(1)


def field(desk, caption):
    return next(each for each in desk.on_top(Sheet).findChildren(Field) if each.caption.text() == caption)


def a_plan(gym, **facts):
    draft = {"name": f"Plan {next(_numbers)}", "months": 1, "price_minor": 20_000, "currency": "DKK", **facts}
    return gym.live.call("POST", "/v1/plans", json=draft)


def read(gym, plan):
    return gym.live.call("GET", f"/v1/plans/{plan['id']}")


def show(desk, plan):
    room = desk.room("plans")
    room.table.choose([str(row.id) for row in room.model.rows].index(plan["id"]))
    desk.settle()
    return room


def test_a_pack_for_mornings_at_one_site_is_made_with_the_keyboard(gym, desk):
    desk.room("plans")
    desk.key(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    desk.type(desk.window.focusWidget(), "Mornings")
    desk.type(field(desk, "Price").editor, "1.234,50")
    desk.type(field(desk, "Visits in it").editor, "10")
    hours, sites = field(desk, "Only at certain hours"), field(desk, "Only at some sites")
    hours.only.click()
    sites.some.click()
    next(iter(sites.ticks.values())).box.click()
    desk.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.wait_until(lambda: "Mornings" in desk.toast)
    (made,) = [plan for plan in gym.live.call("GET", "/v1/plans")["items"] if plan["name"] == "Mornings"]
    assert (made["price_minor"], made["visits"], made["site_ids"]) == (123_450, 10, [str(next(iter(sites.ticks)))])
    assert [window["weekday"] for window in made["windows"]] == [0, 1, 2, 3, 4]
    assert desk.says("Mon–Fri 09:00–15:00")


def test_what_cannot_be_read_is_said_at_its_field_and_nothing_is_sent(gym, desk):
    before = len(gym.live.call("GET", "/v1/plans")["items"])
    desk.room("plans").make_new()
    desk.type(field(desk, "Name").editor, "Odd")
    desk.type(field(desk, "Price").editor, "3 pounds")
    desk.type(field(desk, "How many").editor, "121")
    desk.click(desk.on_top(Sheet).main)
    assert field(desk, "Price").complaint
    desk.type(field(desk, "Price").editor, "3")
    desk.click(desk.on_top(Sheet).main)
    assert field(desk, "How many").complaint
    assert field(desk, "Name").editor.text() == "Odd"
    assert len(gym.live.call("GET", "/v1/plans")["items"]) == before


def test_whoever_was_overtaken_is_told_and_overwrites_nothing(gym, desk):
    plan = a_plan(gym)
    room = show(desk, plan)
    room.edit()
    gym.live.call("PUT", f"/v1/plans/{plan['id']}", json={**plan, "price_minor": 25_000})
    desk.type(field(desk, "Price").editor, "199")
    desk.click(desk.on_top(Sheet).main)
    assert "Somebody else was faster" in desk.on_top(Sheet).problem.text()
    assert read(gym, plan)["price_minor"] == 25_000
    desk.key(Qt.Key.Key_Escape)
    assert room.card.plan.price_minor == 25_000


def test_a_plan_goes_off_sale_and_back_with_undo(gym, desk):
    plan = a_plan(gym)
    room = show(desk, plan)
    desk.click(room.card.sale_button)
    assert not read(gym, plan)["on_sale"]
    desk.click(desk.button("Undo"))
    assert read(gym, plan)["on_sale"]
    assert room.card.chip.chip.text == "On sale"


def test_staff_look_and_change_nothing(gym, open_desk):
    desk = open_desk(role=Group.STAFF)
    room = show(desk, a_plan(gym))
    assert not room.new.isVisible()
    assert not room.card.edit_button.isEnabled()
    assert desk.says("changed by an Admin")
    room.make_new()
    room.edit()
    assert not [each for each in desk.window.findChildren(Sheet) if each.isVisible()]


def test_a_price_from_a_day_on_is_told_and_can_be_taken_back(gym, desk):
    plan = a_plan(gym)
    room = show(desk, plan)
    room.edit()
    desk.type(field(desk, "Price").editor, "249,50")
    desk.click(desk.on_top(PlanSheet).later)
    sheet = desk.on_top(FromDaySheet)
    assert sheet.form.fields["from_on"].value() > SystemClock().now().date()
    sheet.form.fields["from_on"].edit.setDate(QDate(2031, 1, 1))
    desk.click(sheet.main)
    assert "1\N{NO-BREAK SPACE}January 2031" in desk.toast
    assert read(gym, plan)["price_minor"] == 20_000
    notice = room.card.coming
    assert (notice.title.text(), notice.text.text()) == (
        "From 1\N{NO-BREAK SPACE}January 2031",
        "Price: 249.50\N{NO-BREAK SPACE}DKK",
    )
    assert not any(each.isVisible() for each in desk.window.findChildren(Sheet))
    desk.click(notice.press)
    assert not notice.isVisible()
    assert plan["id"] not in [each["thing_id"] for each in gym.live.call("GET", "/v1/planned-changes")["items"]]


def test_who_was_overtaken_while_choosing_the_day_keeps_what_was_typed(gym, desk):
    plan = a_plan(gym)
    show(desk, plan).edit()
    desk.type(field(desk, "Price").editor, "300")
    gym.live.call("PUT", f"/v1/plans/{plan['id']}", json={**plan, "name": "Theirs"})
    desk.click(desk.on_top(PlanSheet).later)
    desk.click(desk.on_top(FromDaySheet).main)
    assert "changed" in desk.on_top(FromDaySheet).problem.text()
    desk.click(desk.on_top(FromDaySheet).leave_button)
    assert field(desk, "Price").editor.text() == "300"


def test_staff_read_what_is_to_come_and_cannot_withdraw_it(gym, open_desk):
    plan = a_plan(gym)
    wanted = {"from_on": "2031-01-01", "plan": {**plan, "price_minor": 30_000}}
    gym.live.call("PUT", f"/v1/plans/{plan['id']}/planned-change", json=wanted)
    room = show(open_desk(role=Group.STAFF), plan)
    assert room.card.coming.isVisible()
    assert not room.card.coming.press.isVisible()
