"""Two desks, one second: money is taken once, numbers have no gaps, tills add up. On each database."""

import contextlib
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from cloud_api.gym import memberships, placing
from cloud_api.payments import refunding, taking, tills
from shared.errors import Rejected
from tests.support.builders import an_id
from tests.support.cashier import CASH, PRICE, Cashier
from tests.support.reception import ok

AT_ONCE = 6


@pytest.fixture
def cashier(each_gym):
    return Cashier(each_gym)


def at_once(*calls):
    """The answers of calls made at the same time, in the order of the calls."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


def let_two_meet(monkeypatch, module, name):
    """The first two that come to a function wait for one another there, unless a lock keeps one of them away."""
    real, door = getattr(module, name), threading.Barrier(2, timeout=0.5)

    def met(*arguments, **facts):
        with contextlib.suppress(threading.BrokenBarrierError):
            door.wait()
        return real(*arguments, **facts)

    monkeypatch.setattr(module, name, met)


def codes(answers):
    return Counter(answer.json().get("code", answer.status_code) for answer in answers)


def test_one_order_is_paid_once(cashier, monkeypatch):
    order = cashier.order()
    let_two_meet(monkeypatch, taking, "claim_lines")
    answers = at_once(*[lambda: cashier.ask_pay(order)] * AT_ONCE)
    assert codes(answers) == {201: 1, "order_paid": AT_ONCE - 1}
    assert cashier.balances()["terminal"] == PRICE
    cashier.dispatch()
    assert cashier.desk.published().count("membership.sold") == 1
    cashier.check_books()


def test_one_request_sent_many_times_is_one_order_and_one_receipt(cashier):
    member_id, line, order_id, payment_id = cashier.member(), cashier.sale(), str(an_id()), str(an_id())
    orders = at_once(*[lambda: cashier.ask_order(member_id, line, id=order_id)] * AT_ONCE)
    assert codes(orders) == {201: AT_ONCE}
    paid = at_once(*[lambda: cashier.ask_pay({"id": order_id}, id=payment_id)] * AT_ONCE)
    assert {ok(answer)["number"] for answer in paid} == {1}
    cashier.check_books()


def test_one_period_is_renewed_once(cashier, monkeypatch):
    member_id, line = cashier.member(), cashier.sale()
    cashier.paid(member_id, line)
    seen = cashier.renewal(cashier.membership(line))
    orders = [cashier.order(member_id, seen) for _ in range(AT_ONCE)]
    let_two_meet(monkeypatch, taking, "claim_lines")
    answers = at_once(*[lambda order=order: cashier.ask_pay(order) for order in orders])
    assert codes(answers) == {201: 1, "already_renewed": AT_ONCE - 1}
    cashier.dispatch()
    assert cashier.membership(line)["paid_through_on"] == "2026-05-17"


def test_one_new_membership_is_sold_once(cashier):
    member_id, line = cashier.member(), cashier.sale()
    orders = [cashier.order(member_id, line) for _ in range(3)]
    answers = at_once(*[lambda order=order: cashier.ask_pay(order) for order in orders])
    assert codes(answers) == {201: 1, "id_taken": 2}


def test_receipts_have_no_gaps_though_payments_are_undone(cashier, monkeypatch):
    cashier.open_till(0)
    member_id = cashier.member()
    orders = [cashier.order(member_id) for _ in range(2 * AT_ONCE)]
    tell, undone = taking.tell_paid, {order["id"] for order in orders[::3]}

    def failing(session, order, lines, receipt, **facts):
        tell(session, order, lines, receipt, **facts)
        if str(order.id) in undone:
            raise Rejected("The power went off.", code="power_cut")

    monkeypatch.setattr(taking, "tell_paid", failing)
    answers = at_once(*[lambda order=order: cashier.ask_pay(order, **CASH, reference=None) for order in orders])
    assert codes(answers) == {201: 2 * AT_ONCE - len(undone), "power_cut": len(undone)}
    cashier.check_books()


def test_refunds_at_once_never_give_back_more_than_was_paid(cashier, monkeypatch):
    order = cashier.paid()
    let_two_meet(monkeypatch, refunding, "hold_open_till")
    answers = at_once(*[lambda: cashier.ask_refund(order, amount_minor=PRICE * 2 // 5)] * AT_ONCE)
    assert codes(answers) == {201: 2, "refund_too_high": AT_ONCE - 2}
    cashier.check_books()


def test_a_payment_is_corrected_once(cashier):
    order = cashier.paid()
    answers = at_once(*[lambda: cashier.ask_correct(order)] * 3)
    assert [answer.status_code for answer in answers].count(201) == 1
    assert codes(answers)["payment_changed"] == 2
    cashier.check_books()


def test_a_site_opens_one_till(cashier):
    answers = at_once(*[cashier.ask_open_till] * AT_ONCE)
    assert codes(answers) == {201: 1, "till_open": AT_ONCE - 1}
    cashier.check_books()


def test_a_till_closed_among_payments_has_all_that_were_taken_and_no_other(cashier):
    till, member_id = cashier.open_till(10_000), cashier.member()
    orders = [cashier.order(member_id) for _ in range(AT_ONCE)]
    pays = [lambda order=order: cashier.ask_pay(order, **CASH, reference=None) for order in orders]
    answers = at_once(*pays[:3], lambda: cashier.ask_close_till(till, 10_000), *pays[3:])
    closed = ok(answers.pop(3))
    taken = codes(answers)[201]
    assert taken + codes(answers)["till_not_open"] == AT_ONCE
    assert closed["expected_minor"] == 10_000 + taken * PRICE
    assert ok(cashier.client.get(f"/v1/tills/{till['id']}"))["expected_minor"] == closed["expected_minor"]
    cashier.check_books()


def test_doors_know_of_a_renewal_though_a_plan_was_changed_in_that_moment(cashier, monkeypatch):
    member_id, line = cashier.member(), cashier.sale()
    cashier.paid(member_id, line)
    ok(cashier.ask_pay(cashier.order(member_id, cashier.renewal(cashier.membership(line)))))
    choose, renewing = placing.worth_telling, threading.Thread(target=cashier.dispatch)

    def renewed_meanwhile(*arguments, **facts):
        monkeypatch.setattr(placing, "worth_telling", choose)
        renewing.start()
        renewing.join(1)  # a lock may keep it waiting
        return choose(*arguments, **facts)

    monkeypatch.setattr(placing, "worth_telling", renewed_meanwhile)
    draft = {"name": "Monthly", "months": 1, "price_minor": PRICE, "currency": "DKK", "renews": True}
    ok(cashier.client.put(f"/v1/plans/{cashier.plan_id}", json={**draft, "site_ids": [str(cashier.site_id)]}))
    renewing.join(30)
    (told,) = cashier.desk.member_row(member_id)["memberships"]
    assert told["paid_through_on"] == "2026-05-17"


def test_a_renewal_and_a_pause_at_once_both_count(cashier, monkeypatch):
    member_id, line = cashier.member(), cashier.sale()
    cashier.paid(member_id, line)
    order = cashier.order(member_id, cashier.renewal(cashier.membership(line)))
    ok(cashier.ask_pay(order))
    pause = {"first": "2026-03-20", "end": "2026-03-30"}
    path = f"/v1/memberships/{line['membership_id']}/pause"
    let_two_meet(monkeypatch, memberships, "save_terms")
    paused, _ = at_once(lambda: cashier.client.post(path, json=pause), cashier.dispatch)
    assert ok(paused)
    cashier.dispatch()
    assert cashier.membership(line)["paid_through_on"] == "2026-05-27"


def test_a_till_that_is_asked_for_twice_at_once_is_opened_once(cashier, monkeypatch):
    """As by a client that waited too long for its first answer; another till of the site is refused as ever."""
    let_two_meet(monkeypatch, tills, "write_now")
    till_id = str(an_id())
    assert codes(at_once(*[lambda: cashier.ask_open_till(id=till_id)] * 2)) == {201: 2}
    assert codes([cashier.ask_open_till()]) == {"till_open": 1}
    cashier.check_books()
