"""How long kiosks were in contact, kept by what ``devices`` tells of each hour in which it heard one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, or_
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

HOUR, _SECOND = timedelta(hours=1), timedelta(seconds=1)
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
    days = [day for door in _doors(session, wanted) for day in _days(session, door, wanted)]
    return DoorsReport(
        site_id=wanted.site_id,
        first=wanted.first,
        last=wanted.last,
        expected_s=sum(day.expected_s for day in days),
        heard_s=sum(day.heard_s for day in days),
        losses=sum(day.losses for day in days),
        doors=days,
    )


def totals(session: Session, wanted: Days) -> tuple[int, int, int]:
    """Seconds expected, seconds heard, losses, of all kiosks together."""
    spans = [(door, _span(session, door, wanted.first, wanted.last)) for door in _doors(session, wanted)]
    heard_s, losses = _by_days(session, wanted)
    less = _outside(session, spans, wanted)
    return sum(span.seconds for _, span in spans), heard_s - less[0], losses - less[1]


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


@dataclass(frozen=True, slots=True)
class _Span:
    """Whole hours ``[start, end)`` in which a kiosk should have been heard; none where it ends before it starts.

    ``is_whole``: they are all there are in the days that are asked for.
    """

    start: datetime
    end: datetime
    is_whole: bool = False

    @property
    def seconds(self) -> int:
        return max(0, (self.end - self.start) // _SECOND)


def _doors(session: Session, wanted: Days) -> Sequence[DoorFact]:
    query = select(DoorFact).where(col(DoorFact.first_heard_at).is_not(None), *_at(wanted))
    return session.exec(query.order_by(col(DoorFact.device_id))).all()


def _span(session: Session, door: DoorFact, first: date, last: date) -> _Span:
    """The hours of a period, by the days at the site, that are over and in which there was a kiosk to hear.

    Of the hour in which it was heard first nobody knows how much there was to hear.
    """
    zone, since, until = zone_of(session, door.site_id), _since(door), _until(session, door)
    start, end = _first_hour(first, zone), _first_hour(last + DAY, zone)
    return _Span(max(start, since), min(end, until), is_whole=since <= start and end <= until)


def _days(session: Session, door: DoorFact, wanted: Days) -> Iterator[DoorDay]:
    """The first and the last day are summed up by the hour: some of their hours do not count."""
    zone, since, until = zone_of(session, door.site_id), _since(door), _until(session, door)
    edges = {local_day(since, zone), local_day(until, zone)}
    by_day = _by_day(session, door, wanted)
    for on in days_of(max(wanted.first, min(edges)), min(wanted.last, max(edges))):
        span = _Span(max(_first_hour(on, zone), since), min(_first_hour(on + DAY, zone), until))
        if expected_s := span.seconds:
            told = _by_hour(session, door, span) if on in edges else by_day.get(on, (0, 0))
            yield DoorDay(
                device_id=door.device_id,
                site_id=door.site_id,
                on=on,
                expected_s=expected_s,
                heard_s=min(told[0], expected_s),
                losses=told[1],
            )


def _since(door: DoorFact) -> datetime:
    return (door.first_heard_at or datetime.max.replace(tzinfo=UTC) - HOUR) + HOUR


def _until(session: Session, door: DoorFact) -> datetime:
    """Before which hour all should have been heard by now."""
    over_at = hour_of(transaction_time(session) - _TOLD_WITHIN)
    return over_at if door.revoked_at is None else min(over_at, hour_of(door.revoked_at))


def _by_day(session: Session, door: DoorFact, wanted: Days) -> dict[date, _Heard]:
    told = select(col(HeardByDay.local_on), col(HeardByDay.heard_s), col(HeardByDay.losses))
    mine = (HeardByDay.device_id == door.device_id, col(HeardByDay.local_on).between(wanted.first, wanted.last))
    return {on: (heard_s, losses) for on, heard_s, losses in session.exec(told.where(*mine))}


def _by_days(session: Session, wanted: Days) -> _Heard:
    """The sums of whole days, of all kiosks."""
    query = select(func.sum(HeardByDay.heard_s), func.sum(HeardByDay.losses))
    if wanted.site_id is not None:
        query = query.join(DoorFact, col(DoorFact.device_id) == col(HeardByDay.device_id)).where(*_at(wanted))
    return _told(session, query.where(col(HeardByDay.local_on).between(wanted.first, wanted.last)))


def _outside(session: Session, spans: Sequence[tuple[DoorFact, _Span]], wanted: Days) -> _Heard:
    """The hours of these days that do not count. Bounded by hours, too: a database looks at these and not at a year."""
    at, edges = col(HeardHour.hour_at), []
    for door, span in spans:
        if not span.is_whole:
            zone = zone_of(session, door.site_id)
            start, end = _first_hour(wanted.first - DAY, zone), _first_hour(wanted.last + 2 * DAY, zone)
            outside = or_(and_(at >= start, at < span.start), and_(at >= span.end, at < end))
            edges.append(and_(col(HeardHour.device_id) == door.device_id, outside))
    days = col(HeardHour.local_on).between(wanted.first, wanted.last)
    return _told(session, _hours().where(days, or_(*edges))) if edges else (0, 0)


def _by_hour(session: Session, door: DoorFact, span: _Span) -> _Heard:
    within = (col(HeardHour.hour_at) >= span.start, col(HeardHour.hour_at) < span.end)
    return _told(session, _hours().where(HeardHour.device_id == door.device_id, *within))


def _hours() -> Any:
    return select(func.sum(HeardHour.heard_s), func.sum(HeardHour.losses))


def _told(session: Session, query: Any) -> _Heard:
    heard_s, losses = session.exec(query).one()
    return int(heard_s or 0), int(losses or 0)


@lru_cache(maxsize=4096)
def _first_hour(on: date, zone: ZoneInfo) -> datetime:
    """The first whole hour that begins on a day."""
    midnight = datetime.combine(on, time(), zone).astimezone(UTC)
    return hour_of(midnight + HOUR - timedelta.resolution)


def _at(wanted: Days) -> list[ColumnElement[bool]]:
    return [] if wanted.site_id is None else [col(DoorFact.site_id) == wanted.site_id]
