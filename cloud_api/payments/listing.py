"""What staff and owners look at: orders, receipts, tills, the ledger."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, func, select

from cloud_api.common.paging import beyond, cut
from cloud_api.payments.orders import lines_of
from cloud_api.payments.receipts import get_receipt
from cloud_api.payments.tables import EntryRow, LineRow, OrderRow, ReceiptRow, TillRow, TransactionRow
from cloud_api.payments.tills import expected_in
from cloud_api.payments.views import order_view, receipt_view, till_view, transaction_view
from shared.contracts.payments import (
    AccountSum,
    Balances,
    CorrectionView,
    LedgerPage,
    MethodSum,
    OrderView,
    ReceiptKind,
    ReceiptPage,
    ReceiptView,
    TillPage,
    TillView,
)
from shared.domain.ledger import Account, Method
from shared.errors import Rejected


def read_order(session: Session, order_id: UUID) -> OrderView:
    """Raises Rejected ``order_unknown``."""
    row = session.get(OrderRow, order_id)
    if row is None:
        raise Rejected("There is no such order.", code="order_unknown")
    query = select(ReceiptRow.number).where(ReceiptRow.order_id == row.id).order_by(col(ReceiptRow.number))
    return order_view(row, lines_of(session, row.id), session.exec(query).all())


def read_receipt(session: Session, number: int) -> ReceiptView:
    """Raises Rejected ``receipt_unknown``."""
    return view_receipt(session, get_receipt(session, number))


def view_receipt(session: Session, row: ReceiptRow) -> ReceiptView:
    return receipt_view(row, lines_of(session, row.order_id))


def view_correction(session: Session, receipts: tuple[ReceiptRow, ReceiptRow]) -> CorrectionView:
    reversal, replacement = (view_receipt(session, row) for row in receipts)
    return CorrectionView(reversal=reversal, replacement=replacement)


def list_receipts(
    session: Session,
    *,
    member_id: UUID | None = None,
    site_id: UUID | None = None,
    till_id: UUID | None = None,
    after: str | None,
    limit: int,
) -> ReceiptPage:
    """Receipts, newest first: of a member (erased, too), of a site, or of those issued while a till was open."""
    wanted = {"site_id": site_id, "till_id": till_id}
    query = select(ReceiptRow).filter_by(**{name: value for name, value in wanted.items() if value is not None})
    if member_id is not None:  # by the order: a receipt stays as it was when its member turns out to be another one
        query = query.where(col(ReceiptRow.order_id).in_(select(OrderRow.id).where(OrderRow.member_id == member_id)))
    if after is not None:
        query = query.where(beyond([col(ReceiptRow.number)], after, [int], descending=True))
    found = session.exec(query.order_by(col(ReceiptRow.number).desc()).limit(limit + 1)).all()
    rows, following = cut(found, limit, lambda row: (row.number,))
    lines = defaultdict[UUID, list[LineRow]](list)
    ordered = col(LineRow.order_id).in_({row.order_id for row in rows})
    for line in session.exec(select(LineRow).where(ordered).order_by(col(LineRow.number))):
        lines[line.order_id].append(line)
    return ReceiptPage(items=[receipt_view(row, lines[row.order_id]) for row in rows], next=following)


def list_tills(session: Session, *, site_id: UUID | None, after: str | None, limit: int) -> TillPage:
    """Tills, newest first."""
    order = [col(TillRow.opened_at), col(TillRow.id)]
    query = select(TillRow)
    if site_id is not None:
        query = query.where(TillRow.site_id == site_id)
    if after is not None:
        query = query.where(beyond(order, after, [datetime, UUID], descending=True))
    found = session.exec(query.order_by(*(column.desc() for column in order)).limit(limit + 1)).all()
    rows, following = cut(found, limit, lambda row: (row.opened_at, row.id))
    return TillPage(items=[read_till(session, row) for row in rows], next=following)


def read_till(session: Session, row: TillRow) -> TillView:
    return till_view(row, expected=expected_in(session, row), sums=_sums(session, row.id))


def list_ledger(
    session: Session, *, first: datetime | None, account: Account | None, after: str | None, limit: int
) -> LedgerPage:
    """Transactions with all their entries, oldest first; those from an instant on, or those that move an account."""
    order = [col(TransactionRow.at), col(TransactionRow.id)]
    query = select(TransactionRow)
    if first is not None:
        query = query.where(col(TransactionRow.at) >= first)
    if account is not None:
        moving = select(EntryRow.transaction_id).where(EntryRow.account == account.value)
        query = query.where(col(TransactionRow.id).in_(moving))
    if after is not None:
        query = query.where(beyond(order, after, [datetime, UUID]))
    found = session.exec(query.order_by(*order).limit(limit + 1)).all()
    rows, following = cut(found, limit, lambda row: (row.at, row.id))
    entries = _entries(session, [row.id for row in rows])
    return LedgerPage(items=[transaction_view(row, entries[row.id]) for row in rows], next=following)


def read_balances(session: Session) -> Balances:
    """What each account has come to."""
    sums = func.sum(EntryRow.amount_minor)
    keys = (col(EntryRow.account), col(EntryRow.currency))
    found = session.exec(select(*keys, sums).group_by(*keys).order_by(*keys))
    items = [AccountSum(account=Account(row[0]), currency=row[1], amount_minor=int(row[2])) for row in found]
    return Balances(items=items)


def _entries(session: Session, ids: Sequence[UUID]) -> defaultdict[UUID, list[EntryRow]]:
    found = defaultdict[UUID, list[EntryRow]](list)
    query = select(EntryRow).where(col(EntryRow.transaction_id).in_(ids)).order_by(col(EntryRow.place))
    for row in session.exec(query):
        found[row.transaction_id].append(row)
    return found


def _sums(session: Session, till_id: UUID) -> list[MethodSum]:
    keys = (col(ReceiptRow.method), col(ReceiptRow.currency), col(ReceiptRow.kind))
    query = select(*keys, func.sum(ReceiptRow.amount_minor)).where(ReceiptRow.till_id == till_id).group_by(*keys)
    sums = defaultdict[tuple[str, str], dict[str, int]](dict)
    for method, currency, kind, amount in session.exec(query):
        sums[method, currency][kind] = int(amount)
    return [_method_sum(*key, found) for key, found in sorted(sums.items())]


def _method_sum(method: str, currency: str, found: dict[str, int]) -> MethodSum:
    taken = found.get(ReceiptKind.PAYMENT.value, 0) - found.get(ReceiptKind.REVERSAL.value, 0)
    refunded = found.get(ReceiptKind.REFUND.value, 0)
    return MethodSum(method=Method(method), currency=currency, taken_minor=taken, refunded_minor=refunded)
