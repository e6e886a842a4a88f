"""Refusals by reason and site-local day, kept by the events of the doors."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, func, select

from cloud_api.common.events import ATTENDANCE_RECORDED, AttendanceRecorded
from cloud_api.common.outbox import Event
from cloud_api.reports import sums
from cloud_api.reports.days import Days, within, zone_of
from cloud_api.reports.lines import page
from cloud_api.reports.tables import RefusalFact, RefusalsByDay
from shared.contracts.report_rows import RefusalLine, RefusalLinePage, RefusalRowsQuery
from shared.contracts.reports import RefusalsOfReason, RefusalsReport, ReportQuery
from shared.domain.attendance import Outcome
from shared.domain.time import local_day

_ACCEPTED = "attendance.accepted"
_SALVAGED = "salvaged"
"""The flag of what a revoked device handed in: it counts once a person has accepted it."""


def take_in(session: Session, event: Event) -> None:
    """Count a refusal, once."""
    take_in_many(session, [event])


def take_in_many(session: Session, events: Sequence[Event]) -> None:
    """Count refusals, each once."""
    told = {fact.event_id: fact for fact in (_fact(session, event) for event in events) if fact is not None}
    known = session.exec(select(RefusalFact.event_id).where(col(RefusalFact.event_id).in_(told))).all()
    fresh = [fact for event_id, fact in told.items() if event_id not in set(known)]
    session.add_all(fresh)
    session.flush()
    by_day = (((fact.site_id, fact.local_on, fact.reason), 1) for fact in fresh)
    sums.add(session, RefusalsByDay, sums.counted(by_day))


def report(session: Session, wanted: ReportQuery) -> RefusalsReport:
    """The sums, reason by reason; of all sites together when none is named."""
    by, refusals = (col(RefusalsByDay.local_on), col(RefusalsByDay.reason)), func.sum(RefusalsByDay.refusals)
    query = (
        select(*by, refusals)
        .where(*within(wanted, RefusalsByDay.local_on, RefusalsByDay.site_id))
        .group_by(*by)
        .having(refusals > 0)
        .order_by(*by)
    )
    reasons = [RefusalsOfReason(on=on, reason=reason, refusals=int(count)) for on, reason, count in session.exec(query)]
    total = sum(item.refusals for item in reasons)
    return RefusalsReport(site_id=wanted.site_id, first=wanted.first, last=wanted.last, total=total, reasons=reasons)


def total(session: Session, wanted: Days) -> int:
    return int(
        session.exec(
            select(func.sum(RefusalsByDay.refusals)).where(
                *within(wanted, RefusalsByDay.local_on, RefusalsByDay.site_id)
            )
        ).one()
        or 0
    )


def rows(session: Session, wanted: RefusalRowsQuery) -> RefusalLinePage:
    """The refusals that were counted, newest day first."""
    order = [col(RefusalFact.local_on), col(RefusalFact.event_id)]
    query = select(RefusalFact).where(order[0].between(wanted.first, wanted.last))
    if wanted.site_id is not None:
        query = query.where(col(RefusalFact.site_id) == wanted.site_id)
    if wanted.reason is not None:
        query = query.where(col(RefusalFact.reason) == wanted.reason)
    found, following = page(session, query, order=order, types=[date, UUID], after=wanted.after, limit=wanted.limit)
    return RefusalLinePage(items=[_line(fact) for fact in found], next=following)


def _line(fact: RefusalFact) -> RefusalLine:
    return RefusalLine(
        event_id=fact.event_id, member_id=fact.member_id, site_id=fact.site_id, on=fact.local_on, reason=fact.reason
    )


def _fact(session: Session, event: Event) -> RefusalFact | None:
    """The refusal that an event tells of, if it does. By the site's zone, which stands in its roster."""
    if event.type == ATTENDANCE_RECORDED:
        return _recorded(session, AttendanceRecorded.model_validate(event.data))
    data = event.data
    if event.type != _ACCEPTED or data["outcome"] != Outcome.DENIED.value or not data["reason"]:
        return None
    event_id = UUID(data["event_id"])
    return RefusalFact(
        event_id=event_id,
        site_id=UUID(data["site_id"]),
        local_on=date.fromisoformat(data["local_on"]),
        reason=data["reason"],
        member_id=None if event.key == event_id else event.key,
    )


def _recorded(session: Session, arrival: AttendanceRecorded) -> RefusalFact | None:
    scan = arrival.event
    if scan.outcome is not Outcome.DENIED or scan.reason is None or _SALVAGED in arrival.flags:
        return None
    return RefusalFact(
        event_id=scan.id,
        site_id=arrival.site_id,
        local_on=local_day(arrival.effective_at, zone_of(session, arrival.site_id)),
        reason=scan.reason,
        member_id=scan.member_id,
    )
