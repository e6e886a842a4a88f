"""Machines: faults reported and resolved, and days out of order, kept by the events of ``gym``."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, case, func, or_
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from cloud_api.common.outbox import Event
from cloud_api.reports.days import DAY, today_at, zone_of
from cloud_api.reports.lines import page
from cloud_api.reports.tables import FaultFact, MachineFact, MachineSpell
from shared.contracts.report_rows import FaultLine, FaultLinePage, FaultRowsQuery
from shared.contracts.reports import MachineFigures, MachinesReport, ReportQuery
from shared.domain.machine import MachineStatus
from shared.domain.time import local_day

_REMOVED = "removed"
_FAULTS = "fault."


def take_in(session: Session, event: Event) -> None:
    """Take over a machine's state, or a fault's."""
    if event.type.startswith(_FAULTS):
        _hear_of_fault(session, event.data)
    else:
        _hear_of_machine(session, event)


def report(session: Session, wanted: ReportQuery) -> MachinesReport:
    """Machines with something to tell of the period."""
    reported, resolved = Counter[UUID](), Counter[UUID]()
    for machine_id, began, ended in _faults(session, wanted):
        reported[machine_id], resolved[machine_id] = int(began), int(ended)
    out = _days_out_of_order(session, wanted)
    found = [
        MachineFigures(
            **machine.model_dump(include={"machine_id", "site_id", "status", "open_faults"}),
            reported=reported[machine.machine_id],
            resolved=resolved[machine.machine_id],
            days_out_of_order=out[machine.machine_id],
        )
        for machine in session.exec(select(MachineFact).where(*_at(MachineFact.site_id, wanted)))
    ]
    busy = [item for item in found if item.open_faults or item.reported or item.resolved or item.days_out_of_order]
    return MachinesReport(
        site_id=wanted.site_id,
        first=wanted.first,
        last=wanted.last,
        reported=sum(item.reported for item in busy),
        resolved=sum(item.resolved for item in busy),
        days_out_of_order=sum(item.days_out_of_order for item in busy),
        machines=sorted(busy, key=lambda item: (-item.days_out_of_order, -item.reported, item.machine_id)),
    )


def rows(session: Session, wanted: FaultRowsQuery) -> FaultLinePage:
    """Faults that were reported or resolved in the period, newest first."""
    order = [col(FaultFact.reported_on), col(FaultFact.fault_id)]
    query = select(FaultFact).where(*_touching(wanted))
    if wanted.machine_id is not None:
        query = query.where(col(FaultFact.machine_id) == wanted.machine_id)
    found, following = page(session, query, order=order, types=[date, UUID], after=wanted.after, limit=wanted.limit)
    return FaultLinePage(items=[FaultLine.model_validate(fact, from_attributes=True) for fact in found], next=following)


def _hear_of_fault(session: Session, data: dict[str, Any]) -> None:
    """A fault is open and then resolved for good, so it needs no version."""
    fault_id, zone = UUID(data["fault_id"]), zone_of(session, UUID(data["site_id"]))
    reported_on = local_day(datetime.fromisoformat(data["reported_at"]), zone)
    resolved_on = None if data["resolved_at"] is None else local_day(datetime.fromisoformat(data["resolved_at"]), zone)
    fact = session.get(FaultFact, fault_id, with_for_update=True)
    if fact is None:
        facts = {"machine_id": UUID(data["machine_id"]), "site_id": UUID(data["site_id"])}
        session.add(FaultFact(fault_id=fault_id, reported_on=reported_on, resolved_on=resolved_on, **facts))
    elif fact.resolved_on is None and resolved_on is not None:
        fact.resolved_on = resolved_on
        session.add(fact)
    session.flush()


def _hear_of_machine(session: Session, event: Event) -> None:
    data, machine_id, site_id = event.data, UUID(event.data["machine_id"]), UUID(event.data["site_id"])
    status, since_on = data["status"], date.fromisoformat(data["since_on"])
    if event.type == "machine.removed":
        status, since_on = _REMOVED, local_day(event.published_at, zone_of(session, site_id))
    facts = {"version": data["version"], "site_id": site_id, "status": status, "open_faults": data["open_faults"]}
    fact = session.get(MachineFact, machine_id, with_for_update=True)
    if fact is None:
        session.add(MachineFact(machine_id=machine_id, **facts))
    elif fact.version < data["version"]:
        session.add(fact.sqlmodel_update(facts))
    spell = session.get(MachineSpell, (machine_id, since_on, status))
    spell = spell or MachineSpell(machine_id=machine_id, since_on=since_on, status=status, version=0)
    spell.version = max(spell.version, data["version"])
    session.add(spell)
    session.flush()


def _faults(session: Session, wanted: ReportQuery) -> Iterable[Any]:
    """How many were reported and how many resolved, by machine."""
    days = (col(FaultFact.reported_on), col(FaultFact.resolved_on))
    within = (func.sum(case((day.between(wanted.first, wanted.last), 1), else_=0)) for day in days)
    by = col(FaultFact.machine_id)
    return session.execute(sql_select(by, *within).where(*_touching(wanted)).group_by(by))


def _days_out_of_order(session: Session, wanted: ReportQuery) -> Counter[UUID]:
    """Days of the period, up to today, on which a machine was out of order, without the one on which it was mended.

    So one that was mended on the day it broke was out of order on no day.
    """
    end = min(wanted.last, today_at(session, wanted.site_id)) + DAY
    spell = col(MachineSpell.machine_id), col(MachineSpell.since_on), col(MachineSpell.status)
    until_on = func.lead(spell[1], type_=Date).over(partition_by=spell[0], order_by=col(MachineSpell.version))
    spells = sql_select(*spell, until_on.label("until_on")).subquery()
    query = sql_select(spells.c.machine_id, spells.c.since_on, spells.c.until_on).where(
        spells.c.status == MachineStatus.OUT_OF_ORDER.value,
        spells.c.since_on < end,
        or_(spells.c.until_on.is_(None), spells.c.until_on > wanted.first),
    )
    days = Counter[UUID]()
    for machine_id, since_on, until in session.execute(query):
        days[machine_id] += max(0, (min(until or end, end) - max(since_on, wanted.first)).days)
    return days


def _touching(wanted: ReportQuery) -> Iterable[ColumnElement[bool]]:
    days = (col(FaultFact.reported_on), col(FaultFact.resolved_on))
    return [or_(*(day.between(wanted.first, wanted.last) for day in days)), *_at(FaultFact.site_id, wanted)]


def _at(column: Any, wanted: ReportQuery) -> list[ColumnElement[bool]]:
    return [] if wanted.site_id is None else [col(column) == wanted.site_id]
