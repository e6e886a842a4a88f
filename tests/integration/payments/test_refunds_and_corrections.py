"""Money given back and mistakes put right: new entries, never more than was paid, access taken back exactly."""

import pytest

from cloud_api.gym import paying
from shared.domain.roles import Group
from shared.errors import Rejected
from tests.support.answers import refusal
from tests.support.builders import an_id
from tests.support.cashier import CASH, PRICE, TERMINAL, TRANSFER, Cashier
from tests.support.reception import ok


def test_a_refund_is_a_new_receipt_that_refers_to_the_payment(cashier):
    order = cashier.paid()
    receipt = cashier.refund(order, amount_minor=900)
    assert (receipt["number"], receipt["kind"], receipt["refers_to"]) == (2, "refund", 1)
    assert (receipt["amount_minor"], receipt["reason"]) == (900, "moved away")
    after = cashier.read(order)
    assert (after["status"], after["refunded_minor"], after["receipts"]) == ("paid", 900, [1, 2])
    assert cashier.balances() == {"terminal": PRICE - 900, "membership_income": 900 - PRICE}
    cashier.check_books()


def test_never_more_is_given_back_than_was_paid(cashier):
    order = cashier.paid()
    cashier.refund(order, amount_minor=900)
    refusal(cashier.ask_refund(order, amount_minor=PRICE - 899), 409, "refund_too_high")
    assert cashier.refund(order)["amount_minor"] == PRICE - 900
    refusal(cashier.ask_refund(order), 409, "refund_too_high")
    refusal(cashier.ask_refund(cashier.order()), 409, "not_paid")
    refusal(cashier.ask_refund({"id": str(an_id())}), 404, "order_unknown")
    cashier.check_books()


def test_the_same_refund_again_is_the_same(cashier):
    order, refund_id = cashier.paid(), str(an_id())
    receipt = cashier.refund(order, id=refund_id, amount_minor=100)
    assert cashier.refund(order, id=refund_id, amount_minor=100) == receipt
    refusal(cashier.ask_refund(order, id=order["payment_id"]), 409, "id_taken")
    refusal(cashier.ask_refund(order, id=refund_id, amount_minor=200), 409, "id_taken")
    assert cashier.read(order)["refunded_minor"] == 100


def test_a_refund_leaves_access_unless_staff_say_otherwise(cashier):
    line = cashier.sale()
    order = cashier.paid(None, line)
    cashier.refund(order)
    assert cashier.membership(line)["standing"] == "active"


def test_a_refund_that_ends_a_new_membership_takes_it_all_back_without_grace(cashier):
    line = cashier.sale()
    order = cashier.paid(None, line)
    cashier.refund(order, ends_membership=True)
    ended = cashier.membership(line)
    assert (ended["standing"], ended["paid_through_on"], ended["ends_on"]) == ("ended", "2026-03-17", "2026-03-17")
    (told,) = cashier.desk.member_row(order["member_id"])["memberships"]
    assert told["ends_on"] == "2026-03-17"
    assert "membership.taken_back" in cashier.desk.actions("gym")


def test_a_refunded_renewal_takes_its_own_days_only_and_may_be_paid_again(cashier):
    member_id, line = cashier.member(), cashier.sale()
    cashier.paid(member_id, line)
    seen = cashier.membership(line)
    order = cashier.paid(member_id, cashier.renewal(seen))
    cashier.paid(member_id, cashier.renewal(cashier.membership(line)))
    assert cashier.membership(line)["paid_through_on"] == "2026-06-17"
    cashier.refund(order, ends_membership=True)
    assert cashier.membership(line)["paid_through_on"] == "2026-05-18"  # thirty days of the month that began in April
    cashier.paid(member_id, cashier.renewal(cashier.membership(line)))
    cashier.check_books()


def test_a_renewal_paid_again_after_its_refund(cashier):
    member_id, line = cashier.member(), cashier.sale()
    cashier.paid(member_id, line)
    seen = cashier.membership(line)
    for _ in range(2):
        order = cashier.paid(member_id, cashier.renewal(seen))
        assert cashier.membership(line)["paid_through_on"] == "2026-05-17"
        cashier.refund(order, ends_membership=True)
        assert cashier.membership(line)["paid_through_on"] == seen["paid_through_on"]


def test_a_renewal_refunded_before_anybody_heard_of_it_may_be_paid_again(cashier):
    member_id, line = cashier.member(), cashier.sale()
    cashier.paid(member_id, line)
    seen = cashier.renewal(cashier.membership(line))
    order = cashier.order(member_id, seen)
    ok(cashier.ask_pay(order))
    ok(cashier.ask_refund(order, ends_membership=True))
    ok(cashier.ask_pay(cashier.order(member_id, seen)))
    cashier.dispatch()
    assert cashier.membership(line)["paid_through_on"] == "2026-05-17"
    cashier.check_books()


def refuse_renewals(monkeypatch):
    def refuse(*_arguments, **_facts):
        raise Rejected("not to be given", code="membership_changed")

    monkeypatch.setattr(paying, "extend", refuse)


@pytest.mark.parametrize("parts", [(None,), (900, None)], ids=["at-once", "in-two-parts"])
@pytest.mark.parametrize("ends_membership", [False, True])
def test_a_renewal_that_could_not_be_given_may_be_sold_again_once_all_is_paid_back(
    each_gym, monkeypatch, parts, ends_membership
):
    cashier = Cashier(each_gym)
    member_id, line = cashier.member(), cashier.sale()
    cashier.paid(member_id, line)
    seen = cashier.renewal(cashier.membership(line))
    with monkeypatch.context() as patch:
        refuse_renewals(patch)
        order = cashier.paid(member_id, seen)
    for amount in parts:
        refusal(cashier.ask_order(member_id, seen), 409, "already_renewed")
        wanted = {} if amount is None else {"amount_minor": amount}
        cashier.refund(order, ends_membership=ends_membership and amount is None, **wanted)
    cashier.paid(member_id, seen)
    assert cashier.membership(line)["paid_through_on"] == "2026-05-17"
    cashier.check_books()


