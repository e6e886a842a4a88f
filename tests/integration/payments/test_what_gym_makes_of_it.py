"""``gym`` hears of money: it gives once, honours what was paid, loses nothing silently, and takes back once."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import select

from cloud_api.common.outbox import Event
from cloud_api.common.session import new_id, transaction_time
from cloud_api.gym.paying import hear_of_payment
from cloud_api.gym.tables import PaidLineRow
from shared.domain.ids import uuid7
from tests.support.builders import an_id
from tests.support.cashier import PRICE
from tests.support.reception import ok


class Told:
    """Events of ``payments`` as a test makes them up, handed to ``gym`` alone."""

    def __init__(self, cashier):
        self.cashier = cashier
        self.keys = cashier.gym.cloud.keys

    def order(self, member_id, line, **changes):
        facts = {"starts_on": None, "paid_through_on": None, "plan_name": "Monthly", "price_minor": PRICE, "number": 1}
        return {
            "order_id": str(an_id()),
            "member_id": str(member_id),
            "receipt_number": 7,
            "paid_at": "2026-03-18T12:00:00+00:00",
            "ends_membership": True,
            "lines": [{**facts, **line}],
            **changes,
        }

    def hear(self, what, order):
        with self.cashier.gym.cloud.database.transaction() as session:
            event = Event(new_id(session), "payment", what, UUID(order["member_id"]), transaction_time(session), order)
            hear_of_payment(session, event, keys=self.keys)

    def outcomes(self):
        with self.cashier.gym.cloud.database.reading() as session:
            return [row.outcome for row in session.exec(select(PaidLineRow))]


@pytest.fixture
def told(cashier):
    return Told(cashier)


def test_hearing_it_again_gives_nothing_again(cashier, told):
    member_id, line = cashier.member(), cashier.sale()
    sale = told.order(member_id, line)
    for _ in range(2):
        told.hear("order.paid", sale)
    renewal = told.order(member_id, cashier.renewal(cashier.membership(line)))
    for _ in range(3):
        told.hear("order.paid", renewal)
    assert cashier.membership(line)["paid_through_on"] == "2026-05-17"
    for _ in range(2):
        told.hear("payment.refunded", renewal)
    told.hear("order.paid", renewal)
    assert cashier.membership(line)["paid_through_on"] == "2026-04-17"


def test_a_refund_that_is_heard_of_first_keeps_its_line_from_giving(cashier, told):
    member_id, line = cashier.member(), cashier.sale()
    sale = told.order(member_id, line)
    told.hear("payment.refunded", sale)
    told.hear("order.paid", sale)
    assert cashier.desk.read(member_id)["memberships"] == []
    assert told.outcomes() == ["taken_back"]


def test_a_plan_withdrawn_after_the_payment_is_honoured(cashier):
    line = cashier.sale()
    order = cashier.order(None, line)
    ok(cashier.ask_pay(order))
    draft = {"name": "Monthly", "months": 1, "price_minor": PRICE, "currency": "DKK", "on_sale": False}
    ok(cashier.client.put(f"/v1/plans/{cashier.plan_id}", json=draft))
    cashier.dispatch()
    assert cashier.membership(line)["standing"] == "active"


def test_a_renewal_of_what_changed_meanwhile_is_honoured(cashier):
    member_id, line = cashier.member(), cashier.sale()
    cashier.paid(member_id, line)
    order = cashier.order(member_id, cashier.renewal(cashier.membership(line)))
    ok(cashier.ask_pay(order))
    pause = {"first": "2026-03-20", "end": "2026-03-30"}
    ok(cashier.client.post(f"/v1/memberships/{line['membership_id']}/pause", json=pause))
    cashier.dispatch()
    assert cashier.membership(line)["paid_through_on"] == "2026-05-27"


def test_what_was_paid_for_a_member_erased_meanwhile_is_noted_for_staff(cashier, told, caplog):
    order = cashier.order()
    ok(cashier.ask_pay(order))
    ok(cashier.client.delete(f"/v1/members/{order['member_id']}"))
    cashier.dispatch()
    (note,) = ok(cashier.client.get(f"/v1/members/{order['member_id']}/notes"))["items"]
    assert note["code"] == "paid_not_given"
    assert note["detail"] == {"order_id": order["id"], "receipt_number": 1, "reason": "member_erased"}
    assert "could not be given: member_erased" in caplog.text
    cashier.refund(order, ends_membership=True)
    assert told.outcomes() == ["taken_back"]


def test_an_id_in_use_and_days_beyond_reason_are_noted_too(cashier, told):
    member_id, line = cashier.member(), cashier.sale()
    cashier.paid(member_id, line)
    told.hear("order.paid", told.order(member_id, line))
    told.hear(
        "order.paid",
        told.order(
            member_id, cashier.sale(plan_id=str(cashier.desk.plan(months=120))), paid_at="2398-01-01T00:00:00+00:00"
        ),
    )
    notes = ok(cashier.client.get(f"/v1/members/{member_id}/notes"))["items"]
    assert {note["detail"]["reason"] for note in notes} == {"id_taken", "invalid_input"}
    assert len(cashier.desk.read(member_id)["memberships"]) == 1


def test_a_message_that_comes_late_costs_nobody_a_day(gym, cashier):
    line = cashier.sale()
    order = cashier.order(None, line)
    ok(cashier.ask_pay(order))
    gym.clock.advance(timedelta(days=2))
    cashier.dispatch()
    assert cashier.membership(line)["starts_on"] == "2026-03-18"


def test_a_sale_starts_on_the_day_that_was_agreed(cashier):
    line = cashier.sale(starts_on="2026-04-01")
    cashier.paid(None, line)
    assert (cashier.membership(line)["starts_on"], cashier.membership(line)["standing"]) == (
        "2026-04-01",
        "not_started",
    )


def test_prices_that_come_late_or_twice_change_nothing(gym, cashier):
    from cloud_api.payments.offers import learn_plan

    for version, price in ((7, 500), (6, 400), (7, 300)):
        data = {"plan_id": str(cashier.plan_id), "name": "M", "price_minor": price, "currency": "DKK"}
        data |= {"on_sale": True, "version": version}
        with gym.cloud.database.transaction() as session:
            learn_plan(session, Event(uuid7(1), "plan", "plan.changed", cashier.plan_id, gym.clock.at, data))
            old = {"plan_id": str(cashier.plan_id), "on_sale": True, "version": 99}  # as release 0.1.0 told it
            learn_plan(session, Event(uuid7(2), "plan", "plan.changed", cashier.plan_id, gym.clock.at, old))
    assert cashier.order()["total_minor"] == 500
