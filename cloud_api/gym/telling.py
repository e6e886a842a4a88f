"""Telling once what a gym is as a whole, for one that another release kept: ``reports`` counts what others need not know.

A start finds in ``gym_counter`` whether that was done. Everything is told as it is now, a page a transaction; visits by
reference, a day an outbox row. Done twice, or by two processes at once, it is heard twice and changes nothing.
"""

import json
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, TypeVar
from uuid import UUID, uuid5

from sqlalchemy import insert
from sqlmodel import Session, SQLModel, col, func, select

from cloud_api.common.database import Database, ignoring
from cloud_api.common.keys import Keys
from cloud_api.common.outbox import Item, publish_many, publish_reference
from cloud_api.common.placement import get_content_keys
from cloud_api.common.session import new_id
from cloud_api.gym.machines_saving import payload_of
from cloud_api.gym.outgoing import (
    MACHINE_TOPIC,
    VISIT_TOPIC,
    fault_payload,
    plan_payload,
    tell_erased,
    tell_members,
    tell_memberships,
    visit_payload,
)
from cloud_api.gym.tables import (
    CounterRow,
    MachineFaultRow,
    MachineRow,
    MemberRow,
    MembershipRow,
    PlanRow,
    SiteRow,
    VisitRow,
)

_DONE = "facts_told"
_PAGE = 500
Row = TypeVar("Row", bound=SQLModel)
_Tell = Callable[[Session, Sequence[Any]], None]


def announce_facts(database: Database, keys: Keys) -> bool:
    """Tell of members, memberships, plans, machines and visits, unless that was done before; whether it was done now."""
    with database.reading() as session:
        if session.get(CounterRow, _DONE) is not None:
            return False
        is_new = all(
            session.exec(select(table.id).limit(1)).first() is None for table in (MemberRow, PlanRow, MachineRow)
        )
    if not is_new:
        _tell_all(database, keys)
    with database.transaction() as session:
        _refer_to_visits(session)
        session.execute(ignoring(session, insert(CounterRow)), [{"name": _DONE, "value": 1}])
    return True


def _tell_all(database: Database, keys: Keys) -> None:
    """All but visits."""
    _in_pages(database, MemberRow, lambda session, rows: _tell_members(session, keys, rows))
    _in_pages(database, MembershipRow, lambda session, rows: tell_memberships(session, rows, "told"))
    _in_pages(database, PlanRow, _teller("plan", "plan.told", lambda _, row: (row.id, plan_payload(row))))
    _in_pages(database, MachineRow, _teller(MACHINE_TOPIC, "machine.told", _of_machine))
    _in_pages(database, MachineFaultRow, _teller(MACHINE_TOPIC, "fault.told", _of_fault))


def visits_of_day(session: Session, reference: int) -> Sequence[Item]:
    """The visits that began on a day, given as its ordinal; what counts of them."""
    query = select(VisitRow).where(
        col(VisitRow.site_id).in_(session.exec(select(SiteRow.id)).all()),
        VisitRow.local_on == date.fromordinal(reference),
        col(VisitRow.is_void).is_(False),
    )
    rows = session.exec(query.order_by(col(VisitRow.id)))
    return [(uuid5(row.id, f"told {row.version}"), row.member_id, visit_payload(row)) for row in rows]


def _refer_to_visits(session: Session) -> None:
    """Every day from a site's first visit to its last one: the index knows those at once."""
    days: set[int] = set()
    for site_id in session.exec(select(SiteRow.id)).all():
        span = select(func.min(VisitRow.local_on), func.max(VisitRow.local_on)).where(VisitRow.site_id == site_id)
        first, last = session.exec(span).one()
        if first is not None:
            days.update(range(first.toordinal(), last.toordinal() + 1))
    for day in sorted(days):
        publish_reference(session, topic=VISIT_TOPIC, type="visit.told", reference=day)


def _in_pages(database: Database, table: type[Row], tell: _Tell) -> None:
    after: UUID | None = None
    while rows := _tell_page(database, table, after, tell):
        after = rows[-1].id


def _tell_page(database: Database, table: Any, after: UUID | None, tell: _Tell) -> Sequence[Any]:
    """Held until the transaction ends, so that nothing is told of after it was changed."""
    query = select(table).order_by(table.id).limit(_PAGE)
    with database.transaction() as session:
        found = session.exec((query if after is None else query.where(table.id > after)).with_for_update()).all()
        tell(session, found)
        return found


def _teller(topic: str, event_type: str, state: Callable[[Session, Any], tuple[UUID, dict[str, Any]]]) -> _Tell:
    def tell(session: Session, rows: Sequence[Any]) -> None:
        told = [state(session, row) for row in rows]
        items = [(new_id(session), key, json.dumps(payload)) for key, payload in told]
        publish_many(session, topic=topic, type=event_type, items=items)

    return tell


def _tell_members(session: Session, keys: Keys, rows: Sequence[MemberRow]) -> None:
    living = [row for row in rows if row.erased_at is None]
    content_keys = get_content_keys(session, keys, {row.id for row in living})
    tell_members(session, living, "changed", content_keys=content_keys)
    for row in rows:
        if row.erased_at is not None:
            tell_erased(session, row)


def _of_machine(session: Session, row: MachineRow) -> tuple[UUID, dict[str, Any]]:
    return row.id, payload_of(session, row)


def _of_fault(session: Session, row: MachineFaultRow) -> tuple[UUID, dict[str, Any]]:
    return row.machine_id, fault_payload(row, session.get_one(MachineRow, row.machine_id).site_id)
