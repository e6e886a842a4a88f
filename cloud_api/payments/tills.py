"""Tills: opened with a counted float, closed with a count; what is missing or too much is booked, not hidden."""

from collections.abc import Collection
from uuid import UUID

from sqlmodel import Session, func, select

from cloud_api.common import audit
from cloud_api.common.principal import Principal
from cloud_api.common.session import new_id, transaction_time
from cloud_api.payments.outgoing import tell_till
from cloud_api.payments.posting import post
from cloud_api.payments.receipts import get_site, write_now
from cloud_api.payments.tables import EntryRow, TillRow
from shared.contracts.payments import NewTill, TillCount, TransactionKind
from shared.domain.ledger import Method, counted_out, floated
from shared.domain.money import Money
from shared.errors import Rejected


def open_till(session: Session, wanted: NewTill, *, by: Principal | str) -> TillRow:
    """Open a site's till with change from the safe. Asked again with the same id, it gives the till that was opened.

    Raises:
        Rejected: ``site_unknown``; ``till_open`` when the site has an open till; ``id_taken``.
    """
    known = session.get(TillRow, wanted.id)
    if known is not None:
        return _same_till(known, wanted)
    get_site(session, wanted.site_id)
    if _find_open(session, wanted.site_id) is not None:
        raise Rejected("The till of this site is open already.", code="till_open")
    row = TillRow(
        id=wanted.id,
        site_id=wanted.site_id,
        open_site_id=wanted.site_id,
        currency=wanted.currency,
        float_minor=wanted.float_minor,
        opened_at=transaction_time(session),
    )
    session.add(row)
    write_now(session)
    entries = floated(Money(wanted.float_minor, wanted.currency))
    post(session, new_id(session), TransactionKind.TILL_OPENED, entries, site_id=row.site_id, till=row, by=by)
    _note(session, row, "opened", {}, by=by)
    return row


def close_till(session: Session, till_id: UUID, count: TillCount, *, by: Principal | str) -> TillRow:
    """Take a till's cash to the safe as counted. Asked again with the same count, it changes nothing.

    Raises:
        Rejected: ``till_unknown``; ``till_closed`` when it was closed with another count.
    """
    row = get_till(session, till_id, lock=True)
    if row.closed_at is not None:
        if row.counted_minor == count.counted_minor:
            return row
        raise Rejected("This till has been closed with another count.", code="till_closed")
    before = _told(row)
    expected = expected_in(session, row)
    row.expected_minor, row.counted_minor, row.reason = expected, count.counted_minor, count.reason
    row.closed_at, row.open_site_id = transaction_time(session), None
    row.version += 1
    session.add(row)
    entries = counted_out(expected=Money(expected, row.currency), counted=Money(count.counted_minor, row.currency))
    post(session, new_id(session), TransactionKind.TILL_CLOSED, entries, site_id=row.site_id, till=row, by=by)
    _note(session, row, "closed", before, by=by)
    return row


def hold_open_till(session: Session, site_id: UUID, methods: Collection[Method], *, currency: str) -> TillRow | None:
    """The site's open till, locked so that it is not closed meanwhile; None when none is open and no cash moves.

    Raises:
        Rejected: for cash, ``till_not_open``, and ``till_currency`` when its cash is in another currency.
    """
    row = session.exec(select(TillRow).where(TillRow.open_site_id == site_id).with_for_update()).first()
    if Method.CASH in methods:
        if row is None:
            raise Rejected("Open the till of this site first.", code="till_not_open")
        if row.currency != currency:
            raise Rejected(f"The cash in this till is {row.currency}.", code="till_currency")
    return row


def get_till(session: Session, till_id: UUID, *, lock: bool = False) -> TillRow:
    """Raises Rejected ``till_unknown``."""
    row = session.get(TillRow, till_id, with_for_update=lock or None)
    if row is None:
        raise Rejected("There is no such till.", code="till_unknown")
    return row


def get_open_till(session: Session, site_id: UUID) -> TillRow:
    """Raises Rejected ``till_unknown``: none is open."""
    row = _find_open(session, site_id)
    if row is None:
        raise Rejected("No till is open at this site.", code="till_unknown")
    return row


def expected_in(session: Session, till: TillRow) -> int:
    """The cash that should be in a till: its entries, or what they came to when it was closed."""
    if till.expected_minor is not None:
        return till.expected_minor
    query = select(func.coalesce(func.sum(EntryRow.amount_minor), 0)).where(EntryRow.till_id == till.id)
    return int(session.exec(query).one())


def _find_open(session: Session, site_id: UUID) -> TillRow | None:
    return session.exec(select(TillRow).where(TillRow.open_site_id == site_id)).first()


def _same_till(known: TillRow, wanted: NewTill) -> TillRow:
    same = (known.site_id, known.currency, known.float_minor) == (wanted.site_id, wanted.currency, wanted.float_minor)
    if not same:
        raise Rejected("This id names another till.", code="id_taken")
    return known


def _told(row: TillRow) -> dict[str, object]:
    """What the audit log gets, which says that there is a reason and keeps no words that somebody typed."""
    return row.model_dump(exclude={"id", "version"})


def _note(session: Session, row: TillRow, what: str, before: dict[str, object], *, by: Principal | str) -> None:
    after = _told(row)
    audit.record(
        session, service="payments", actor=by, action=f"till.{what}", subject=row.id, before=before, after=after,
        unsaid={"reason"},
    )  # fmt: skip
    tell_till(session, row, what)
