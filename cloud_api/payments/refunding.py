"""Giving money back: new entries that refer to the old ones, never more than was paid."""

from uuid import UUID

from sqlmodel import Session

from cloud_api.common.keys import Keys
from cloud_api.common.principal import Principal
from cloud_api.payments.orders import change_order, hold_order, lines_of
from cloud_api.payments.outgoing import tell_refunded
from cloud_api.payments.pricing import release_lines
from cloud_api.payments.receipts import Facts, find_issued, find_receipt, issue
from cloud_api.payments.tables import OrderRow, ReceiptRow
from cloud_api.payments.tills import hold_open_till
from shared.contracts.payments import NewRefund, ReceiptKind
from shared.errors import Rejected


def refund(session: Session, keys: Keys, order_id: UUID, wanted: NewRefund, *, by: Principal | str) -> ReceiptRow:
    """Give back all that is left of a payment, or a part. Asked again with the same id, it gives the same receipt.

    With ``ends_membership`` ``gym`` takes back what the order gave, however little of the money went back. What is
    given back like that, or in full, may be paid for again: a period that ``gym`` could not give, for one.

    Raises:
        Rejected: ``order_unknown``; ``not_paid``; ``refund_too_high``; ``id_taken``; ``till_not_open`` or
            ``till_currency`` for cash.
    """
    order = hold_order(session, order_id)
    known = find_issued(session, wanted.id, order, ReceiptKind.REFUND, wanted, amount_minor=wanted.amount_minor)
    if known is not None:
        return known
    payment = payment_of(session, order)
    amount = _amount(order, payment, wanted.amount_minor)
    lines = lines_of(session, order.id)
    if wanted.ends_membership or order.refunded_minor + amount == payment.amount_minor:
        release_lines(session, lines)
    site_id = wanted.site_id or order.site_id
    till = hold_open_till(session, site_id, [wanted.method], currency=order.currency)
    also = {"method": wanted.method, "amount_minor": amount, "reason": wanted.reason}
    change_order(session, order, "payment.refunded", by=by, also=also, refunded_minor=order.refunded_minor + amount)
    facts = Facts(
        wanted.id,
        ReceiptKind.REFUND,
        site_id,
        till,
        wanted,
        amount,
        about=payment,
        reason=wanted.reason,
        ends_membership=wanted.ends_membership,
    )
    receipt = issue(session, keys, order, facts, by=by)
    tell_refunded(session, order, lines, receipt, by_mail=wanted.receipt_by_mail)
    return receipt


def payment_of(session: Session, order: OrderRow) -> ReceiptRow:
    """The payment that counts. Raises Rejected ``not_paid``."""
    receipt = None if order.payment_id is None else find_receipt(session, order.payment_id)
    if receipt is None:
        raise Rejected("This order has not been paid.", code="not_paid")
    return receipt


def _amount(order: OrderRow, payment: ReceiptRow, wanted: int | None) -> int:
    left = payment.amount_minor - order.refunded_minor
    amount = left if wanted is None else wanted
    if amount > left or (amount == 0 and payment.amount_minor > 0):
        raise Rejected(f"Only {left} (minor units) of this payment are left to give back.", code="refund_too_high")
    return amount
