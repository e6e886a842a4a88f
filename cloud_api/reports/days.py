"""Days of the sites' calendars, and the weeks and months they lie in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement
from sqlmodel import Session, col

from cloud_api.common import roster
from cloud_api.common.session import transaction_time
from shared.contracts.reports import ReportQuery
from shared.contracts.roster import RowKind, SiteBody
from shared.domain.site import Site
from shared.domain.time import local_day

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Period:
    """Site-local days, ``last`` is part of it; at a site, or at all of them."""

    site_id: UUID | None
    first: date
    last: date


Days = ReportQuery | Period


def within(wanted: Days, on: Any, site: Any) -> list[ColumnElement[bool]]:
    """What bounds rows to a period, by their columns of day and site."""
    bounds: list[ColumnElement[bool]] = [col(on).between(wanted.first, wanted.last)]
    return bounds if wanted.site_id is None else [*bounds, col(site) == wanted.site_id]


def site_at(session: Session, site_id: UUID) -> Site:
    """A site as its roster has it, looked up once in a transaction.

    Raises:
        LookupError: it has no roster, or not yet.
    """
    known = _known(session)
    if site_id not in known:
        body = roster.find_body(session, site_id=site_id, kind=RowKind.SITE, key=str(site_id))
        if body is None:
            message = f"site {site_id} has no roster"
            raise LookupError(message)
        known[site_id] = _site_in(body)
    return known[site_id]


@lru_cache(maxsize=1024)
def _site_in(body: str) -> Site:
    return SiteBody.model_validate_json(body).to_domain()


def zone_of(session: Session, site_id: UUID) -> ZoneInfo:
    return site_at(session, site_id).zone


def sites(session: Session, site_id: UUID | None) -> list[Site]:
    """The site that is asked for, or all. A site that nobody knows is none."""
    asked = [each for each in roster.known_sites(session) if site_id in (None, each)]
    if new := [each for each in asked if each not in _known(session)]:
        bodies = roster.own_bodies(session, RowKind.SITE, new)
        _known(session).update({each: _site_in(body) for each, body in bodies.items() if body is not None})
    return [site_at(session, each) for each in asked]


def _known(session: Session) -> dict[UUID, Site]:
    """Those that were looked up in this transaction."""
    known: dict[UUID, Site] = session.info.setdefault("reports.sites", {})
    return known


def today_at(session: Session, site_id: UUID | None) -> date:
    """The day at a site; of several sites the latest. Without any it is the day in UTC."""
    now = transaction_time(session)
    return max((local_day(now, site.zone) for site in sites(session, site_id)), default=now.date())


def week_of(day: date) -> date:
    """Its Monday."""
    return day - day.weekday() * DAY


def month_of(day: date) -> date:
    """Its first day."""
    return day.replace(day=1)


def next_month(month_on: date) -> date:
    return (month_on + timedelta(days=31)).replace(day=1)


def days_of(first: date, last: date) -> Iterator[date]:
    """``last`` is part of it."""
    return (first + number * DAY for number in range((last - first).days + 1))


def hour_of(at: datetime) -> datetime:
    """When an instant's hour began."""
    return at.replace(minute=0, second=0, microsecond=0)
