"""What staff and owners do about money over the API, typed: one method a route, the messages of ``contracts.payments``.

Every id in a request is minted by the caller (:func:`shared.domain.ids.uuid7`) and kept until there is an answer: the
same request sent again does nothing twice. Errors are those of :class:`shared.client.staff.StaffCloud`.
"""

from datetime import datetime
from uuid import UUID

from shared.client.session import Params, PersonSession
from shared.contracts import payments
from shared.domain.ledger import Account


class PaymentsCloud:
    """The cloud's payments as a signed-in person of the staff sees them. One thread."""

    def __init__(self, session: PersonSession) -> None:
        self._call = session.call

    def create_order(self, order: payments.NewOrder) -> payments.OrderView:
        """Price an order. ``price_changed`` when a line's price is not the one that was shown."""
        return self._call("POST", "/v1/orders", payments.OrderView, body=order)

    def order(self, order_id: UUID) -> payments.OrderView:
        return self._call("GET", f"/v1/orders/{order_id}", payments.OrderView)

    def take(self, order_id: UUID, payment: payments.NewPayment) -> payments.ReceiptView:
        return self._call("POST", f"/v1/orders/{order_id}/payments", payments.ReceiptView, body=payment)

    def refund(self, order_id: UUID, refund: payments.NewRefund) -> payments.ReceiptView:
        return self._call("POST", f"/v1/orders/{order_id}/refunds", payments.ReceiptView, body=refund)

    def correct(self, order_id: UUID, correction: payments.NewCorrection) -> payments.CorrectionView:
        return self._call("POST", f"/v1/orders/{order_id}/corrections", payments.CorrectionView, body=correction)

    def receipt(self, number: int) -> payments.ReceiptView:
        return self._call("GET", f"/v1/receipts/{number}", payments.ReceiptView)

    def receipts(self, member_id: UUID, *, after: str | None = None, limit: int = 50) -> payments.ReceiptPage:
        """A member's, newest first."""
        params = _without_none({"after": after, "limit": limit})
        return self._call("GET", f"/v1/members/{member_id}/receipts", payments.ReceiptPage, params=params)

    def all_receipts(
        self, *, site_id: UUID | None = None, till_id: UUID | None = None, after: str | None = None, limit: int = 50
    ) -> payments.ReceiptPage:
        """Newest first: of a site, or issued while a till was open."""
        ids = {
            name: None if value is None else str(value) for name, value in (("site_id", site_id), ("till_id", till_id))
        }
        params = _without_none({**ids, "after": after, "limit": limit})
        return self._call("GET", "/v1/receipts", payments.ReceiptPage, params=params)

    def open_till(self, till: payments.NewTill) -> payments.TillView:
        return self._call("POST", "/v1/tills", payments.TillView, body=till)

    def close_till(self, till_id: UUID, *, counted_minor: int, reason: str | None = None) -> payments.TillView:
        body = payments.TillCount(counted_minor=counted_minor, reason=reason)
        return self._call("POST", f"/v1/tills/{till_id}/close", payments.TillView, body=body)

    def till(self, till_id: UUID) -> payments.TillView:
        return self._call("GET", f"/v1/tills/{till_id}", payments.TillView)

    def open_till_at(self, site_id: UUID) -> payments.TillView:
        """``till_unknown`` when none is open."""
        return self._call("GET", f"/v1/sites/{site_id}/till", payments.TillView)

    def tills(self, *, site_id: UUID | None = None, after: str | None = None, limit: int = 50) -> payments.TillPage:
        """Newest first."""
        params = _without_none({"site_id": None if site_id is None else str(site_id), "after": after, "limit": limit})
        return self._call("GET", "/v1/tills", payments.TillPage, params=params)

    def ledger(
        self,
        *,
        first: datetime | None = None,
        account: Account | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> payments.LedgerPage:
        """Oldest first, from an aware instant on when one is given."""
        params = _without_none(
            {
                "first": None if first is None else first.isoformat(),
                "account": None if account is None else account.value,
                "after": after,
                "limit": limit,
            }
        )
        return self._call("GET", "/v1/ledger", payments.LedgerPage, params=params)

    def balances(self) -> list[payments.AccountSum]:
        return self._call("GET", "/v1/ledger/balances", payments.Balances).items


def _without_none(params: dict[str, str | int | None]) -> Params:
    return {name: value for name, value in params.items() if value is not None}
