"""What staff look at: members, visits and events, a page at a time."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from cloud_api.common.paging import beyond, cut
from cloud_api.gym.lookups import get_member, today_at
from cloud_api.gym.mapping import plan_in, site_in
from cloud_api.gym.tables import AttendanceRow, MemberRow, MembershipRow, NoteRow, PlanRow, SiteRow, VisitRow
from cloud_api.gym.views import (
    attendance_view,
    member_ref,
    member_view,
    membership_view,
    note_view,
    plan_view,
    site_view,
    visit_view,
)
from shared.contracts.gym import (
    AttendancePage,
    AttendanceView,
    EventQuery,
    MemberRefList,
    MembershipView,
    MemberView,
    NoteList,
    PlanList,
    SiteList,
    VisitPage,
)
from shared.domain.attendance import EventKind
from shared.domain.site import Site

_NEWEST_NOTES = 100


def list_sites(session: Session) -> SiteList:
    """By their number."""
    rows = session.exec(select(SiteRow).order_by(col(SiteRow.number)))
    return SiteList(items=[site_view(row) for row in rows])


def list_plans(session: Session) -> PlanList:
    """In the order they were made."""
    return PlanList(items=[plan_view(row) for row in session.exec(select(PlanRow).order_by(col(PlanRow.id)))])


def read_member(session: Session, member_id: UUID) -> MemberView:
    """Raises Rejected ``member_unknown``; a tombstone is shown as one."""
    return member_views(session, [get_member(session, member_id)])[0]


def read_membership(session: Session, row: MembershipRow) -> MembershipView:
    member = get_member(session, row.member_id)
    return next(view for view in member_views(session, [member])[0].memberships if view.id == row.id)


def list_member_refs(session: Session, member_ids: Iterable[UUID]) -> MemberRefList:
    """Who they are, of those that there are; an erased member has no name."""
    members = _members(session, member_ids)
    return MemberRefList(items=[member_ref(member_id, members) for member_id in members])


def list_visits(session: Session, wanted: EventQuery) -> VisitPage:
    """Who came, when: the visits that began on the wanted days."""
    order = [col(VisitRow.opened_at), col(VisitRow.id)]
    query = select(VisitRow).where(col(VisitRow.is_void).is_(False), *_bounds(VisitRow, order, wanted))
    found = session.exec(query.order_by(*_directed(order, wanted)).limit(wanted.limit + 1)).all()
    rows, following = cut(found, wanted.limit, lambda row: (row.opened_at, row.id))
    members = _members(session, (row.member_id for row in rows))
    return VisitPage(items=[visit_view(row, members) for row in rows], next=following)


def list_attendance(session: Session, wanted: EventQuery) -> AttendancePage:
    """What happened at the doors on the wanted days."""
    order = [col(AttendanceRow.at), col(AttendanceRow.id)]
    query = select(AttendanceRow).where(*_bounds(AttendanceRow, order, wanted), *_kinds(wanted))
    found = session.exec(query.order_by(*_directed(order, wanted)).limit(wanted.limit + 1)).all()
    rows, following = cut(found, wanted.limit, lambda row: (row.at, row.id))
    return AttendancePage(items=_views(session, rows), next=following)


def read_events(session: Session, rows: Sequence[AttendanceRow]) -> AttendancePage:
    """These events, as the whole of a list."""
    return AttendancePage(items=_views(session, rows), next=None)


def read_event(session: Session, row: AttendanceRow) -> AttendanceView:
    return _views(session, [row])[0]


def list_notes(session: Session, member_id: UUID) -> NoteList:
    """The newest hundred. Raises Rejected ``member_unknown``."""
    get_member(session, member_id)
    order = (col(NoteRow.at).desc(), col(NoteRow.id).desc())
    query = select(NoteRow).where(NoteRow.member_id == member_id).order_by(*order).limit(_NEWEST_NOTES)
    return NoteList(items=[note_view(row) for row in session.exec(query)])


def _views(session: Session, rows: Sequence[AttendanceRow]) -> list[AttendanceView]:
    members = _members(session, (row.member_id for row in rows if row.member_id is not None))
    voided = _taken_back(session, (row.id for row in rows))
    return [attendance_view(row, members, voided=(row.id, row.site_id) in voided) for row in rows]


def _bounds(table: type[VisitRow] | type[AttendanceRow], order: Sequence[Any], wanted: EventQuery) -> list[Any]:
    bounds: list[Any] = []
    if wanted.site_id is not None:
        bounds.append(col(table.site_id) == wanted.site_id)
    if wanted.member_id is not None:
        bounds.append(col(table.member_id) == wanted.member_id)
    if wanted.first is not None:
        bounds.append(col(table.local_on) >= wanted.first)
    if wanted.last is not None:
        bounds.append(col(table.local_on) <= wanted.last)
    if wanted.after is not None:
        bounds.append(beyond(order, wanted.after, [datetime, UUID], descending=wanted.newest_first))
    return bounds


def _kinds(wanted: EventQuery) -> list[Any]:
    """What bounds events alone."""
    bounds: list[Any] = []
    if wanted.held is not None:
        bounds.append(col(AttendanceRow.is_held).is_(wanted.held))
    if wanted.outcome is not None:
        bounds.append(col(AttendanceRow.outcome) == wanted.outcome.value)
    if wanted.direction is not None:
        bounds.append(col(AttendanceRow.direction) == wanted.direction.value)
    return bounds


def _directed(order: Sequence[Any], wanted: EventQuery) -> list[Any]:
    return [each.desc() for each in order] if wanted.newest_first else list(order)


def member_views(session: Session, rows: Sequence[MemberRow]) -> list[MemberView]:
    """Members with their memberships, as they are today at the home site."""
    query = (
        select(MembershipRow, PlanRow.body)
        .join(PlanRow, col(PlanRow.id) == col(MembershipRow.plan_id))
        .where(col(MembershipRow.member_id).in_([row.id for row in rows]))
        .order_by(col(MembershipRow.id))
    )
    sold = session.exec(query).all()
    home_of = _homes(session, rows) if sold else {}
    held: dict[UUID, list[MembershipView]] = {row.id: [] for row in rows}
    for item, plan in sold:
        home = home_of[item.member_id]
        view = membership_view(item, plan_in(plan), home=home, today=today_at(session, home))
        held[item.member_id].append(view)
    return [member_view(row, held[row.id]) for row in rows]


def _homes(session: Session, rows: Sequence[MemberRow]) -> dict[UUID, Site]:
    """The home site of each member."""
    wanted = col(SiteRow.id).in_({row.home_site_id for row in rows})
    sites = {site_id: site_in(body) for site_id, body in session.exec(select(SiteRow.id, SiteRow.body).where(wanted))}
    return {row.id: sites[row.home_site_id] for row in rows}


def _members(session: Session, member_ids: Iterable[UUID]) -> dict[UUID, MemberRow]:
    """By their ids; who turned out to be another member has that one's row."""
    wanted = col(MemberRow.id).in_(set(member_ids))
    found = {row.id: row for row in session.exec(select(MemberRow).where(wanted))}
    merged = {row.id: row.merged_into for row in found.values() if row.merged_into is not None}
    if merged:
        kept = _members(session, merged.values())
        found |= {member_id: kept[into] for member_id, into in merged.items()}
    return found


def _taken_back(session: Session, event_ids: Iterable[UUID]) -> set[tuple[UUID | None, UUID]]:
    query = select(AttendanceRow.refers_to, AttendanceRow.site_id).where(
        AttendanceRow.kind == EventKind.VOID.value,
        col(AttendanceRow.refers_to).in_(set(event_ids)),
        col(AttendanceRow.is_held).is_(False),
    )
    return {(refers_to, site_id) for refers_to, site_id in session.exec(query)}
