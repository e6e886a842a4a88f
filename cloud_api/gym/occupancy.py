"""Who is inside a site now, derived from its visits and read through the cache (decision 0025).

A visit whose way out was seen is over. Without one it counts as inside for as long as an exit could still close it
(``LONGEST_VISIT``) where the site's exits are seen at all, and for the site's dwell where they are not: nobody would
ever leave otherwise. Only ids go into the cache; names are read from the database with each answer.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from cloud_api.common.cloud import Cloud
from cloud_api.common.conflict import Conflict
from cloud_api.common.readthrough import Reading, ReadThrough
from cloud_api.common.session import transaction_time
from cloud_api.gym.lookups import get_site
from cloud_api.gym.mapping import to_site
from cloud_api.gym.tables import MemberRow, VisitRow
from shared.contracts.base import Instant, Message
from shared.contracts.occupancy import Inside, InsideList, Occupancy
from shared.domain.site import Site
from shared.domain.time import local_day
from shared.domain.visits import LONGEST_VISIT
from shared.errors import Unavailable

_EXITS_SEEN_WITHIN = timedelta(days=7)


class Stay(Message):
    """A visit that counts as inside."""

    member_id: UUID
    since: Instant


class Crowd(Message):
    """What is cached of a site: ids and numbers only."""

    capacity: int | None
    stays: list[Stay]


class Occupancies:
    """The sites' occupancies of one cloud. Thread-safe."""

    def __init__(self, cloud: Cloud) -> None:
        self._database = cloud.database
        self._crowds = ReadThrough(cloud.cache, clock=cloud.clock, name="occupancy.1", kind=Crowd)

    def changed(self, site_id: UUID) -> None:
        """Say that visits or the capacity of a site have changed, after the commit."""
        self._crowds.changed(str(site_id))

    def count(self, site_id: UUID) -> Occupancy:
        """How many are inside.

        Raises:
            Rejected: ``site_unknown``.
            Unavailable: the database is away, and nothing is known from before.
        """
        found = self._read(site_id)
        crowd = found.value
        return Occupancy(
            site_id=site_id, inside=len(crowd.stays), capacity=crowd.capacity, as_of=found.as_of, stale=found.stale
        )

    def list_inside(self, site_id: UUID) -> InsideList:
        """Who is inside, first come first. Raises as :meth:`count`."""
        found = self._read(site_id)
        names = self._names({stay.member_id for stay in found.value.stays})
        items = [
            Inside(member_id=stay.member_id, name=names.get(stay.member_id), since=stay.since)
            for stay in found.value.stays
        ]
        return InsideList(site_id=site_id, items=items, as_of=found.as_of, stale=found.stale)

    def _read(self, site_id: UUID) -> Reading[Crowd]:
        return self._crowds.read(str(site_id), lambda: self._load(site_id))

    def _load(self, site_id: UUID) -> Crowd:
        with self._database.reading() as session:
            return read_crowd(session, site_id)

    def _names(self, members: Collection[UUID]) -> dict[UUID, str]:
        try:
            with self._database.reading() as session:
                query = select(MemberRow.id, MemberRow.given_name, MemberRow.family_name)
                rows = session.exec(query.where(col(MemberRow.id).in_(members))).all()
        except Conflict:
            raise
        except Unavailable:  # better the ids alone than no answer
            return {}
        return {member_id: f"{given} {family}".strip() for member_id, given, family in rows if given}


def read_crowd(session: Session, site_id: UUID) -> Crowd:
    """Who is inside as of this session. Raises Rejected ``site_unknown``."""
    site, now = to_site(get_site(session, site_id)), transaction_time(session)
    since_at = now - _longest_stay(session, site, now=now)
    query = (
        select(VisitRow.member_id, VisitRow.opened_at)
        .where(
            VisitRow.site_id == site_id,
            col(VisitRow.local_on) >= local_day(since_at, site.zone),
            col(VisitRow.opened_at) > since_at,
            col(VisitRow.closed_at).is_(None),
            col(VisitRow.is_void).is_(False),
        )
        .order_by(col(VisitRow.opened_at), col(VisitRow.id))
    )
    since: dict[UUID, datetime] = {}
    for member_id, opened_at in session.exec(query):
        since.pop(member_id, None)  # someone who came again is inside once, since the last time
        since[member_id] = opened_at
    stays = [Stay(member_id=member_id, since=opened_at) for member_id, opened_at in since.items()]
    return Crowd(capacity=site.capacity, stays=stays)


def _longest_stay(session: Session, site: Site, *, now: datetime) -> timedelta:
    query = select(VisitRow.id).where(
        VisitRow.site_id == site.id,
        col(VisitRow.local_on) >= local_day(now - _EXITS_SEEN_WITHIN, site.zone),
        col(VisitRow.closed_at).is_not(None),
    )
    return site.policy.dwell if session.exec(query.limit(1)).first() is None else LONGEST_VISIT
