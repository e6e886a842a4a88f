"""Staff who take money in a gym in process: orders, payments, refunds and tills in one line each."""

from typing import Any
from uuid import UUID

import httpx
from sqlmodel import Session, col, select

from cloud_api.payments.tables import EntryRow, OrderRow, ReceiptRow, TillRow
from shared.contracts.payments import ReceiptKind
from shared.domain.ledger import Account
from tests.support.builders import an_id
from tests.support.cloud import Gym
from tests.support.reception import Desk, ok

PRICE = 34_900
CASH = {"method": "cash"}
TRANSFER = {"method": "transfer"}
TERMINAL = {"method": "terminal", "reference": "slip 4711"}


class Cashier:
    """A desk with a monthly plan for sale whose price ``payments`` knows. ``client`` is an Owner."""

    def __init__(self, gym: Gym) -> None:
        self.gym = gym
        self.desk = Desk(gym)
        self.site_id = gym.site_id
        self.plan_id = self.desk.plan()
        self.dispatch()

    @property
    def client(self) -> httpx.Client:
        return self.desk.client

    def dispatch(self) -> None:
        self.gym.dispatch()

    def member(self) -> UUID:
        member_id = self.desk.member()
        self.dispatch()
        return member_id

    def sale(self, **changes: Any) -> dict[str, Any]:
        """A line for a new membership on the monthly plan."""
        return {"kind": "sale", "plan_id": str(self.plan_id), "membership_id": str(an_id()), **changes}

    @staticmethod
    def renewal(membership: dict[str, Any], **changes: Any) -> dict[str, Any]:
        facts = {"membership_id": membership["id"], "paid_through_on": membership["paid_through_on"]}
        return {"kind": "renewal", **facts, **changes}

    def ask_order(self, member_id: UUID, *lines: dict[str, Any], **changes: Any) -> httpx.Response:
        order = {"id": str(an_id()), "site_id": str(self.site_id), "member_id": str(member_id), "lines": list(lines)}
        return self.client.post("/v1/orders", json={**order, **changes})

    def order(self, member_id: UUID | None = None, *lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """An order; of a new member for a new membership, when nothing else is said."""
        return ok(self.ask_order(member_id or self.member(), *(lines or (self.sale(),)), **changes))

    def ask_pay(self, order: dict[str, Any], **tender: Any) -> httpx.Response:
        return self.client.post(f"/v1/orders/{order['id']}/payments", json={"id": str(an_id()), **TERMINAL, **tender})

    def pay(self, order: dict[str, Any], **tender: Any) -> dict[str, Any]:
        """Paid by terminal, when nothing else is said; what was paid for is given."""
        receipt = ok(self.ask_pay(order, **tender))
        self.dispatch()
        return receipt

    def paid(self, member_id: UUID | None = None, *lines: dict[str, Any], **tender: Any) -> dict[str, Any]:
        """A paid order as it is afterwards."""
        order = self.order(member_id, *lines)
        self.pay(order, **tender)
        return self.read(order)

    def ask_refund(self, order: dict[str, Any], **changes: Any) -> httpx.Response:
        wanted = {"id": str(an_id()), **TERMINAL, "reason": "moved away", **changes}
        return self.client.post(f"/v1/orders/{order['id']}/refunds", json=wanted)

    def refund(self, order: dict[str, Any], **changes: Any) -> dict[str, Any]:
        receipt = ok(self.ask_refund(order, **changes))
        self.dispatch()
        return receipt

    def ask_correct(self, order: dict[str, Any], **changes: Any) -> httpx.Response:
        wanted = {"id": str(an_id()), "payment_id": order["payment_id"], **TRANSFER, "reason": "wrong button"}
        return self.client.post(f"/v1/orders/{order['id']}/corrections", json={**wanted, **changes})

    def ask_open_till(self, float_minor: int = 50_000, **changes: Any) -> httpx.Response:
        new = {"id": str(an_id()), "site_id": str(self.site_id), "currency": "DKK", "float_minor": float_minor}
        return self.client.post("/v1/tills", json={**new, **changes})

    def open_till(self, float_minor: int = 50_000, **changes: Any) -> dict[str, Any]:
        return ok(self.ask_open_till(float_minor, **changes))

    def ask_close_till(self, till: dict[str, Any], counted: int) -> httpx.Response:
        return self.client.post(f"/v1/tills/{till['id']}/close", json={"counted_minor": counted})

    def read(self, order: dict[str, Any]) -> dict[str, Any]:
        return ok(self.client.get(f"/v1/orders/{order['id']}"))

    def membership(self, line: dict[str, Any]) -> dict[str, Any]:
        return ok(self.client.get(f"/v1/memberships/{line['membership_id']}"))

    def ledger(self, **params: Any) -> list[dict[str, Any]]:
        return ok(self.client.get("/v1/ledger", params={"limit": 500, **params}))["items"]

    def balances(self) -> dict[str, int]:
        """By account; there is one currency."""
        items = ok(self.client.get("/v1/ledger/balances"))["items"]
        return {item["account"]: item["amount_minor"] for item in items}

    def check_books(self) -> None:
        with self.gym.cloud.database.reading() as session:
            check_books(session)


def check_books(session: Session) -> None:
    """What must hold whatever happened: balance, numbers without gaps, refunds within payments, cash as counted."""
    entries, receipts = session.exec(select(EntryRow)).all(), session.exec(select(ReceiptRow)).all()
    for transaction_id in {entry.transaction_id for entry in entries}:
        assert sum(entry.amount_minor for entry in entries if entry.transaction_id == transaction_id) == 0
    assert sorted(receipt.number for receipt in receipts) == list(range(1, len(receipts) + 1))
    for order in session.exec(select(OrderRow)):
        _check_order(order, [receipt for receipt in receipts if receipt.order_id == order.id])
    for till in session.exec(select(TillRow).order_by(col(TillRow.opened_at))):
        held = sum(entry.amount_minor for entry in entries if entry.till_id == till.id)
        assert till.closed_at is None or held == 0
    assert sums_of(session)[Account.INCOME] == -sum(_signed(receipt) for receipt in receipts)


def sums_of(session: Session) -> dict[Account, int]:
    """What each account has come to, from the table itself."""
    entries = session.exec(select(EntryRow)).all()
    return {
        account: sum(entry.amount_minor for entry in entries if entry.account == account.value) for account in Account
    }


def _check_order(order: OrderRow, receipts: list[ReceiptRow]) -> None:
    sums = {kind: sum(item.amount_minor for item in receipts if item.kind == kind.value) for kind in ReceiptKind}
    assert sums[ReceiptKind.REFUND] == order.refunded_minor
    assert order.refunded_minor <= sums[ReceiptKind.PAYMENT] - sums[ReceiptKind.REVERSAL]
    payments = [item for item in receipts if item.kind == ReceiptKind.PAYMENT.value]
    reversals = [item for item in receipts if item.kind == ReceiptKind.REVERSAL.value]
    assert len(payments) - len(reversals) == (order.payment_id is not None)


def _signed(receipt: ReceiptRow) -> int:
    return receipt.amount_minor if receipt.kind == ReceiptKind.PAYMENT.value else -receipt.amount_minor
