"""Prices and memberships as ``gym`` told them: what an order is checked against, before any money is taken."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy import select as select_columns
from sqlmodel import Session, SQLModel, col, select

from cloud_api.common.outbox import Event
from cloud_api.common.rewriting import rewrite
from cloud_api.payments.tables import MembershipRow, PlanRow
from shared.errors import Rejected

_MEMBERSHIPS: Table = SQLModel.metadata.tables[str(MembershipRow.__tablename__)]


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
    by = _MEMBERSHIPS.c.id
    query = select_columns(_MEMBERSHIPS).where(by.in_(wanted)).order_by(by).with_for_update()
    known = {row["id"]: dict(row) for row in session.execute(query).mappings()}
    news: dict[UUID, dict[str, Any]] = {}
    for event in events:
        membership_id = UUID(event.data["membership_id"])
        row = known.get(membership_id)
        if row is None or row["version"] < event.data["version"]:
            known[membership_id] = news[membership_id] = _told(membership_id, row, event.data)
    rewrite(session, _MEMBERSHIPS, list(news.values()))


def _told(membership_id: UUID, row: Mapping[str, Any] | None, data: Mapping[str, Any]) -> dict[str, Any]:
    """A membership as it is now; of a renewal under way, whether it is still that."""
    paid_through_on = date.fromisoformat(data["paid_through_on"])
    waits = row is not None and row["renewed_from_on"] == paid_through_on
    return {
        "id": membership_id,
        "member_id": UUID(data["member_id"]),
        "plan_id": UUID(data["plan_id"]) if row is None else row["plan_id"],
        "paid_through_on": paid_through_on,
        "renewed_from_on": paid_through_on if waits else None,
        "version": data["version"],
    }


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
