"""Taking money over the API: the server's price, once, and the door opens by it."""

import pytest

from cloud_api.common.outbox import Event
from cloud_api.payments.offers import learn_memberships
from shared.contracts.problem import Price
from shared.domain.roles import Group
from tests.support.answers import refusal
from tests.support.builders import NOON, an_id
from tests.support.cashier import CASH, PRICE, TERMINAL
from tests.support.live import eventually
from tests.support.reception import ok


def test_a_paid_sale_gives_a_membership_that_the_doors_know(cashier):
    member_id, line = cashier.member(), cashier.sale()
    order = cashier.order(member_id, line)
    assert (order["status"], order["total_minor"], order["currency"]) == ("open", PRICE, "DKK")
    assert cashier.desk.member_row(member_id)["memberships"] == []
    receipt = cashier.pay(order)
    (held,) = cashier.desk.member_row(member_id)["memberships"]
    assert (held["id"], held["paid_through_on"]) == (line["membership_id"], "2026-04-17")
    assert receipt["number"] == 1
    assert receipt["amount_minor"] == PRICE
    assert cashier.read(order)["status"] == "paid"
    cashier.check_books()


def test_a_receipt_says_all_that_a_printed_one_needs(cashier):
    order = cashier.order()
    receipt = cashier.pay(order)
    assert receipt == ok(cashier.client.get("/v1/receipts/1"))
    assert (receipt["gym_name"], receipt["site_name"], receipt["zone"]) == (
        "Harbour Gym",
        "Harbour",
        "Europe/Copenhagen",
    )
    assert (receipt["local_on"], receipt["local_time"]) == ("2026-03-18", "13:00")
    assert (receipt["method"], receipt["reference"], receipt["kind"]) == ("terminal", "slip 4711", "payment")
    (line,) = receipt["lines"]
    assert (line["plan_name"], line["price_minor"], line["kind"]) == ("Monthly", PRICE, "sale")
    listed = ok(cashier.client.get(f"/v1/members/{order['member_id']}/receipts"))
    assert listed == {"items": [receipt], "next": None}


def test_a_paid_renewal_extends_and_may_be_paid_again_afterwards(cashier):
    member_id, line = cashier.member(), cashier.sale()
    cashier.paid(member_id, line)
    for last in ("2026-05-17", "2026-06-17"):
        cashier.paid(member_id, cashier.renewal(cashier.membership(line)))
        assert cashier.membership(line)["paid_through_on"] == last
    cashier.check_books()


def test_the_doors_hear_of_it_by_themselves(gym, cashier):
    member_id, line = cashier.member(), cashier.sale()
    order = cashier.order(member_id, line)
    with gym.loop.lifespan():
        ok(cashier.ask_pay(order))
        eventually(lambda: cashier.desk.member_row(member_id)["memberships"] != [])


def test_the_server_owns_the_price(cashier):
    member_id = cashier.member()
    problem = refusal(cashier.ask_order(member_id, cashier.sale(price_minor=1)), 409, "price_changed")
    assert problem.price == Price(minor=PRICE, currency="DKK")
    order = cashier.order(member_id, cashier.sale(price_minor=PRICE))
    draft = {"name": "Monthly", "months": 1, "price_minor": 39_900, "currency": "DKK"}
    ok(cashier.client.put(f"/v1/plans/{cashier.plan_id}", json=draft))
    cashier.dispatch()
    assert refusal(cashier.ask_pay(order), 409, "price_changed").price.minor == 39_900
    assert cashier.order(member_id)["total_minor"] == 39_900
    assert cashier.balances() == {}


def test_the_same_number_in_another_currency_is_another_price(cashier):
    order = cashier.order()
    draft = {"name": "Monthly", "months": 1, "price_minor": PRICE, "currency": "EUR"}
    ok(cashier.client.put(f"/v1/plans/{cashier.plan_id}", json=draft))
    cashier.dispatch()
    assert refusal(cashier.ask_pay(order), 409, "price_changed").price == Price(minor=PRICE, currency="EUR")


def test_what_may_not_be_sold_is_refused_before_money(cashier):
    member_id, line = cashier.member(), cashier.sale()
    order = cashier.order(member_id, line)
    draft = {"name": "Monthly", "months": 1, "price_minor": PRICE, "currency": "DKK", "on_sale": False}
    ok(cashier.client.put(f"/v1/plans/{cashier.plan_id}", json=draft))
    cashier.dispatch()
    refusal(cashier.ask_pay(order), 409, "plan_not_on_sale")
    refusal(cashier.ask_order(an_id(), line), 404, "member_unknown")
    refusal(cashier.ask_order(member_id, cashier.sale(plan_id=str(an_id()))), 404, "plan_unknown")
    refusal(cashier.ask_order(member_id, line, site_id=str(an_id())), 404, "site_unknown")
    renewal = {"kind": "renewal", "membership_id": str(an_id()), "paid_through_on": "2026-04-17"}
    refusal(cashier.ask_order(member_id, renewal), 404, "membership_unknown")
    refusal(cashier.ask_order(member_id, line, line), 422, "invalid_input")


