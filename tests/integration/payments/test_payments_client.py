"""The typed client of payments against the real app in process: every method."""

import pytest

from shared.client.errors import NotRecognised
from shared.client.payments import PaymentsCloud
from shared.client.session import PersonSession
from shared.client.transport import Transport
from shared.contracts import payments as messages
from shared.domain.ledger import Account, Method
from shared.errors import Rejected
from tests.support.builders import an_id
from tests.support.cashier import PRICE


@pytest.fixture
def cloud(gym):
    session = PersonSession(Transport(gym.client()), monotonic=lambda: gym.clock.boot_ns() / 1e9)
    session.redeem(gym.owner_secret, password="a long enough password", name="Ona", email="ona@fit.test")
    session.sign_in("ona@fit.test", "a long enough password")
    return PaymentsCloud(session)


def test_a_day_at_the_desk(gym, cloud, cashier):
    member_id = cashier.member()
    till = cloud.open_till(messages.NewTill(id=an_id(), site_id=gym.site_id, currency="DKK", float_minor=10_000))
    line = messages.SaleLine(plan_id=cashier.plan_id, membership_id=an_id(), price_minor=PRICE)
    wanted = messages.NewOrder(id=an_id(), site_id=gym.site_id, member_id=member_id, lines=[line])
    order = cloud.create_order(wanted)
    payment = cloud.take(order.id, messages.NewPayment(id=an_id(), method=Method.TRANSFER))
    correction = messages.NewCorrection(
        id=an_id(), payment_id=payment.id, method=Method.CASH, amount_minor=PRICE, reason="wrong button"
    )
    corrected = cloud.correct(order.id, correction)
    assert [corrected.reversal.refers_to, corrected.replacement.refers_to] == [payment.number, 2]
    cashier.dispatch()
    refund = messages.NewRefund(id=an_id(), method=Method.CASH, amount_minor=900, reason="a gift")
    assert cloud.refund(order.id, refund).number == 4
    assert cloud.order(order.id).refunded_minor == 900
    assert cloud.receipt(4).reason == "a gift"
    page = cloud.receipts(member_id, limit=3)
    assert [item.number for item in page.items] == [4, 3, 2]
    assert [item.number for item in cloud.receipts(member_id, after=page.next).items] == [1]
    assert [item.number for item in cloud.all_receipts(site_id=gym.site_id, limit=2).items] == [4, 3]
    assert [item.number for item in cloud.all_receipts(till_id=till.id).items] == [4, 3, 2, 1]
    assert cloud.all_receipts(till_id=an_id()).items == []
    assert cloud.open_till_at(gym.site_id).id == till.id
    closed = cloud.close_till(till.id, counted_minor=10_000 + PRICE - 900 - 100)
    assert (closed.expected_minor, closed.difference_minor) == (10_000 + PRICE - 900, -100)
    assert cloud.till(till.id) == closed
    assert cloud.tills(site_id=gym.site_id).items == cloud.tills().items == [closed]
    with pytest.raises(NotRecognised):
        cloud.open_till_at(gym.site_id)
    with pytest.raises(Rejected, match="paid"):
        cloud.take(order.id, messages.NewPayment(id=an_id(), method=Method.TRANSFER))


def test_the_ledger_a_page_at_a_time(gym, cloud, cashier):
    for _ in range(3):
        cashier.paid()
    first = cloud.ledger(account=Account.TERMINAL, limit=2)
    second = cloud.ledger(account=Account.TERMINAL, after=first.next)
    assert [len(first.items), len(second.items), second.next] == [2, 1, None]
    assert cloud.ledger(first=gym.clock.at).items == [*first.items, *second.items]
    assert {item.account: item.amount_minor for item in cloud.balances()} == {
        Account.TERMINAL: 3 * PRICE,
        Account.INCOME: -3 * PRICE,
    }
