"""Rows as messages. No response is a table."""

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from cloud_api.payments.tables import EntryRow, LineRow, OrderRow, ReceiptRow, TillRow, TransactionRow
from shared.contracts.payments import (
    LedgerEntry,
    LedgerTransaction,
    LineKind,
    MethodSum,
    OrderLine,
    OrderStatus,
    OrderView,
    ReceiptKind,
    ReceiptView,
    TillView,
    TransactionKind,
)
from shared.domain.ledger import Account, Method


def order_view(row: OrderRow, lines: Iterable[LineRow], receipts: Sequence[int]) -> OrderView:
    return OrderView(
        id=row.id,
        site_id=row.site_id,
        member_id=row.member_id,
        status=OrderStatus.OPEN if row.payment_id is None else OrderStatus.PAID,
        currency=row.currency,
        total_minor=row.total_minor,
        refunded_minor=row.refunded_minor,
        payment_id=row.payment_id,
        lines=[line_view(line) for line in lines],
        created_at=row.created_at,
        paid_at=row.paid_at,
        receipts=list(receipts),
        version=row.version,
    )


def line_view(row: LineRow) -> OrderLine:
    return OrderLine(
        number=row.number,
        kind=LineKind(row.kind),
        plan_id=row.plan_id,
        plan_name=row.plan_name,
        membership_id=row.membership_id,
        starts_on=row.starts_on,
        paid_through_on=row.paid_through_on,
        price_minor=row.price_minor,
    )


def receipt_view(row: ReceiptRow, lines: Iterable[LineRow]) -> ReceiptView:
    local = row.at.astimezone(ZoneInfo(row.zone))
    return ReceiptView(
        number=row.number,
        id=row.id,
        kind=ReceiptKind(row.kind),
        gym_name=row.gym_name,
        site_id=row.site_id,
        site_name=row.site_name,
        zone=row.zone,
        at=row.at,
        local_on=local.date(),
        local_time=f"{local:%H:%M}",
        order_id=row.order_id,
        member_id=row.member_id,
        lines=[line_view(line) for line in lines],
        amount_minor=row.amount_minor,
        currency=row.currency,
        method=Method(row.method),
        reference=row.reference,
        refers_to=row.refers_to,
        reason=row.reason,
    )


def till_view(row: TillRow, *, expected: int, sums: Sequence[MethodSum]) -> TillView:
    return TillView(
        id=row.id,
        site_id=row.site_id,
        currency=row.currency,
        float_minor=row.float_minor,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        expected_minor=expected,
        counted_minor=row.counted_minor,
        difference_minor=None if row.counted_minor is None else row.counted_minor - expected,
        reason=row.reason,
        sums=list(sums),
        version=row.version,
    )


def transaction_view(row: TransactionRow, entries: Iterable[EntryRow]) -> LedgerTransaction:
    return LedgerTransaction(
        id=row.id,
        kind=TransactionKind(row.kind),
        at=row.at,
        site_id=row.site_id,
        actor=row.actor,
        receipt_number=row.receipt_number,
        entries=[_entry(entry) for entry in entries],
    )


def _entry(row: EntryRow) -> LedgerEntry:
    return LedgerEntry(
        account=Account(row.account), till_id=row.till_id, amount_minor=row.amount_minor, currency=row.currency
    )
