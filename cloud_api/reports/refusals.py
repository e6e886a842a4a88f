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


def take_in(session: Session, event: Event) -> None:
    """Count a refusal, once."""
    if event.type != ATTENDANCE_RECORDED:
        return
    arrival = AttendanceRecorded.model_validate(event.data)
    scan = arrival.event
    if scan.outcome is not Outcome.DENIED or scan.reason is None or session.get(RefusalFact, scan.id) is not None:
        return
    on = _day_of(session, arrival)
    fact = RefusalFact(event_id=scan.id, site_id=arrival.site_id, local_on=on, reason=scan.reason)
    session.add(fact)
    row = session.get(RefusalsByDay, (fact.site_id, on, fact.reason), with_for_update=True)
    row = row or RefusalsByDay(site_id=fact.site_id, local_on=on, reason=fact.reason, refusals=0)
    row.refusals += 1
    session.add(row)
    session.flush()


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
