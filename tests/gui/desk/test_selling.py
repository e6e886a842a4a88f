"""Selling and renewing from a member's card, and what is done with memberships, against a real server."""

import itertools
from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt

from admin_desktop.payments import paper
from admin_desktop.widgets.sheet import Sheet
from shared.clock import SystemClock
from shared.contracts.gym import MemberView
from shared.errors import Unavailable

_names = itertools.count(1)
CTRL = Qt.KeyboardModifier.ControlModifier


def today():
    return SystemClock().now().astimezone(ZoneInfo("Europe/Copenhagen")).date()


def a_plan(gym, **facts):
    draft = {"name": f"Sold {next(_names)}", "months": 1, "price_minor": 12_345, "currency": "DKK", **facts}
    return gym.live.call("POST", "/v1/plans", json=draft)


def a_member(gym, *plans, **facts):
    new = {"given_name": f"Sol {next(_names)}", "home_site_id": str(gym.live.site_id), **facts}
    member = gym.live.call("POST", "/v1/members", json=new)
    for plan in plans:
        gym.live.call("POST", f"/v1/members/{member['id']}/memberships", json={"plan_id": plan["id"]})
    return read(gym, member["id"])


def read(gym, member_id):
    return MemberView.model_validate(gym.live.call("GET", f"/v1/members/{member_id}"))


def receipts(gym, member):
    return gym.live.call("GET", f"/v1/members/{member.id}/receipts")["items"]


def show(desk, member):
    room = desk.room("members")
    desk.type(room.search, member.number)
    desk.wait_until(lambda: room.card.member is not None and room.card.member.id == member.id)
    return room


def begin(desk, member, plan):
    """The sheet with this plan chosen."""
    room = show(desk, member)
    desk.key(Qt.Key.Key_F2)
    sheet = desk.on_top(Sheet)
    place = [str(offer.plan.id) for offer in sheet._offers].index(plan["id"])
    sheet.plans.rows[place].click()
    return room, sheet


def test_a_plan_is_sold_with_the_keyboard_alone(gym, desk):
    plan, member = a_plan(gym), a_member(gym)
    room = show(desk, member)
    desk.key(Qt.Key.Key_F2)
    sheet = desk.on_top(Sheet)
    names = [offer.plan.name for offer in sheet._offers]
    for _ in range(names.index(plan["name"]) + 1):
        desk.key(Qt.Key.Key_Down)
    assert sheet.main.text() == "Take 123.45\u00a0DKK"
    desk.key(Qt.Key.Key_3)
    desk.key(Qt.Key.Key_Return, CTRL)
    desk.wait_until(lambda: room.card.member.memberships)
    (held,) = read(gym, member.id).memberships
    assert (held.plan_name, held.starts_on) == (plan["name"], today())
    (receipt,) = receipts(gym, member)
    assert (receipt["amount_minor"], receipt["method"]) == (12_345, "transfer")
    assert desk.says(f"Receipt {receipt['number']}")


def test_keys_of_the_room_wait_while_a_sheet_is_open(gym, desk):
    begin(desk, a_member(gym), a_plan(gym))
    desk.key(Qt.Key.Key_F2)
    desk.key(Qt.Key.Key_N, CTRL)
    assert len([each for each in desk.window.findChildren(Sheet) if each.isVisible()]) == 1


def test_no_method_is_chosen_before_somebody_does(gym, desk):
    plan, member = a_plan(gym), a_member(gym)
    _, sheet = begin(desk, member, plan)
    desk.click(sheet.main)
    assert sheet.tender.problem.isVisible()
    desk.key(Qt.Key.Key_2)
    desk.click(sheet.main)
    assert sheet.tender.reference.complaint
    assert receipts(gym, member) == []
    desk.type(sheet.tender.reference.line, "slip 4711")
    desk.click(sheet.main)
    assert [item["reference"] for item in receipts(gym, member)] == ["slip 4711"]


