"""Tills: a float, takings, a count, and a difference that is booked."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, update
from sqlmodel import select

from cloud_api.common.tables import AuditRow
from cloud_api.payments.tables import EntryRow, ReceiptRow, TransactionRow
from tests.support.answers import refusal
from tests.support.builders import an_id
from tests.support.cashier import CASH, PRICE
from tests.support.reception import ok


def test_a_till_tells_its_difference_and_nothing_stays_in_it(cashier):
    till = cashier.open_till(50_000)
    order = cashier.paid(None, **CASH, reference=None)
    cashier.paid()
    cashier.refund(order, amount_minor=900, **CASH, reference=None)
    closed = ok(cashier.ask_close_till(till, 50_000 + PRICE - 900 - 100))
    assert (closed["expected_minor"], closed["difference_minor"]) == (50_000 + PRICE - 900, -100)
    assert closed["sums"] == [
        {"method": "cash", "currency": "DKK", "taken_minor": PRICE, "refunded_minor": 900},
        {"method": "terminal", "currency": "DKK", "taken_minor": PRICE, "refunded_minor": 0},
    ]
    assert cashier.balances() == {
        "cash": 0,
        "membership_income": 900 - 2 * PRICE,
        "safe": PRICE - 900 - 100,
        "terminal": PRICE,
        "till_difference": 100,
    }
    cashier.check_books()


def test_a_till_is_closed_once(gym, cashier):
    till = cashier.open_till(100)
    gym.clock.advance(timedelta(hours=8))
    closed = ok(cashier.ask_close_till(till, 100))
    assert ok(cashier.ask_close_till(till, 100)) == closed
    refusal(cashier.ask_close_till(till, 99), 409, "till_closed")
    refusal(cashier.ask_close_till({"id": str(an_id())}, 1), 404, "till_unknown")
    assert [item["kind"] for item in cashier.ledger()] == ["till_opened", "till_closed"]
    assert cashier.desk.actions("payments") == ["till.opened", "till.closed"]


def test_why_a_till_was_not_right_is_kept_and_not_in_the_audit_log(gym, cashier):
    till = cashier.open_till(50_000)
    count = {"counted_minor": 49_000, "reason": "change given twice"}
    closed = ok(cashier.client.post(f"/v1/tills/{till['id']}/close", json=count))
    assert (closed["difference_minor"], closed["reason"]) == (-1_000, "change given twice")
    assert ok(cashier.client.get(f"/v1/tills/{till['id']}")) == closed
    with gym.cloud.database.reading() as session:
        told = [row.model_dump_json() for row in session.exec(select(AuditRow))]
    assert any("till.closed" in row for row in told)
    assert not any("change given twice" in row for row in told)


def test_a_site_has_one_open_till(cashier):
    till_id = str(an_id())
    till = cashier.open_till(100, id=till_id)
    assert cashier.open_till(100, id=till_id) == till
    refusal(cashier.ask_open_till(200, id=till_id), 409, "id_taken")
    refusal(cashier.ask_open_till(100), 409, "till_open")
    refusal(cashier.ask_open_till(100, site_id=str(an_id())), 404, "site_unknown")
    other = cashier.open_till(5, site_id=str(cashier.desk.site()))
    assert ok(cashier.client.get(f"/v1/sites/{cashier.site_id}/till"))["id"] == till_id
    ok(cashier.ask_close_till(till, 100))
    again = cashier.open_till(100)
    listed = ok(cashier.client.get("/v1/tills", params={"site_id": str(cashier.site_id)}))["items"]
    assert {item["id"] for item in listed} == {till_id, again["id"]}
    first = ok(cashier.client.get("/v1/tills", params={"limit": 2}))
    rest = ok(cashier.client.get("/v1/tills", params={"limit": 2, "after": first["next"]}))
    found = [item["id"] for item in (*first["items"], *rest["items"])]
    assert sorted(found) == sorted([till_id, again["id"], other["id"]])


@pytest.mark.parametrize("table", [TransactionRow, EntryRow, ReceiptRow])
def test_what_is_booked_cannot_be_changed_or_deleted(gym, cashier, table):
    cashier.paid()
    column = {TransactionRow: "actor", EntryRow: "currency", ReceiptRow: "currency"}[table]
    changes = [
        lambda session, row: setattr(row, column, "XXX"),
        lambda session, row: session.delete(row),
        lambda session, row: session.exec(update(table).values({column: "XXX"})),
        lambda session, row: session.exec(delete(table)),
    ]
    for change in changes:
        with pytest.raises(RuntimeError, match="never changed"), gym.cloud.database.transaction() as session:
            change(session, session.exec(select(table)).first())
    cashier.check_books()
