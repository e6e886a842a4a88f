"""How long kiosks were in contact, kept by what ``devices`` tells of each hour in which it heard one."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from cloud_api.common.event_payloads import DeviceHeard
from cloud_api.common.outbox import Event
from cloud_api.common.session import transaction_time
from cloud_api.reports import sums
from cloud_api.reports.days import DAY, Days, days_of, hour_of, zone_of
from cloud_api.reports.lines import page
from cloud_api.reports.tables import DoorFact, HeardByDay, HeardHour
from shared.contracts.report_rows import DoorHour, DoorHourPage, DoorRowsQuery
from shared.contracts.reports import DoorDay, DoorsReport
from shared.domain.time import local_day

HOUR = timedelta(hours=1)
_TOLD_WITHIN = timedelta(minutes=5)
"""So long after its end an hour may be told of, until it counts as silent."""
_Heard = tuple[int, int]
"""Seconds, and losses."""


def take_in(session: Session, event: Event) -> None:
    """Count an hour in which a kiosk was heard; told again, the longer one counts. A revoked one is expected no more."""
    if event.type == "device.heard":
        _count(session, DeviceHeard.model_validate(event.data))
    elif event.type == "device.revoked":
        fact = _hold(session, UUID(event.data["device_id"]), UUID(event.data["site_id"]))
        fact.revoked_at = min(fact.revoked_at or event.published_at, event.published_at)
        session.add(fact)
        session.flush()


def report(session: Session, wanted: Days) -> DoorsReport:
    """By kiosk and day. A kiosk belongs to the site where it was heard last."""
    query = select(DoorFact).where(*_at(wanted)).order_by(col(DoorFact.device_id))
    heard = _sums(session, wanted)
    days = [day for door in session.exec(query) for day in _days(session, door, heard, wanted)]
    return DoorsReport(
        site_id=wanted.site_id,
        first=wanted.first,
        last=wanted.last,
        expected_s=sum(day.expected_s for day in days),
        heard_s=sum(day.heard_s for day in days),
        losses=sum(day.losses for day in days),
        doors=days,
    )


def rows(session: Session, wanted: DoorRowsQuery) -> DoorHourPage:
    """The hours in which a kiosk was heard, newest first; those that are missing were silent."""
    order = [col(HeardHour.hour_at), col(HeardHour.device_id)]
    query = select(HeardHour).where(col(HeardHour.local_on).between(wanted.first, wanted.last))
    asked = {"site_id": wanted.site_id, "device_id": wanted.device_id}
    query = query.filter_by(**{name: value for name, value in asked.items() if value is not None})
    types = [datetime, UUID]
    found, following = page(session, query, order=order, types=types, after=wanted.after, limit=wanted.limit)
    return DoorHourPage(items=[DoorHour.model_validate(hour, from_attributes=True) for hour in found], next=following)


def _count(session: Session, heard: DeviceHeard) -> None:
    fact = _hold(session, heard.device_id, heard.site_id)
    if fact.last_heard_at is None or fact.last_heard_at <= heard.hour_at:
        fact.site_id, fact.last_heard_at = heard.site_id, heard.hour_at
    fact.first_heard_at = min(fact.first_heard_at or heard.hour_at, heard.hour_at)
    session.add(fact)
    on = local_day(heard.hour_at, zone_of(session, heard.site_id))
    hour = session.get(HeardHour, (heard.device_id, heard.hour_at))
    hour = hour or HeardHour(**heard.model_dump() | {"local_on": on, "heard_s": 0, "losses": 0})
    more = (max(0, heard.heard_s - hour.heard_s), max(0, heard.losses - hour.losses))
    hour.heard_s, hour.losses = hour.heard_s + more[0], hour.losses + more[1]
    session.add(hour)
    session.flush()
    sums.add(session, HeardByDay, {(heard.device_id, hour.local_on): more})


def _hold(session: Session, device_id: UUID, site_id: UUID) -> DoorFact:
    return session.get(DoorFact, device_id, with_for_update=True) or DoorFact(device_id=device_id, site_id=site_id)


def _days(
    session: Session, door: DoorFact, heard: Mapping[tuple[UUID, date], _Heard], wanted: Days
) -> Iterator[DoorDay]:
    """The days on which a kiosk should have been heard: in hours that are over, that began on the day at the site.

    Of the hour in which it was heard first nobody knows how much there was to hear. The first and the last of these
    days are summed up by the hour: some of their hours do not count.
    """
    if door.first_heard_at is None:
        return
    zone, since, until = zone_of(session, door.site_id), door.first_heard_at + HOUR, _until(session, door)
    edges = {local_day(since, zone), local_day(until, zone)}
    for on in days_of(max(wanted.first, min(edges)), min(wanted.last, max(edges))):
        start, end = max(_first_hour(on, zone), since), min(_first_hour(on + DAY, zone), until)
        if start < end:
            told = _by_hour(session, door, start, end) if on in edges else heard.get((door.device_id, on), (0, 0))
            yield _day(door, on, int((end - start).total_seconds()), told)


def _day(door: DoorFact, on: date, expected_s: int, told: _Heard) -> DoorDay:
    heard_s, losses = min(told[0], expected_s), told[1]
    return DoorDay(
        device_id=door.device_id, site_id=door.site_id, on=on, expected_s=expected_s, heard_s=heard_s, losses=losses
    )


def _until(session: Session, door: DoorFact) -> datetime:
    """Before which hour all should have been heard by now."""
    over_at = hour_of(transaction_time(session) - _TOLD_WITHIN)
    return over_at if door.revoked_at is None else min(over_at, hour_of(door.revoked_at))


def _sums(session: Session, wanted: Days) -> dict[tuple[UUID, date], _Heard]:
    query = select(HeardByDay).where(col(HeardByDay.local_on).between(wanted.first, wanted.last))
    return {(row.device_id, row.local_on): (row.heard_s, row.losses) for row in session.exec(query)}


def _by_hour(session: Session, door: DoorFact, start: datetime, end: datetime) -> _Heard:
    hour_at = col(HeardHour.hour_at)
    query = select(func.sum(HeardHour.heard_s), func.sum(HeardHour.losses)).where(
        HeardHour.device_id == door.device_id, hour_at >= start, hour_at < end
    )
    heard_s, losses = session.exec(query).one()
    return int(heard_s or 0), int(losses or 0)


def _first_hour(on: date, zone: ZoneInfo) -> datetime:
    """The first whole hour that begins on a day."""
    midnight = datetime.combine(on, time(), zone).astimezone(UTC)
    return hour_of(midnight + HOUR - timedelta.resolution)


def _at(wanted: Days) -> list[ColumnElement[bool]]:
    return [] if wanted.site_id is None else [col(DoorFact.site_id) == wanted.site_id]