def test_a_price_that_changed_meanwhile_is_told_and_stands_on_the_button(gym, desk):
    plan, member = a_plan(gym), a_member(gym)
    _, sheet = begin(desk, member, plan)
    gym.live.call("PUT", f"/v1/plans/{plan['id']}", json={**plan, "price_minor": 22_345})
    desk.key(Qt.Key.Key_3)
    desk.wait_until(lambda: _payments_know(gym, plan, 22_345))
    desk.click(sheet.main)
    assert "price was changed" in sheet.problem.text()
    assert sheet.main.text() == "Take 223.45\u00a0DKK"
    assert receipts(gym, member) == []
    desk.click(sheet.main)
    assert [item["amount_minor"] for item in receipts(gym, member)] == [22_345]


def _payments_know(gym, plan, price):
    """Whether the price has come to those who take the money: an order at it is not refused."""
    member = a_member(gym)
    line = {"kind": "sale", "plan_id": plan["id"], "membership_id": str(uuid4()), "price_minor": price}
    order = {"id": str(uuid4()), "site_id": str(gym.live.site_id), "member_id": str(member.id), "lines": [line]}
    return gym.live.owner.post("/v1/orders", json=order).is_success


def test_a_renewal_follows_the_paid_time_and_says_so(gym, desk):
    plan = a_plan(gym, renews=True)
    member = a_member(gym, plan)
    room, sheet = begin(desk, member, plan)
    (held,) = member.memberships
    assert "the new period follows" in sheet.bill.rest.text()
    assert not sheet.start.isVisible()
    promised = sheet.bill.until.text()
    desk.key(Qt.Key.Key_3)
    desk.click(sheet.main)
    desk.wait_until(lambda: room.card.member.memberships[0].paid_through_on > held.paid_through_on)
    (renewed,) = read(gym, member.id).memberships
    assert renewed.id == held.id
    until = renewed.paid_through_on
    assert f"{until.day}~{until:%B} {until.year}" in promised.replace("\u00a0", "~")


def test_the_card_waits_until_what_was_paid_for_is_given(gym, desk):
    plan, member = a_plan(gym), a_member(gym)
    room, sheet = begin(desk, member, plan)
    staff, late = desk.frame.context.desk.staff, iter(range(3))
    ask = staff.member
    staff.member = lambda member_id: member if next(late, None) is not None else ask(member_id)
    desk.key(Qt.Key.Key_3)
    desk.click(sheet.main)
    assert next(late, None) is None
    assert [held.plan_name for held in room.card.member.memberships] == [plan["name"]]


def test_what_runs_beside_is_said_before_money_is_taken(gym, desk):
    old, new = a_plan(gym, renews=True), a_plan(gym)
    member = a_member(gym, old)
    _, sheet = begin(desk, member, new)
    said = sheet.bill.rest.text()
    assert "becomes overdue after that" in said
    assert "To lose no paid day" in said


def test_cash_needs_a_till_and_it_can_be_opened_from_the_sale(gym, desk):
    plan, member = a_plan(gym), a_member(gym)
    _, sheet = begin(desk, member, plan)
    desk.key(Qt.Key.Key_1)
    desk.click(sheet.main)
    assert "till of this site must be open" in sheet.problem.text()
    desk.click(sheet.open_till)
    opening = desk.on_top(Sheet)
    desk.type(opening.float.line, "500")
    desk.click(opening.main)
    desk.click(sheet.main)
    assert [item["method"] for item in receipts(gym, member)] == ["cash"]
    till = gym.live.call("GET", f"/v1/sites/{gym.live.site_id}/till")
    assert till["expected_minor"] == 50_000 + 12_345


def test_after_silence_the_same_is_sent_again_and_taken_once(gym, desk):
    plan, member = a_plan(gym), a_member(gym)
    _, sheet = begin(desk, member, plan)
    desk.key(Qt.Key.Key_3)
    order_id = sheet._order_id
    take = desk.frame.context.desk.payments.take

    def lost(*arguments):
        take(*arguments)
        raise Unavailable("the answer was lost")

    desk.frame.context.desk.payments.take = lost
    desk.click(sheet.main)
    assert "not known whether" in sheet.problem.text()
    assert not sheet.plans.isEnabled()
    desk.frame.context.desk.payments.take = take
    desk.click(sheet.main)
    assert sheet._order_id == order_id
    assert len(receipts(gym, member)) == 1


