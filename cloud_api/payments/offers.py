"""Prices and memberships as ``gym`` told them: what an order is checked against, before any money is taken."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from cloud_api.common.outbox import Event
from cloud_api.payments.tables import MembershipRow, PlanRow
from shared.errors import Rejected


def learn_plan(session: Session, event: Event) -> None:
    """Take over a plan's price, unless a newer one is known. Release 0.1.0 told none: its plans were told again."""
    data = event.data
    if "price_minor" not in data:
        return
    row = session.get(PlanRow, UUID(data["plan_id"]), with_for_update=True)
    if row is not None and row.version >= data["version"]:
        return
    facts = {name: data[name] for name in ("name", "price_minor", "currency", "on_sale", "version")}
    row = row or PlanRow(id=UUID(data["plan_id"]), **facts)
    row.sqlmodel_update(facts)
    session.add(row)


def learn_memberships(session: Session, events: Sequence[Event]) -> None:
    """Take over what memberships are now, each unless a newer state is known."""
    wanted = {UUID(event.data["membership_id"]) for event in events}
    query = select(MembershipRow).where(col(MembershipRow.id).in_(wanted)).order_by(col(MembershipRow.id))
    known = {row.id: row for row in session.exec(query.with_for_update())}
    for event in events:
        row = _told(known.get(UUID(event.data["membership_id"])), event.data)
        known[row.id] = row
    session.add_all(known.values())


def _told(row: MembershipRow | None, data: dict[str, Any]) -> MembershipRow:
    row = row or MembershipRow(
        id=UUID(data["membership_id"]), member_id=UUID(data["member_id"]), plan_id=UUID(data["plan_id"])
    )
    if row.version < data["version"]:
        row.version, row.member_id = data["version"], UUID(data["member_id"])
        row.paid_through_on = date.fromisoformat(data["paid_through_on"])
        if row.renewed_from_on != row.paid_through_on:
            row.renewed_from_on = None
    return row


def get_plan(session: Session, plan_id: UUID) -> PlanRow:
    """Raises Rejected ``plan_unknown``."""
    row = session.get(PlanRow, plan_id)
    if row is None:
        raise Rejected("There is no such plan.", code="plan_unknown")
    return row


def find_memberships(session: Session, ids: Iterable[UUID], *, lock: bool) -> dict[UUID, MembershipRow]:
    """Those that are known, by id; ``lock`` holds them (in the order of their ids) until the transaction ends."""
    query = select(MembershipRow).where(col(MembershipRow.id).in_(set(ids))).order_by(col(MembershipRow.id))
    rows = session.exec(query.with_for_update() if lock else query)
    return {row.id: row for row in rows}
