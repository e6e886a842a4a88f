"""Taking money for an order: once, and before the door opens."""

from uuid import UUID

from sqlmodel import Session

from cloud_api.common.keys import Keys
from cloud_api.common.principal import Principal
from cloud_api.common.session import transaction_time
from cloud_api.payments.orders import change_order, hold_order, lines_of
from cloud_api.payments.outgoing import tell_paid
from cloud_api.payments.pricing import check_lines, claim_lines
from cloud_api.payments.receipts import Facts, find_issued, issue
from cloud_api.payments.tables import ReceiptRow
from cloud_api.payments.tills import hold_open_till
from shared.contracts.payments import NewPayment, ReceiptKind
from shared.errors import Rejected


def take_payment(
    session: Session, keys: Keys, order_id: UUID, wanted: NewPayment, *, by: Principal | str
) -> ReceiptRow:
    """Take the whole of an order. Asked again with the same id, it gives the same receipt.

    ``gym`` hears of it through ``order.paid`` and gives what was paid for.

    Raises:
        Rejected: ``order_unknown``; ``order_paid``; ``id_taken``; ``till_not_open`` or ``till_currency`` for cash; what
            :func:`check_lines` says when something changed since the order was made.
    """
    order = hold_order(session, order_id)
    known = find_issued(session, wanted.id, order, ReceiptKind.PAYMENT, wanted)
    if known is not None:
        return known
    if order.payment_id is not None:
        raise Rejected("This order has been paid.", code="order_paid")
    lines = lines_of(session, order.id)
    claim_lines(session, order, lines, check_lines(session, order.member_id, lines, order.currency, lock=True))
    till = hold_open_till(session, order.site_id, [wanted.method], currency=order.currency)
    now, also = transaction_time(session), {"method": wanted.method}
    change_order(session, order, "payment.taken", by=by, also=also, payment_id=wanted.id, paid_at=now)
    facts = Facts(wanted.id, ReceiptKind.PAYMENT, order.site_id, till, wanted, order.total_minor)
    receipt = issue(session, keys, order, facts, by=by)
    tell_paid(session, order, lines, receipt, by_mail=wanted.receipt_by_mail)
    return receipt
