"""The payments' room, against a real server: receipts, money given back, corrections, the till, the ledger."""

import itertools
from uuid import uuid4

import pytest
from PySide6.QtCore import Qt

from admin_desktop.payments import paper
from admin_desktop.widgets.numbers import read_amount
from admin_desktop.widgets.sheet import Sheet
from shared.domain.roles import Group

_names = itertools.count(1)
PRICE = 34_900


@pytest.fixture(scope="module")
def plan(gym):
    draft = {"name": "Paid for", "months": 1, "price_minor": PRICE, "currency": "DKK"}
    return gym.live.call("POST", "/v1/plans", json=draft)


@pytest.fixture
def till(gym):
    """Open while a test runs."""
    site = str(gym.live.site_id)
    new = {"id": str(uuid4()), "site_id": site, "currency": "DKK", "float_minor": 50_000}
    till = gym.live.call("POST", "/v1/tills", json=new)
    yield till
    if gym.live.call("GET", f"/v1/tills/{till['id']}")["closed_at"] is None:
        gym.live.call("POST", f"/v1/tills/{till['id']}/close", json={"counted_minor": 0})


def pay(gym, plan, **tender):
    """A receipt of a new member."""
    new = {"given_name": f"Pia {next(_names)}", "family_name": "Paid", "home_site_id": str(gym.live.site_id)}
    member = gym.live.call("POST", "/v1/members", json=new)
    line = {"kind": "sale", "plan_id": plan["id"], "membership_id": str(uuid4())}
    order = {"id": str(uuid4()), "site_id": str(gym.live.site_id), "member_id": member["id"], "lines": [line]}
    gym.live.call("POST", "/v1/orders", json=order)
    payment = {"id": str(uuid4()), "method": "transfer", **tender}
    return gym.live.call("POST", f"/v1/orders/{order['id']}/payments", json=payment)


def order_of(gym, receipt):
    return gym.live.call("GET", f"/v1/orders/{receipt['order_id']}")


def show(desk, receipt):
    room = desk.room("payments")
    room.receipts.table.choose([row.receipt.number for row in room.receipts.model.rows].index(receipt["number"]))
    desk.settle()
    return room


def test_the_newest_receipt_is_shown_with_the_name_of_who_paid(gym, desk, plan):
    receipt = pay(gym, plan)
    room = desk.room("payments")
    first = room.receipts.model.rows[0]
    assert first.receipt.number == receipt["number"]
    assert first.member.name.endswith("Paid")
    assert desk.says(first.member.name, room.receipts.card)


def test_a_part_is_given_back_with_its_reason_and_never_more_than_is_left(gym, desk, plan):
    receipt = pay(gym, plan)
    room = show(desk, receipt)
    desk.click(room.receipts.card.refund)
    sheet = desk.on_top(Sheet)
    desk.type(sheet.amount.line, "400")
    desk.type(sheet.reason.line, "a week of flu")
    desk.click(sheet.tender.presses[next(iter(sheet.tender.presses))])
    desk.click(sheet.main)
    assert sheet.amount.complaint
    desk.type(sheet.amount.line, "100,50")
    assert sheet.main.text() == "Give back 100.50\u00a0DKK"
    sheet.tender.press(3)
    desk.click(sheet.main)
    assert order_of(gym, receipt)["refunded_minor"] == 10_050
    room = show(desk, receipt)
    assert "100.50" in room.receipts.card.note.text()
    assert room.receipts.card.refund.isEnabled()


def test_what_was_paid_for_is_taken_back_with_all_the_money(gym, desk, plan):
    receipt = pay(gym, plan)
    room = show(desk, receipt)
    desk.click(room.receipts.card.refund)
    sheet = desk.on_top(Sheet)
    desk.type(sheet.reason.line, "moved away")
    sheet.tender.press(3)
    sheet.form.fields["ends_membership"].box.click()
    desk.click(sheet.main)

    def is_ended():
        path = f"/v1/memberships/{receipt['lines'][0]['membership_id']}"
        return gym.live.call("GET", path)["standing"] == "ended"

    desk.wait_until(is_ended)
    room = show(desk, receipt)
    assert not room.receipts.card.refund.isEnabled()
    assert desk.says("All of it was given back")


