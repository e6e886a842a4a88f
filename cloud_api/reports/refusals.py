"""Refusals by reason and site-local day, kept by the events of the doors."""

from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from cloud_api.common import roster
from cloud_api.common.events import ATTENDANCE_RECORDED, AttendanceRecorded
from cloud_api.common.outbox import Event
from cloud_api.reports.tables import RefusalFact, RefusalsByDay
from shared.contracts.reports import RefusalsOfReason, RefusalsReport, ReportQuery
from shared.contracts.roster import RowKind, SiteBody
from shared.domain.attendance import Outcome
from shared.domain.time import local_day

_ACCEPTED = "attendance.accepted"
_SALVAGED = "salvaged"
"""The flag of what a revoked device handed in: it counts once a person has accepted it."""


def take_in(session: Session, event: Event) -> None:
    """Count a refusal, once."""
    if event.type == ATTENDANCE_RECORDED:
        arrival = AttendanceRecorded.model_validate(event.data)
        scan = arrival.event
        if scan.outcome is Outcome.DENIED and scan.reason is not None and _SALVAGED not in arrival.flags:
            _count(session, scan.id, arrival.site_id, _day_of(session, arrival), scan.reason)
    elif event.type == _ACCEPTED and event.data["outcome"] == Outcome.DENIED.value and event.data["reason"]:
        event_id, site_id = UUID(event.data["event_id"]), UUID(event.data["site_id"])
        _count(session, event_id, site_id, date.fromisoformat(event.data["local_on"]), event.data["reason"])


def report(session: Session, wanted: ReportQuery) -> RefusalsReport:
    """The sums, reason by reason; of all sites together when none is named."""
    table = RefusalsByDay
    query = (
        select(col(table.local_on), col(table.reason), func.sum(col(table.refusals)))
        .where(col(table.local_on).between(wanted.first, wanted.last), *_at(wanted))
        .group_by(col(table.local_on), col(table.reason))
        .order_by(col(table.local_on), col(table.reason))
    )
    found = session.exec(query)
    reasons = [RefusalsOfReason(on=on, reason=reason, refusals=int(refusals)) for on, reason, refusals in found]
    total = sum(item.refusals for item in reasons)
    return RefusalsReport(site_id=wanted.site_id, first=wanted.first, last=wanted.last, total=total, reasons=reasons)


def count_again(session: Session) -> dict[tuple[UUID, date, str], int]:
    """The sums worked out from the facts, by site, day and reason."""
    by = (col(RefusalFact.site_id), col(RefusalFact.local_on), col(RefusalFact.reason))
    query = select(*by, func.count()).group_by(*by)
    return {(site_id, on, reason): count for site_id, on, reason, count in session.exec(query)}


def kept(session: Session) -> dict[tuple[UUID, date, str], int]:
    """The sums as they are kept."""
    rows = session.exec(select(RefusalsByDay)).all()
    return {(row.site_id, row.local_on, row.reason): row.refusals for row in rows}


def _count(session: Session, event_id: UUID, site_id: UUID, on: date, reason: str) -> None:
    if session.get(RefusalFact, event_id) is not None:
        return
    session.add(RefusalFact(event_id=event_id, site_id=site_id, local_on=on, reason=reason))
    row = session.get(RefusalsByDay, (site_id, on, reason), with_for_update=True)
    row = row or RefusalsByDay(site_id=site_id, local_on=on, reason=reason, refusals=0)
    row.refusals += 1
    session.add(row)
    session.flush()


def _day_of(session: Session, arrival: AttendanceRecorded) -> date:
    """By the site's zone, which stands in its roster."""
    site_id = arrival.site_id
    body = roster.find_body(session, site_id=site_id, kind=RowKind.SITE, key=str(site_id))
    if body is None:
        message = f"site {site_id} has no roster"
        raise LookupError(message)
    return local_day(arrival.effective_at, SiteBody.model_validate_json(body).to_domain().zone)


def _at(wanted: ReportQuery) -> list[ColumnElement[bool]]:
    return [] if wanted.site_id is None else [col(RefusalsByDay.site_id) == wanted.site_id]