def test_a_renewal_of_which_no_money_is_left_after_a_correction_may_be_sold_again(cashier, monkeypatch):
    member_id, line = cashier.member(), cashier.sale()
    cashier.paid(member_id, line)
    seen = cashier.renewal(cashier.membership(line))
    with monkeypatch.context() as patch:
        refuse_renewals(patch)
        order = cashier.paid(member_id, seen)
    cashier.refund(order, amount_minor=900)
    refusal(cashier.ask_order(member_id, seen), 409, "already_renewed")
    ok(cashier.ask_correct(cashier.read(order), amount_minor=900))
    cashier.paid(member_id, seen)
    assert cashier.membership(line)["paid_through_on"] == "2026-05-17"
    cashier.check_books()


def test_a_day_that_was_renewed_from_may_come_again(cashier):
    plan, member_id = cashier.desk.plan(months=0, days=30), cashier.member()
    line = cashier.sale(plan_id=str(plan))
    sale = cashier.paid(member_id, line)
    seen = cashier.membership(line)
    cashier.paid(member_id, cashier.renewal(seen))
    cashier.refund(sale, ends_membership=True)
    assert cashier.membership(line)["paid_through_on"] == seen["paid_through_on"]
    cashier.paid(member_id, cashier.renewal(seen))


def test_a_refunded_pack_loses_the_visits_it_bought(cashier):
    pack, member_id = cashier.desk.pack(visits=10), cashier.member()
    line = cashier.sale(plan_id=str(pack))
    cashier.paid(member_id, line)
    order = cashier.paid(member_id, cashier.renewal(cashier.membership(line)))
    assert cashier.membership(line)["visits_bought"] == 20
    cashier.refund(order, ends_membership=True)
    assert cashier.membership(line)["visits_bought"] == 10


def test_a_refund_in_cash_leaves_the_till_and_by_another_way_does_not(cashier):
    order, till = cashier.paid(), cashier.open_till(50_000)
    cashier.refund(order, amount_minor=1_000, **CASH, reference=None)
    cashier.refund(order, amount_minor=2_000, **TRANSFER)
    now = ok(cashier.client.get(f"/v1/tills/{till['id']}"))
    assert now["expected_minor"] == 49_000
    assert {item["method"]: item["refunded_minor"] for item in now["sums"]} == {"cash": 1_000, "transfer": 2_000}
    cashier.check_books()


def test_a_wrong_method_is_reversed_and_booked_anew(cashier):
    order, till = cashier.paid(), cashier.open_till(0)
    made = ok(cashier.ask_correct(order, **CASH, reference=None))
    assert (made["reversal"]["kind"], made["reversal"]["method"], made["reversal"]["refers_to"]) == (
        "reversal",
        "terminal",
        1,
    )
    assert (made["replacement"]["kind"], made["replacement"]["method"], made["replacement"]["number"]) == (
        "payment",
        "cash",
        3,
    )
    assert cashier.balances() == {"cash": PRICE, "safe": 0, "terminal": 0, "membership_income": -PRICE}
    assert cashier.read(order)["payment_id"] == made["replacement"]["id"]
    assert ok(cashier.client.get(f"/v1/tills/{till['id']}"))["expected_minor"] == PRICE
    assert cashier.desk.published().count("order.paid") == 1
    cashier.check_books()


def test_a_wrong_amount_bounds_what_can_be_given_back(cashier):
    order = cashier.paid()
    made = ok(cashier.ask_correct(order, **TERMINAL, amount_minor=30_000))
    assert made["replacement"]["amount_minor"] == 30_000
    refusal(cashier.ask_refund(order, amount_minor=30_001), 409, "refund_too_high")
    cashier.refund(order, amount_minor=20_000)
    again = {**order, "payment_id": made["replacement"]["id"]}
    refusal(cashier.ask_correct(again, **TERMINAL, amount_minor=19_999), 422, "invalid_input")
    cashier.check_books()


def test_a_correction_is_of_the_payment_that_was_seen_and_changes_something(cashier):
    order, correction_id = cashier.paid(), str(an_id())
    refusal(cashier.ask_correct(order, **TERMINAL), 422, "invalid_input")
    made = ok(cashier.ask_correct(order, id=correction_id))
    assert ok(cashier.ask_correct(order, id=correction_id)) == made
    refusal(cashier.ask_correct(order), 409, "payment_changed")
    assert cashier.read(order)["receipts"] == [1, 2, 3]


def test_only_an_admin_gives_back_and_corrects(gym, cashier):
    order = cashier.paid()
    admin = gym.client_of(Group.ADMIN)
    refund = {"id": str(an_id()), **TERMINAL, "reason": "x", "amount_minor": 1}
    ok(admin.post(f"/v1/orders/{order['id']}/refunds", json=refund))
    correction = {"id": str(an_id()), "payment_id": order["payment_id"], **TRANSFER, "reason": "x"}
    refused = gym.client_of(Group.STAFF).post(f"/v1/orders/{order['id']}/corrections", json=correction)
    refusal(refused, 403, "forbidden")


@pytest.mark.parametrize("change", [{"reason": " "}, {"amount_minor": 0}, {"amount_minor": -1}, {"method": "gold"}])
def test_a_refund_that_makes_no_sense_is_refused_in_words(cashier, change):
    refusal(cashier.ask_refund(cashier.paid(), **change), 422, "invalid_input")
