"""What a door had seen of a pass when it decided, from the events it sent: the twin of the kiosk's own history."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from cloud_api.common.events import AttendanceRecorded
from cloud_api.gym.tables import AttendanceRow
from shared.contracts.devices import EventRecord
from shared.domain.attendance import EventKind, Outcome
from shared.domain.device import Direction
from shared.domain.ids import EventId, MembershipId
from shared.domain.passes import PassKind
from shared.domain.roster import CodeUse, Grant, Holder, Presence, Uncounted
from shared.domain.time import local_day

_MEMORY = timedelta(days=70)
"""An older grant is in every count by now."""


class Past:
    """The entries that some doors granted, read at once for many events."""

    def __init__(self, session: Session, arrivals: Sequence[AttendanceRecorded], *, members: Collection[UUID]) -> None:
        self._arriving = {arrival.event.id for arrival in arrivals}
        self._grants = sorted(_read(session, arrivals, members), key=lambda row: (row.door_at, row.number))
        self._voided = _voided(session, [row.id for row in self._grants])

    def presence(self, arrival: AttendanceRecorded, holder: Holder | None, *, zone: ZoneInfo) -> Presence:
        """What the door knew just before this event. Who was inside no door knows yet."""
        event = arrival.event
        before = [row for row in self._grants if row.device_id == arrival.device_id and _is_before(row, event)]
        mine = [row for row in before if row.lookup == event.lookup]
        last = self._last_grant(mine)
        return Presence(
            last_grant=last,
            code_use=_code_use(mine, event.code_at),
            own_grants=tuple(self._uncounted(before, holder)),
            voucher_used_on=_used_on(last, event, zone),
        )

    def _last_grant(self, mine: Sequence[AttendanceRow]) -> Grant | None:
        """The newest, with the time of the grant it goes on from, as a reopening never prolongs itself."""
        if not mine:
            return None
        start = next((row for row in reversed(mine) if not row.reopened), mine[-1])
        return Grant(EventId(mine[-1].id), start.door_at, passed=False if mine[-1].id in self._voided else None)

    def _uncounted(self, before: Iterable[AttendanceRow], holder: Holder | None) -> Iterable[Uncounted]:
        """Grants on the holder's packs that the roster may not count: new here, or not older than the last visit."""
        memberships = () if holder is None else (holding.membership for holding in holder.holdings)
        packs = {item.id: item.pack.last_visit_at for item in memberships if item.pack is not None}
        for row in before:
            pack_id = MembershipId(row.membership_id) if row.membership_id is not None else None
            if pack_id is None or pack_id not in packs or row.id in self._voided:
                continue
            since = packs[pack_id]
            if since is None or row.door_at >= since or row.id in self._arriving:
                yield Uncounted(pack_id, EventId(row.id), row.door_at)


def _read(
    session: Session, arrivals: Sequence[AttendanceRecorded], members: Collection[UUID]
) -> Sequence[AttendanceRow]:
    """By pass and by member, in two reads that an index serves each."""
    times = [arrival.event.door_at for arrival in arrivals]
    query = select(AttendanceRow).where(
        col(AttendanceRow.device_id).in_({arrival.device_id for arrival in arrivals}),
        AttendanceRow.kind == EventKind.SCAN.value,
        AttendanceRow.outcome == Outcome.GRANTED.value,
        AttendanceRow.direction == Direction.ENTRY.value,
        col(AttendanceRow.door_at).between(min(times) - _MEMORY, max(times)),
    )
    lookups = {arrival.event.lookup for arrival in arrivals if arrival.event.lookup is not None}
    by_pass = session.exec(query.where(col(AttendanceRow.lookup).in_(lookups)))
    by_member = session.exec(query.where(col(AttendanceRow.member_id).in_(members)))
    return list({row.id: row for row in (*by_pass, *by_member)}.values())


def _voided(session: Session, events: Sequence[UUID]) -> set[UUID | None]:
    query = select(AttendanceRow.refers_to).where(
        AttendanceRow.kind == EventKind.VOID.value, col(AttendanceRow.refers_to).in_(events)
    )
    return set(session.exec(query))


def _is_before(row: AttendanceRow, event: EventRecord) -> bool:
    return row.id != event.id and (row.door_at, row.number) < (event.door_at, event.number)


def _code_use(mine: Iterable[AttendanceRow], code_at: datetime | None) -> CodeUse | None:
    used = (row for row in mine if code_at is not None and row.code_at == code_at)
    return next((CodeUse(row.door_at, here=True) for row in used), None)


def _used_on(last: Grant | None, event: EventRecord, zone: ZoneInfo) -> date | None:
    return local_day(last.at, zone) if last is not None and event.pass_kind is PassKind.VOUCHER else None