def test_a_receipt_becomes_a_pdf_of_vectors(gym, desk, tmp_path, monkeypatch):
    plan, member = a_plan(gym), a_member(gym)
    _, sheet = begin(desk, member, plan)
    desk.key(Qt.Key.Key_3)
    desk.click(sheet.main)
    path = tmp_path / "receipt.pdf"
    monkeypatch.setattr(paper, "choose_path", lambda *_: path)
    desk.click(desk.on_top(Sheet).paper)
    assert "receipt.pdf" in desk.toast
    content = path.read_bytes()
    assert content.startswith(b"%PDF")
    assert b"/FontFile" in content


def test_a_file_that_cannot_be_written_is_said(gym, desk, tmp_path, monkeypatch):
    plan, member = a_plan(gym), a_member(gym)
    _, sheet = begin(desk, member, plan)
    desk.key(Qt.Key.Key_3)
    desk.click(sheet.main)
    monkeypatch.setattr(paper, "choose_path", lambda *_: tmp_path / "nowhere" / "receipt.pdf")
    desk.click(desk.on_top(Sheet).paper)
    assert "cannot be written" in desk.toast


def test_a_freeze_gives_its_days_back(gym, desk):
    member = a_member(gym, a_plan(gym))
    room = show(desk, member)
    desk.click(room.card.memberships.freeze)
    sheet = desk.on_top(Sheet)
    assert "14 days" in sheet.means.text()
    desk.click(sheet.main)
    (before,), (after,) = member.memberships, read(gym, member.id).memberships
    assert (after.paid_through_on - before.paid_through_on).days == 14
    assert room.card.chip.chip.text == "Frozen"
    desk.click(desk.button("Undo"))
    assert read(gym, member.id).memberships == member.memberships
    assert room.card.plans.thaws == []


def test_a_member_back_from_the_holiday_sooner_gets_the_unused_days_no_more(gym, desk):
    member = a_member(gym, a_plan(gym))
    (held,), today = member.memberships, desk.frame.context.today
    room = show(desk, member)
    desk.click(room.card.memberships.freeze)
    desk.on_top(Sheet).first.edit.setDate(today + timedelta(days=3))
    desk.on_top(Sheet).last.edit.setDate(today + timedelta(days=9))
    desk.click(desk.on_top(Sheet).main)
    desk.click(room.card.plans.thaws[0])
    sheet = desk.on_top(Sheet)
    assert "as if it had not been" in sheet.means.text()
    assert sheet.back_on.edit.minimumDate() == today + timedelta(days=3)
    sheet.back_on.edit.setDate(today + timedelta(days=5))
    assert "5 days of the pause were not needed" in sheet.means.text()
    desk.click(sheet.main)
    (now,) = read(gym, member.id).memberships
    assert (now.paid_through_on - held.paid_through_on).days == 2
    assert now.freezes == [(today + timedelta(days=3), today + timedelta(days=5))]
    desk.click(desk.button("Undo"))
    assert (read(gym, member.id).memberships[0].paid_through_on - held.paid_through_on).days == 7


def test_a_cancellation_ends_with_the_paid_time_and_is_taken_back_with_undo(gym, desk):
    member = a_member(gym, a_plan(gym, renews=True))
    room = show(desk, member)
    desk.click(room.card.memberships.end)
    desk.click(desk.on_top(Sheet).main)
    (held,) = read(gym, member.id).memberships
    assert held.ends_on == held.paid_through_on
    assert room.card.memberships.end.text() == "Keep on"
    desk.click(desk.button("Undo"))
    assert read(gym, member.id).memberships[0].ends_on is None
    assert room.card.memberships.end.text() == "Cancel …"