def test_an_erased_member_pays_nothing_and_keeps_the_receipts(cashier):
    order = cashier.paid()
    member_id = order["member_id"]
    waiting = cashier.order(member_id)
    ok(cashier.client.delete(f"/v1/members/{member_id}"))
    refusal(cashier.ask_pay(waiting), 404, "member_unknown")
    assert len(ok(cashier.client.get(f"/v1/members/{member_id}/receipts"))["items"]) == 1


def test_the_same_request_again_gives_the_same_and_does_nothing(cashier):
    member_id, line, order_id = cashier.member(), cashier.sale(), str(an_id())
    order = cashier.order(member_id, line, id=order_id)
    assert cashier.order(member_id, line, id=order_id) == order
    refusal(cashier.ask_order(member_id, cashier.sale(), id=order_id), 409, "id_taken")
    other_plan = {**line, "plan_id": str(cashier.desk.plan(name="Other"))}
    refusal(cashier.ask_order(member_id, other_plan, id=order_id), 409, "id_taken")
    payment_id = str(an_id())
    receipt = cashier.pay(order, id=payment_id)
    assert cashier.pay(order, id=payment_id) == receipt
    refusal(cashier.ask_pay(order, id=payment_id, reference="slip 4712"), 409, "id_taken")
    refusal(cashier.ask_pay(order), 409, "order_paid")
    refusal(cashier.ask_pay(cashier.order(), id=payment_id), 409, "id_taken")
    assert cashier.membership(line)["paid_through_on"] == "2026-04-17"
    assert cashier.desk.published().count("order.paid") == 1
    cashier.check_books()


def test_one_period_is_paid_for_once_though_two_desks_saw_it(cashier):
    member_id, line = cashier.member(), cashier.sale()
    cashier.paid(member_id, line)
    seen = cashier.renewal(cashier.membership(line))
    first, second = cashier.order(member_id, seen), cashier.order(member_id, seen)
    ok(cashier.ask_pay(first))
    refusal(cashier.ask_pay(second), 409, "already_renewed")
    cashier.dispatch()
    refusal(cashier.ask_pay(second), 409, "membership_changed")
    assert cashier.membership(line)["paid_through_on"] == "2026-05-17"
    assert cashier.balances()["terminal"] == 2 * PRICE


def test_what_is_told_meanwhile_of_a_membership_does_not_let_its_renewal_be_paid_again(cashier):
    member_id, line = cashier.member(), cashier.sale()
    cashier.paid(member_id, line)
    seen = cashier.membership(line)
    first, second = (cashier.order(member_id, cashier.renewal(seen)) for _ in range(2))
    ok(cashier.ask_pay(first))
    told = {"membership_id": seen["id"], "member_id": str(member_id), "plan_id": seen["plan_id"], "version": 50}
    told["paid_through_on"] = seen["paid_through_on"]
    with cashier.gym.cloud.database.transaction() as session:
        learn_memberships(session, [Event(an_id(), "membership", "membership.paused", member_id, NOON, told)])
    refusal(cashier.ask_pay(second), 409, "already_renewed")


def test_a_membership_id_is_sold_once(cashier):
    member_id, line = cashier.member(), cashier.sale()
    first, second = cashier.order(member_id, line), cashier.order(member_id, line)
    ok(cashier.ask_pay(first))
    refusal(cashier.ask_pay(second), 409, "id_taken")


def test_cash_needs_an_open_till_and_a_terminal_its_slip(cashier):
    order = cashier.order()
    refusal(cashier.ask_pay(order, **CASH), 409, "till_not_open")
    cashier.open_till(currency="EUR")
    refusal(cashier.ask_pay(order, **CASH), 409, "till_currency")
    refusal(cashier.ask_pay(order, method="terminal", reference=None), 422, "invalid_input")
    assert cashier.pay(order, method="transfer", reference=None)["method"] == "transfer"


def test_staff_take_money_but_give_none_back_and_grant_nothing(gym, cashier):
    order = cashier.order()
    staff = gym.client_of(Group.STAFF)
    ok(staff.post(f"/v1/orders/{order['id']}/payments", json={"id": str(an_id()), **TERMINAL}))
    refund = {"id": str(an_id()), **TERMINAL, "reason": "x"}
    refusal(staff.post(f"/v1/orders/{order['id']}/refunds", json=refund), 403, "forbidden")
    refusal(staff.get("/v1/ledger"), 403, "forbidden")
    sale = {"plan_id": str(cashier.plan_id)}
    refusal(staff.post(f"/v1/members/{order['member_id']}/memberships", json=sale), 403, "forbidden")


def test_who_did_it_is_written_down_and_told_without_names(cashier):
    order = cashier.paid()
    cashier.refund(order)
    assert cashier.desk.actions("payments") == ["order.created", "payment.taken", "payment.refunded"]
    assert {"order.paid", "payment.succeeded", "payment.refunded"} <= set(cashier.desk.published())


@pytest.mark.parametrize("service", ["gym", "payments"])
def test_the_audit_chain_of_both_services_holds(cashier, service):
    cashier.paid()
    assert cashier.desk.actions(service)
