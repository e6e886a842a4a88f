"""Visits by site-local day and hour, kept by the events of ``gym``."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from cloud_api.common.outbox import Event
from cloud_api.reports.tables import VisitFact, VisitsByHour
from shared.contracts.reports import ReportQuery, VisitsInHour, VisitsReport

TOPIC = "visit"


def take_in(session: Session, event: Event) -> None:
    """Count a visit's new state. What the old one had added is taken away; an older version changes nothing."""
    data = event.data
    visit_id, site_id = UUID(data["visit_id"]), UUID(data["site_id"])
    on, hour = date.fromisoformat(data["local_on"]), data["local_hour"]
    fact = session.get(VisitFact, visit_id)
    if fact is None:
        fact = VisitFact(visit_id=visit_id, version=0, site_id=site_id, local_on=on, local_hour=hour, is_void=True)
    if fact.version >= data["version"]:
        return
    _add(session, fact, -1)
    fact.version, fact.is_void = data["version"], data["is_void"]
    fact.site_id, fact.local_on, fact.local_hour = site_id, on, hour
    session.add(fact)
    _add(session, fact, +1)
    session.flush()


def report(session: Session, wanted: ReportQuery) -> VisitsReport:
    """The sums, hour by hour; of all sites together when none is named."""
    table = VisitsByHour
    query = (
        select(col(table.local_on), col(table.local_hour), func.sum(col(table.visits)))
        .where(col(table.local_on).between(wanted.first, wanted.last), *_at(wanted))
        .group_by(col(table.local_on), col(table.local_hour))
        .having(func.sum(col(table.visits)) > 0)
        .order_by(col(table.local_on), col(table.local_hour))
    )
    hours = [VisitsInHour(on=on, hour=hour, visits=int(visits)) for on, hour, visits in session.exec(query)]
    total = sum(item.visits for item in hours)
    return VisitsReport(site_id=wanted.site_id, first=wanted.first, last=wanted.last, total=total, hours=hours)


def count_again(session: Session) -> dict[tuple[UUID, date, int], int]:
    """The sums worked out from the facts, by site, day and hour."""
    by = (col(VisitFact.site_id), col(VisitFact.local_on), col(VisitFact.local_hour))
    query = select(*by, func.count()).where(col(VisitFact.is_void).is_(False)).group_by(*by)
    return {(site_id, on, hour): count for site_id, on, hour, count in session.exec(query)}


def kept(session: Session) -> dict[tuple[UUID, date, int], int]:
    """The sums as they are kept."""
    rows: Sequence[VisitsByHour] = session.exec(select(VisitsByHour)).all()
    return {(row.site_id, row.local_on, row.local_hour): row.visits for row in rows if row.visits}


def _add(session: Session, fact: VisitFact, number: int) -> None:
    if fact.is_void:
        return
    key = (fact.site_id, fact.local_on, fact.local_hour)
    row = session.get(VisitsByHour, key, with_for_update=True)
    row = row or VisitsByHour(site_id=key[0], local_on=key[1], local_hour=key[2], visits=0)
    row.visits += number
    session.add(row)
    session.flush()


def _at(wanted: ReportQuery) -> list[ColumnElement[bool]]:
    return [] if wanted.site_id is None else [col(VisitsByHour.site_id) == wanted.site_id]