def test_a_wrong_button_is_put_right_and_both_receipts_stay(gym, desk, plan):
    receipt = pay(gym, plan)
    room = show(desk, receipt)
    desk.click(room.receipts.card.correct)
    sheet = desk.on_top(Sheet)
    desk.type(sheet.reason.line, "it was the card")
    sheet.tender.press(2)
    desk.type(sheet.tender.reference.line, "slip 12")
    desk.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    order = order_of(gym, receipt)
    assert len(order["receipts"]) == 3
    newest = gym.live.call("GET", f"/v1/receipts/{order['receipts'][-1]}")
    assert (newest["method"], newest["reference"], newest["amount_minor"]) == ("terminal", "slip 12", PRICE)
    room = show(desk, receipt)
    assert not room.receipts.card.correct.isEnabled()
    assert desk.says("stands in its place")


def test_staff_see_what_was_taken_and_put_nothing_right(gym, open_desk, plan):
    receipt = pay(gym, plan)
    desk = open_desk(role=Group.STAFF)
    room = show(desk, receipt)
    assert not room.receipts.card.refund.isEnabled()
    assert desk.says("done by an Admin")
    assert room.ledger is None
    assert room.tabs.count() == 3


def test_a_till_is_opened_with_its_change_at_the_desk(gym, desk):
    room = desk.room("payments")
    assert desk.says("No till is open")
    desk.click(room.receipts.sums.open)
    sheet = desk.on_top(Sheet)
    desk.type(sheet.float.line, "150")
    desk.click(sheet.main)
    till = gym.live.call("GET", f"/v1/sites/{gym.live.site_id}/till")
    assert till["float_minor"] == 15_000
    assert room.receipts.sums.numbers["in_till"].text() == "150.00\u00a0DKK"
    gym.live.call("POST", f"/v1/tills/{till['id']}/close", json={"counted_minor": 15_000})


def test_a_difference_is_said_before_closing_with_the_sale_that_explains_it(gym, desk, plan, till):
    receipt = pay(gym, plan, method="cash")
    room = desk.room("payments")
    room.tabs.setCurrentIndex(room.pages.indexOf(room.till))
    desk.settle()
    desk.click(room.till.close_till)
    sheet = desk.on_top(Sheet)
    desk.type(sheet.counted.line, "500")
    assert sheet.difference.text() == "-349.00\u00a0DKK"
    assert f"receipt {receipt['number']}" in sheet.care_text.text()
    desk.type(sheet.counted.line, "849")
    assert not sheet.care.isVisible()
    desk.type(sheet.counted.line, "839")
    desk.click(sheet.main)
    assert sheet.reason.complaint
    desk.type(sheet.reason.line, "change given twice")
    desk.click(sheet.main)
    closed = gym.live.call("GET", f"/v1/tills/{till['id']}")
    assert (closed["difference_minor"], closed["reason"]) == (-1_000, "change given twice")
    desk.wait_until(lambda: desk.says("change given twice", room.till))
    assert room.till.till.difference_minor == -1_000


def test_a_till_has_a_slip_on_paper(gym, desk, till, tmp_path, monkeypatch):
    room = desk.room("payments")
    room.tabs.setCurrentIndex(room.pages.indexOf(room.till))
    desk.settle()
    path = tmp_path / "slip.pdf"
    monkeypatch.setattr(paper, "choose_path", lambda *_: path)
    desk.click(room.till.slip)
    assert path.read_bytes().startswith(b"%PDF")


def test_an_admin_reads_the_ledger(gym, open_desk, plan):
    receipt = pay(gym, plan)
    desk = open_desk(role=Group.ADMIN)
    room = desk.room("payments")
    room.tabs.setCurrentIndex(room.pages.indexOf(room.ledger))
    desk.settle()
    assert receipt["number"] in [row.receipt_number for row in room.ledger.model.rows]
    assert "Bank" in room.ledger.balances.text()


@pytest.mark.parametrize(
    ("text", "minor"),
    [("349", 34_900), ("349.5", 34_950), ("1.234,50", 123_450), ("1,234.50", 123_450), ("1 234", 123_400),
     ("1.234", 123_400), ("", None), ("-3", None), ("12,345,6", 1_234_560), ("3 kr", None), ("99999999999", None)],
)  # fmt: skip
def test_an_amount_is_read_as_people_type_it(text, minor):
    assert read_amount(text, "DKK") == minor


def test_a_currency_without_a_minor_unit_has_no_cents():
    assert read_amount("1,234", "JPY") == 1_234
    assert read_amount("12", "JPY") == 12
    assert read_amount("1.234", "KWD") == 1_234
    assert read_amount("12", "KWD") == 12_000
