"""The events of ``payments``: ids, amounts and states, never a personal value, a reference or a reason.

Those about a member's money share one topic and key, so that a refund is not heard of before what it takes back.
"""

from collections.abc import Iterable
from typing import Any

from sqlmodel import Session

from cloud_api.common.outbox import publish
from cloud_api.payments.tables import LineRow, OrderRow, ReceiptRow, TillRow

TOPIC = "payment"
TILL_TOPIC = "till"


def tell_paid(
    session: Session, order: OrderRow, lines: Iterable[LineRow], receipt: ReceiptRow, *, by_mail: bool
) -> None:
    """``by_mail``: the member is to get the receipt by mail."""
    order_paid = {
        **_order(order),
        "payment_id": str(receipt.id),
        "receipt_number": receipt.number,
        "paid_at": receipt.at.isoformat(),
        "method": receipt.method,
        "receipt_by_mail": by_mail,
        "lines": [_line(line) for line in lines],
    }
    publish(session, topic=TOPIC, type="order.paid", key=order.member_id, payload=order_paid)
    publish(session, topic=TOPIC, type="payment.succeeded", key=order.member_id, payload=_payment(order, receipt))


def tell_refunded(
    session: Session, order: OrderRow, lines: Iterable[LineRow], receipt: ReceiptRow, *, by_mail: bool
) -> None:
    """``by_mail``: the member is to get the receipt by mail."""
    payload = {
        **_payment(order, receipt),
        "refers_to": receipt.refers_to,
        "ends_membership": receipt.ends_membership,
        "receipt_by_mail": by_mail,
        "lines": [_line(line) for line in lines],
    }
    publish(session, topic=TOPIC, type="payment.refunded", key=order.member_id, payload=payload)


def tell_corrected(session: Session, order: OrderRow, reversal: ReceiptRow, replacement: ReceiptRow) -> None:
    payload = {
        **_payment(order, replacement),
        "refers_to": reversal.refers_to,
        "reversal_number": reversal.number,
    }
    publish(session, topic=TOPIC, type="payment.corrected", key=order.member_id, payload=payload)


def tell_till(session: Session, row: TillRow, what: str) -> None:
    payload = {
        "till_id": str(row.id),
        "site_id": str(row.site_id),
        "currency": row.currency,
        "float_minor": row.float_minor,
        "expected_minor": row.expected_minor,
        "counted_minor": row.counted_minor,
        "opened_at": row.opened_at.isoformat(),
        "closed_at": None if row.closed_at is None else row.closed_at.isoformat(),
        "version": row.version,
    }
    publish(session, topic=TILL_TOPIC, type=f"till.{what}", key=row.id, payload=payload)


def _order(order: OrderRow) -> dict[str, Any]:
    return {
        "order_id": str(order.id),
        "member_id": str(order.member_id),
        "site_id": str(order.site_id),
        "currency": order.currency,
        "total_minor": order.total_minor,
        "refunded_minor": order.refunded_minor,
        "version": order.version,
    }


def _payment(order: OrderRow, receipt: ReceiptRow) -> dict[str, Any]:
    return {
        **_order(order),
        "site_id": str(receipt.site_id),
        "payment_id": str(receipt.id),
        "receipt_number": receipt.number,
        "at": receipt.at.isoformat(),
        "method": receipt.method,
        "amount_minor": receipt.amount_minor,
    }


def _line(line: LineRow) -> dict[str, Any]:
    return {
        "number": line.number,
        "kind": line.kind,
        "plan_id": str(line.plan_id),
        "plan_name": line.plan_name,
        "membership_id": str(line.membership_id),
        "starts_on": None if line.starts_on is None else str(line.starts_on),
        "paid_through_on": None if line.paid_through_on is None else str(line.paid_through_on),
        "price_minor": line.price_minor,
    }
