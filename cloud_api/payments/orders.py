"""Orders: what a member is about to pay for, priced by the server."""

from collections.abc import Mapping
from uuid import UUID

from sqlmodel import Session, col, select

from cloud_api.common import audit
from cloud_api.common.principal import Principal
from cloud_api.common.session import transaction_time
from cloud_api.payments.pricing import price_lines
from cloud_api.payments.receipts import get_site, write_now
from cloud_api.payments.tables import LineRow, OrderRow
from shared.contracts.payments import LineKind, NewOrder, RenewalLine, SaleLine
from shared.errors import Rejected


def create_order(session: Session, wanted: NewOrder, *, by: Principal | str) -> OrderRow:
    """Price what is wanted. Nothing is promised by it: all is checked again when money is taken.

    Asked again with the same id, it gives the order that was made.

    Raises:
        InvalidInput, Rejected: what :func:`price_lines` says; ``site_unknown``; ``id_taken`` for the id of another order.
    """
    known = session.get(OrderRow, wanted.id)
    if known is not None:
        return _same_order(session, known, wanted)
    get_site(session, wanted.site_id)
    lines, currency = price_lines(session, wanted)
    row = OrderRow(
        id=wanted.id,
        site_id=wanted.site_id,
        member_id=wanted.member_id,
        currency=currency,
        total_minor=sum(line.price_minor for line in lines),
        created_at=transaction_time(session),
    )
    session.add_all([row, *lines])
    write_now(session)
    _record(session, row, "order.created", {}, by=by, also={"lines": [_line_told(line) for line in lines]})
    return row


def hold_order(session: Session, order_id: UUID) -> OrderRow:
    """The order, locked until the transaction ends: the first lock of whatever changes one.

    Raises:
        Rejected: ``order_unknown``.
    """
    row = session.get(OrderRow, order_id, with_for_update=True)
    if row is None:
        raise Rejected("There is no such order.", code="order_unknown")
    return row


def change_order(
    session: Session,
    order: OrderRow,
    action: str,
    *,
    by: Principal | str,
    also_before: Mapping[str, object] | None = None,
    also: Mapping[str, object] | None = None,
    **facts: object,
) -> None:
    """Give a locked order these facts, and write down who did what; ``also`` is what the audit log gets beside them."""
    before = {**_told(order), **(also_before or {})}
    order.sqlmodel_update({**facts, "version": order.version + 1})
    session.add(order)
    _record(session, order, action, before, by=by, also=also)


def lines_of(session: Session, order_id: UUID) -> list[LineRow]:
    query = select(LineRow).where(LineRow.order_id == order_id).order_by(col(LineRow.number))
    return list(session.exec(query))


def _told(row: OrderRow) -> dict[str, object]:
    return row.model_dump(exclude={"id", "version"})


def _line_told(line: LineRow) -> dict[str, object]:
    return line.model_dump(exclude={"order_id", "number"}, exclude_none=True)


def _record(
    session: Session,
    row: OrderRow,
    action: str,
    before: Mapping[str, object],
    *,
    by: Principal | str,
    also: Mapping[str, object] | None = None,
) -> None:
    audit.record(
        session, service="payments", actor=by, action=action, subject=row.id, member_id=row.member_id,
        before=before, after={**_told(row), **(also or {})}, unsaid={"reason"},
    )  # fmt: skip


def _same_order(session: Session, known: OrderRow, wanted: NewOrder) -> OrderRow:
    before = [_asked(line) for line in lines_of(session, known.id)]
    now = [_asked_for(line) for line in wanted.lines]
    if (known.site_id, known.member_id, before) != (wanted.site_id, wanted.member_id, now):
        raise Rejected("This id names another order.", code="id_taken")
    return known


def _asked(line: LineRow) -> tuple[object, ...]:
    plan_id = line.plan_id if line.kind == LineKind.SALE.value else None
    return line.membership_id, plan_id, line.starts_on, line.paid_through_on


def _asked_for(line: SaleLine | RenewalLine) -> tuple[object, ...]:
    if isinstance(line, SaleLine):
        return line.membership_id, line.plan_id, line.starts_on, None
    return line.membership_id, None, None, line.paid_through_on
