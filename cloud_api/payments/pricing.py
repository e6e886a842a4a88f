"""What an order's lines cost and whether they may be paid for: asked when it is made, and again before money is taken."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlmodel import Session

from cloud_api.common import placement
from cloud_api.common.problems import PriceChanged
from cloud_api.payments.offers import find_memberships, get_plan
from cloud_api.payments.tables import LineRow, MembershipRow, OrderRow, PlanRow
from shared.contracts.payments import LineKind, NewOrder, RenewalLine, SaleLine
from shared.domain.money import Money
from shared.errors import InvalidInput, Rejected


def price_lines(session: Session, wanted: NewOrder) -> tuple[list[LineRow], str]:
    """The lines of a new order with their prices, and their currency.

    Raises:
        InvalidInput: the plans' prices are in different currencies.
        Rejected: ``member_unknown``, and what :func:`check_lines` says.
        PriceChanged: the price that was shown is not the price.
    """
    known = find_memberships(session, (line.membership_id for line in wanted.lines), lock=False)
    plans = [get_plan(session, _plan_of(line, known, wanted.member_id)) for line in wanted.lines]
    if len({plan.currency for plan in plans}) > 1:
        raise InvalidInput("One order has one currency.", field="lines")
    lines = [
        _line(wanted.id, number, line, plan)
        for number, (line, plan) in enumerate(zip(wanted.lines, plans, strict=True), 1)
    ]
    for line, plan in zip(wanted.lines, plans, strict=True):
        _check_price(plan, line.price_minor, plan.currency)
    check_lines(session, wanted.member_id, lines, plans[0].currency, lock=False)
    return lines, plans[0].currency


def check_lines(
    session: Session, member_id: UUID, lines: Sequence[LineRow], currency: str, *, lock: bool
) -> dict[UUID, MembershipRow]:
    """Whether every line may be paid for as it stands; the memberships it names that are known, by id.

    Raises:
        Rejected: ``member_unknown`` (erased, too), ``plan_unknown``, ``plan_not_on_sale``, ``membership_unknown``,
            ``id_taken`` for a new membership's id that is in use, ``membership_changed`` when it is paid through
            another day meanwhile, ``already_renewed`` when that period has been paid for.
        PriceChanged: a price is another one now.
    """
    if not placement.living_members(session, [member_id]):
        raise Rejected("There is no such member.", code="member_unknown")
    known = find_memberships(session, (line.membership_id for line in lines), lock=lock)
    for line in lines:
        plan, membership = get_plan(session, line.plan_id), known.get(line.membership_id)
        _check_price(plan, line.price_minor, currency)
        if line.kind == LineKind.SALE.value:
            _check_sale(plan, membership)
        else:
            _check_renewal(line, membership)
    return known


def claim_lines(session: Session, order: OrderRow, lines: Iterable[LineRow], known: dict[UUID, MembershipRow]) -> None:
    """Keep what was just paid for from being paid for again, until ``gym`` tells what came of it."""
    for line in lines:
        row = known.get(line.membership_id) or MembershipRow(
            id=line.membership_id, member_id=order.member_id, plan_id=line.plan_id
        )
        row.renewed_from_on = line.paid_through_on
        session.add(row)


def release_lines(session: Session, lines: Iterable[LineRow]) -> None:
    """Let what was given back be paid for again."""
    renewed = {line.membership_id: line for line in lines if line.kind == LineKind.RENEWAL.value}
    for row in find_memberships(session, renewed, lock=True).values():
        if row.renewed_from_on == renewed[row.id].paid_through_on:
            row.renewed_from_on = None
            session.add(row)


def _plan_of(line: SaleLine | RenewalLine, known: dict[UUID, MembershipRow], member_id: UUID) -> UUID:
    if isinstance(line, SaleLine):
        return line.plan_id
    row = known.get(line.membership_id)
    if row is None or row.member_id != member_id:
        raise Rejected("This member has no such membership.", code="membership_unknown")
    return row.plan_id


def _line(order_id: UUID, number: int, line: SaleLine | RenewalLine, plan: PlanRow) -> LineRow:
    return LineRow(
        order_id=order_id,
        number=number,
        kind=line.kind,
        plan_id=plan.id,
        plan_name=plan.name,
        membership_id=line.membership_id,
        starts_on=line.starts_on if isinstance(line, SaleLine) else None,
        paid_through_on=line.paid_through_on if isinstance(line, RenewalLine) else None,
        price_minor=plan.price_minor,
    )


def _check_price(plan: PlanRow, shown: int | None, currency: str) -> None:
    if shown is not None and (shown, currency) != (plan.price_minor, plan.currency):
        raise PriceChanged(Money(plan.price_minor, plan.currency))


def _check_sale(plan: PlanRow, membership: MembershipRow | None) -> None:
    if not plan.on_sale:
        raise Rejected("This plan is no longer sold.", code="plan_not_on_sale")
    if membership is not None:
        raise Rejected("This id names another membership.", code="id_taken")


def _check_renewal(line: LineRow, membership: MembershipRow | None) -> None:
    if membership is None:
        raise Rejected("This member has no such membership.", code="membership_unknown")
    if membership.paid_through_on != line.paid_through_on:
        raise Rejected(f"It is paid through {membership.paid_through_on} now.", code="membership_changed")
    if membership.renewed_from_on == line.paid_through_on:
        raise Rejected("This period has just been paid for.", code="already_renewed")
