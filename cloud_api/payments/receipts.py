"""Receipts: one for each payment, refund and reversal, with all that a printed one needs, numbered without gaps."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from cloud_api.common import roster
from cloud_api.common.database import Conflict
from cloud_api.common.keys import Keys
from cloud_api.common.principal import Principal
from cloud_api.common.session import transaction_time
from cloud_api.payments.posting import next_number, post
from cloud_api.payments.tables import OrderRow, ReceiptRow, TillRow, TransactionRow
from cloud_api.payments.telling import tell_issued
from shared.contracts.payments import ReceiptKind, Tender, TransactionKind
from shared.contracts.roster import RowKind, SiteBody
from shared.domain.ledger import given_back, paid
from shared.domain.money import Money
from shared.errors import Rejected


@dataclass(frozen=True, slots=True)
class Facts:
    """What a receipt says. ``site_id`` is where it is issued; ``till`` the site's open one (locked), if any.

    ``about`` is the receipt that it refers to.
    """

    id: UUID
    kind: ReceiptKind
    site_id: UUID
    till: TillRow | None
    tender: Tender
    amount_minor: int
    about: ReceiptRow | None = None
    reason: str | None = None
    ends_membership: bool = False


def issue(session: Session, keys: Keys, order: OrderRow, facts: Facts, *, by: Principal | str) -> ReceiptRow:
    """Book a payment, refund or reversal and give it the next number. After it nothing more may be locked.

    Raises:
        Rejected: ``site_unknown``.
    """
    site = get_site(session, facts.site_id)
    row = _row(order, facts, site, number=next_number(session), at=transaction_time(session), gym_name=keys.gym_name)
    session.add(row)
    amount = Money(facts.amount_minor, order.currency)
    post(
        session,
        facts.id,
        TransactionKind(facts.kind.value),
        (paid if facts.kind is ReceiptKind.PAYMENT else given_back)(amount, facts.tender.method),
        site_id=site.id,
        till=facts.till,
        by=by,
        receipt_number=row.number,
    )
    write_now(session)
    tell_issued(session, row)
    return row


def _row(order: OrderRow, facts: Facts, site: SiteBody, *, number: int, at: datetime, gym_name: str) -> ReceiptRow:
    return ReceiptRow(
        number=number,
        id=facts.id,
        kind=facts.kind.value,
        order_id=order.id,
        member_id=order.member_id,
        site_id=site.id,
        till_id=None if facts.till is None else facts.till.id,
        at=at,
        gym_name=gym_name,
        site_name=site.name,
        zone=site.zone,
        method=facts.tender.method.value,
        reference=facts.tender.reference,
        amount_minor=facts.amount_minor,
        currency=order.currency,
        refers_to=None if facts.about is None else facts.about.number,
        reason=facts.reason,
        ends_membership=facts.ends_membership,
    )


def find_receipt(session: Session, receipt_id: UUID) -> ReceiptRow | None:
    return session.exec(select(ReceiptRow).where(ReceiptRow.id == receipt_id)).first()


def get_receipt(session: Session, number: int) -> ReceiptRow:
    """Raises Rejected ``receipt_unknown``."""
    row = session.get(ReceiptRow, number)
    if row is None:
        raise Rejected("There is no receipt with this number.", code="receipt_unknown")
    return row


def find_issued(
    session: Session,
    receipt_id: UUID,
    order: OrderRow,
    kind: ReceiptKind,
    tender: Tender,
    *,
    amount_minor: int | None = None,
) -> ReceiptRow | None:
    """What was issued for this id before, when the same was asked; None when the id is new.

    ``amount_minor`` is the amount that was named, if one was.

    Raises:
        Rejected: ``id_taken``: it names something else.
    """
    if session.get(TransactionRow, receipt_id) is None:
        return None
    known = find_receipt(session, receipt_id)
    asked = (order.id, kind.value, tender.method.value, tender.reference)
    is_same = known is not None and (known.order_id, known.kind, known.method, known.reference) == asked
    if known is None or not is_same or amount_minor not in (None, known.amount_minor):
        raise Rejected("This id names something else.", code="id_taken")
    return known


def get_site(session: Session, site_id: UUID) -> SiteBody:
    """A site as its doors know it. Raises Rejected ``site_unknown``."""
    body = roster.find_body(session, site_id=site_id, kind=RowKind.SITE, key=str(site_id))
    if body is None:
        raise Rejected("There is no such site.", code="site_unknown")
    return SiteBody.model_validate_json(body)


def write_now(session: Session) -> None:
    """Write what was added.

    Raises:
        Conflict: somebody used one of its ids in this very moment: asked again, what came of it is found.
    """
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict("The same was just asked by somebody else.") from error
