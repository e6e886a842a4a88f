"""Reading what visits are derived from, for many members at once."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Table, exists, or_, select
from sqlmodel import Session, SQLModel, col
from sqlmodel import select as select_rows

from cloud_api.gym.deriving import Span
from cloud_api.gym.tables import AttendanceRow, VisitRow
from shared.domain.attendance import CheckIn, EventKind, Outcome
from shared.domain.device import Direction
from shared.domain.ids import EventId, MemberId, SiteId

_CHUNK = 500
_ATTENDANCE: Table = SQLModel.metadata.tables["gym_attendance"]


@dataclass(frozen=True, slots=True)
class Found:
    """A check-in that counts, with the membership it was let in on (None where the door could not tell)."""

    check_in: CheckIn
    membership_id: UUID | None


def is_check_in(row: AttendanceRow) -> bool:
    """Whether an event let a member in or out, and counts: an admitted scan, or staff's own check-in."""
    scanned = row.kind == EventKind.SCAN.value and row.outcome == Outcome.GRANTED.value
    return row.member_id is not None and not row.is_held and (scanned or row.kind == EventKind.MANUAL.value)


def load_check_ins(
    session: Session, site_id: SiteId, members: Iterable[UUID], span: Span
) -> defaultdict[UUID, list[Found]]:
    """The check-ins that count, by member: what a later event took back is left out."""
    table, found = _ATTENDANCE.c, defaultdict[UUID, list[Found]](list)
    query = select(table.id, table.member_id, table.at, table.direction, table.membership_id).where(
        table.site_id == site_id, table.at.between(span.first, span.last), _let_in(), ~_taken_back()
    )
    for chunk in _chunks(members):
        for row in session.execute(query.where(table.member_id.in_(chunk))):
            check_in = CheckIn(EventId(row.id), MemberId(row.member_id), site_id, row.at, Direction(row.direction))
            found[row.member_id].append(Found(check_in, row.membership_id))
    return found


def load_visits(
    session: Session, site_id: SiteId, members: Iterable[UUID], span: Span
) -> defaultdict[UUID, list[VisitRow]]:
    """The visits that began within the span, also void ones, by member."""
    found = defaultdict[UUID, list[VisitRow]](list)
    query = select_rows(VisitRow).where(
        VisitRow.site_id == site_id, col(VisitRow.opened_at).between(span.first, span.last)
    )
    for chunk in _chunks(members):
        for row in session.exec(query.where(col(VisitRow.member_id).in_(chunk))):
            found[row.member_id].append(row)
    return found


def _let_in() -> ColumnElement[bool]:
    table = _ATTENDANCE.c
    scanned = (table.kind == EventKind.SCAN.value) & (table.outcome == Outcome.GRANTED.value)
    return or_(scanned, table.kind == EventKind.MANUAL.value) & table.is_held.is_(False)


def _taken_back() -> ColumnElement[bool]:
    void = _ATTENDANCE.alias("void")
    return exists().where(
        void.c.refers_to == _ATTENDANCE.c.id,
        void.c.kind == EventKind.VOID.value,
        void.c.site_id == _ATTENDANCE.c.site_id,
        void.c.is_held.is_(False),
    )


def _chunks(members: Iterable[UUID]) -> Iterable[list[UUID]]:
    wanted = list(members)
    return (wanted[start : start + _CHUNK] for start in range(0, len(wanted), _CHUNK))
