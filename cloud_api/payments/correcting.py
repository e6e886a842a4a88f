"""Putting a payment right that was typed in wrongly: a reversal and a new payment, both to be seen for ever."""

from uuid import UUID

from sqlmodel import Session

from cloud_api.common.keys import Keys
from cloud_api.common.principal import Principal
from cloud_api.common.session import new_id
from cloud_api.payments.orders import change_order, hold_order, lines_of
from cloud_api.payments.outgoing import tell_corrected
from cloud_api.payments.pricing import release_lines
from cloud_api.payments.receipts import Facts, find_issued, get_receipt, issue
from cloud_api.payments.refunding import payment_of
from cloud_api.payments.tables import OrderRow, ReceiptRow
from cloud_api.payments.tills import hold_open_till
from shared.contracts.payments import NewCorrection, ReceiptKind, Tender
from shared.domain.ledger import Method
from shared.errors import InvalidInput, Rejected


def correct(
    session: Session, keys: Keys, order_id: UUID, wanted: NewCorrection, *, by: Principal | str
) -> tuple[ReceiptRow, ReceiptRow]:
    """Reverse the payment that counts and book the right one; returns both receipts. Cash moves in the till open now.

    When no more was really paid than has been given back, what was paid for may be paid for again, as after a refund.

    Asked again with the same id, it gives the same receipts.

    Raises:
        InvalidInput: nothing would change, or less would be paid than was given back.
        Rejected: ``order_unknown``; ``not_paid``; ``payment_changed`` when another payment counts by now;
            ``id_taken``; ``till_not_open`` or ``till_currency`` where cash is part of it.
    """
    order = hold_order(session, order_id)
    known = find_issued(session, wanted.id, order, ReceiptKind.PAYMENT, wanted, amount_minor=wanted.amount_minor)
    if known is not None:
        return _receipts_of(session, known)
    payment = payment_of(session, order)
    amount = _check(order, payment, wanted)
    if amount == order.refunded_minor:
        release_lines(session, lines_of(session, order.id))
    was = Tender(method=Method(payment.method), reference=payment.reference)
    site_id = wanted.site_id or order.site_id
    till = hold_open_till(session, site_id, [was.method, wanted.method], currency=order.currency)
    before = {"method": was.method, "amount_minor": payment.amount_minor}
    also = {"method": wanted.method, "amount_minor": amount, "reason": wanted.reason}
    change_order(session, order, "payment.corrected", by=by, also_before=before, also=also, payment_id=wanted.id)
    undo = Facts(
        new_id(session), ReceiptKind.REVERSAL, site_id, till, was, payment.amount_minor, payment, wanted.reason
    )
    reversal = issue(session, keys, order, undo, by=by)
    redo = Facts(wanted.id, ReceiptKind.PAYMENT, site_id, till, wanted, amount, reversal, wanted.reason)
    replacement = issue(session, keys, order, redo, by=by)
    tell_corrected(session, order, reversal, replacement)
    return reversal, replacement


def _check(order: OrderRow, payment: ReceiptRow, wanted: NewCorrection) -> int:
    """The amount that was really paid."""
    if payment.id != wanted.payment_id:
        raise Rejected("This payment was corrected meanwhile.", code="payment_changed")
    amount = payment.amount_minor if wanted.amount_minor is None else wanted.amount_minor
    if (amount, wanted.method.value, wanted.reference) == (payment.amount_minor, payment.method, payment.reference):
        raise InvalidInput("That is what was booked: there is nothing to correct.", field="method")
    if amount < order.refunded_minor:
        raise InvalidInput("More than that has been given back already.", field="amount_minor")
    return amount


def _receipts_of(session: Session, replacement: ReceiptRow) -> tuple[ReceiptRow, ReceiptRow]:
    if replacement.refers_to is None:
        raise Rejected("This id names something else.", code="id_taken")
    return get_receipt(session, replacement.refers_to), replacement
