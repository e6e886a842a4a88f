"""What a door had seen of a pass when it decided, from the events it sent: the twin of the kiosk's own history."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Table, select
from sqlmodel import Session, SQLModel

from cloud_api.common.events import AttendanceRecorded
from cloud_api.gym import tables as _own  # noqa: F401  # defines the table
from shared.domain.attendance import EventKind, Outcome
from shared.domain.device import Direction
from shared.domain.ids import EventId, MembershipId
from shared.domain.passes import PassKind
from shared.domain.roster import CodeUse, Grant, Holder, Presence, Uncounted
from shared.domain.time import local_day

_MEMORY = timedelta(days=70)
"""An older grant is in every count by now."""
_EVENTS: Table = SQLModel.metadata.tables["gym_attendance"]


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry that a door granted."""

    id: UUID
    door_at: datetime
    number: int
    lookup: bytes | None
    code_at: datetime | None
    membership_id: UUID | None
    reopened: bool
    is_new: bool = False

    @property
    def order(self) -> tuple[datetime, int]:
        return self.door_at, self.number


_Entries = defaultdict[tuple[UUID, Any], list[_Entry]]


class Past:
    """The entries that some doors granted before, read at once for many events, and those among the events."""

    def __init__(self, session: Session, arrivals: Sequence[AttendanceRecorded], *, members: Collection[UUID]) -> None:
        self._by_pass: _Entries = defaultdict(list)
        self._by_membership: _Entries = defaultdict(list)
        known = _read(session, arrivals, members)
        new = ((arrival.device_id, _entry_of(arrival)) for arrival in arrivals if is_entry(arrival))
        for device_id, entry in {entry.id: (device_id, entry) for device_id, entry in (*known, *new)}.values():
            self._by_pass[device_id, entry.lookup].append(entry)
            self._by_membership[device_id, entry.membership_id].append(entry)
        for entries in (*self._by_pass.values(), *self._by_membership.values()):
            entries.sort(key=lambda entry: entry.order)
        self._voided = _voided(session, arrivals, [entry.id for group in self._by_pass.values() for entry in group])

    def presence(self, arrival: AttendanceRecorded, holder: Holder | None, *, zone: ZoneInfo) -> Presence:
        """What the door knew just before this event. Who was inside no door knows yet."""
        event = arrival.event
        mine = _before(self._by_pass[arrival.device_id, event.lookup], arrival)
        last = self._last_grant(mine)
        return Presence(
            last_grant=last,
            code_use=_code_use(mine, event.code_at),
            own_grants=tuple(self._uncounted(arrival, holder)),
            voucher_used_on=_day_of_use(last, arrival, zone),
        )

    def _last_grant(self, mine: Sequence[_Entry]) -> Grant | None:
        """The newest, with the time of the grant it goes on from, as a reopening never prolongs itself."""
        if not mine:
            return None
        start = next((entry for entry in reversed(mine) if not entry.reopened), mine[-1])
        return Grant(EventId(mine[-1].id), start.door_at, passed=False if mine[-1].id in self._voided else None)

    def _uncounted(self, arrival: AttendanceRecorded, holder: Holder | None) -> Iterable[Uncounted]:
        """Grants on the holder's packs that the roster may not count: new here, or not older than the last visit."""
        memberships = () if holder is None else (holding.membership for holding in holder.holdings)
        for membership in memberships:
            if membership.pack is None:
                continue
            since = membership.pack.last_visit_at
            for entry in _before(self._by_membership[arrival.device_id, membership.id], arrival):
                is_open = entry.is_new or since is None or entry.door_at >= since
                if is_open and entry.id not in self._voided:
                    yield Uncounted(MembershipId(membership.id), EventId(entry.id), entry.door_at)


def is_entry(arrival: AttendanceRecorded) -> bool:
    """Whether a door let someone in."""
    event = arrival.event
    granted = event.kind is EventKind.SCAN and event.outcome is Outcome.GRANTED
    return granted and event.direction is Direction.ENTRY


def _entry_of(arrival: AttendanceRecorded) -> _Entry:
    event = arrival.event
    return _Entry(
        event.id,
        event.door_at,
        event.number,
        event.lookup,
        event.code_at,
        event.membership_id,
        event.reopened,
        is_new=True,
    )


def _read(
    session: Session, arrivals: Sequence[AttendanceRecorded], members: Collection[UUID]
) -> list[tuple[UUID, _Entry]]:
    """By pass and by member, in two reads that an index serves each."""
    table, times = _EVENTS.c, [arrival.event.door_at for arrival in arrivals]
    names = ("id", "door_at", "number", "lookup", "code_at", "membership_id", "reopened")
    query = select(table.device_id, *(table[name] for name in names)).where(
        table.device_id.in_({arrival.device_id for arrival in arrivals}),
        table.kind == EventKind.SCAN.value,
        table.outcome == Outcome.GRANTED.value,
        table.direction == Direction.ENTRY.value,
        table.door_at.between(min(times) - _MEMORY, max(times)),
    )
    lookups = {arrival.event.lookup for arrival in arrivals if arrival.event.lookup is not None}
    by_pass = session.execute(query.where(table.lookup.in_(lookups)))
    by_member = session.execute(query.where(table.member_id.in_(members)))
    return [(row[0], _Entry(*row[1:])) for row in (*by_pass, *by_member)]


def _voided(session: Session, arrivals: Iterable[AttendanceRecorded], events: Sequence[UUID]) -> set[UUID]:
    query = select(_EVENTS.c.refers_to).where(_EVENTS.c.kind == EventKind.VOID.value, _EVENTS.c.refers_to.in_(events))
    new = {arrival.event.refers_to for arrival in arrivals if arrival.event.kind is EventKind.VOID}
    return {event_id for event_id in (*session.scalars(query), *new) if event_id is not None}


def _before(entries: list[_Entry], arrival: AttendanceRecorded) -> list[_Entry]:
    event = arrival.event
    return entries[: bisect_left(entries, (event.door_at, event.number), key=lambda entry: entry.order)]


def _code_use(mine: Iterable[_Entry], code_at: datetime | None) -> CodeUse | None:
    used = (entry for entry in mine if code_at is not None and entry.code_at == code_at)
    return next((CodeUse(entry.door_at, here=True) for entry in used), None)


def _day_of_use(last: Grant | None, arrival: AttendanceRecorded, zone: ZoneInfo) -> date | None:
    is_voucher = arrival.event.pass_kind is PassKind.VOUCHER
    return local_day(last.at, zone) if last is not None and is_voucher else None
