"""Rows as messages. No response is a table."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from cloud_api.gym.mapping import to_membership
from cloud_api.gym.tables import (
    NEVER_CAME,
    AttendanceRow,
    MemberRow,
    MembershipRow,
    NoteRow,
    PlanRow,
    SiteRow,
    VisitRow,
)
from shared.contracts.gym import (
    AttendanceView,
    MemberRef,
    MembershipView,
    MemberView,
    PlanView,
    SiteView,
    StaffNote,
    VisitView,
)
from shared.contracts.roster import PlanBody, SiteBody
from shared.domain.attendance import EventKind, Outcome
from shared.domain.device import Direction
from shared.domain.membership import standing_on
from shared.domain.passes import PassKind
from shared.domain.plan import Plan
from shared.domain.site import Site
from shared.domain.time import DayInterval


def site_view(row: SiteRow) -> SiteView:
    return SiteView(**SiteBody.model_validate_json(row.body).model_dump(), version=row.version)


def plan_view(row: PlanRow) -> PlanView:
    body = PlanBody.model_validate_json(row.body)
    return PlanView(**body.model_dump(), on_sale=row.on_sale, for_staff=row.for_staff, version=row.version)


def membership_view(row: MembershipRow, plan: Plan, *, home: Site, today: date) -> MembershipView:
    terms = to_membership(row)
    counted = None if row.bought is None else row.counted
    return MembershipView(
        id=row.id,
        member_id=row.member_id,
        plan_id=row.plan_id,
        plan_name=plan.name,
        starts_on=row.starts_on,
        paid_through_on=row.paid_through_on,
        ends_on=row.ends_on,
        renews=row.renews,
        freezes=[_days(item) for item in terms.freezes],
        standing=standing_on(terms, today, grace_days=home.policy.grace_days),
        visits_bought=row.bought,
        visits_counted=counted,
        visits_left=None if row.bought is None else row.bought - row.counted,
    )


def member_view(row: MemberRow, memberships: Iterable[MembershipView]) -> MemberView:
    return MemberView(
        id=row.id,
        number=row.number,
        given_name=row.given_name,
        family_name=row.family_name,
        email=row.email,
        phone=row.phone,
        home_site_id=row.home_site_id,
        host_id=row.host_id,
        guardian_id=row.guardian_id,
        born_on=row.born_on,
        document_missing=row.document_missing,
        blocked=row.blocked_at is not None,
        blocked_until=row.blocked_until,
        block_note=row.block_note,
        erased=row.erased_at is not None,
        merged_into=row.merged_into,
        joined_at=row.joined_at,
        last_visit_at=None if row.last_visit_at == NEVER_CAME else row.last_visit_at,
        memberships=list(memberships),
        version=row.version,
    )


def member_ref(member_id: UUID, members: Mapping[UUID, MemberRow]) -> MemberRef:
    """Who it was; a member this cloud does not know has an id only."""
    row = members.get(member_id)
    if row is None:
        return MemberRef(id=member_id, number=None, name="")
    return MemberRef(id=member_id, number=row.number, name=f"{row.given_name} {row.family_name}".strip())


def attendance_view(row: AttendanceRow, members: Mapping[UUID, MemberRow], *, voided: bool) -> AttendanceView:
    return AttendanceView(
        id=row.id,
        site_id=row.site_id,
        device_id=row.device_id,
        at=row.at,
        local_on=row.local_on,
        kind=EventKind(row.kind),
        direction=Direction(row.direction),
        outcome=None if row.outcome is None else Outcome(row.outcome),
        reason=row.reason,
        notices=_texts(row.notices),
        pass_kind=None if row.pass_kind is None else PassKind(row.pass_kind),
        member=None if row.member_id is None else member_ref(row.member_id, members),
        membership_id=row.membership_id,
        flags=_texts(row.flags),
        voided=voided,
        held=row.is_held,
        note=row.note,
    )


def visit_view(row: VisitRow, members: Mapping[UUID, MemberRow]) -> VisitView:
    return VisitView(
        id=row.id,
        site_id=row.site_id,
        member=member_ref(row.member_id, members),
        membership_id=row.membership_id,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        local_on=row.local_on,
        local_hour=row.local_hour,
        check_ins=len(json.loads(row.check_ins)),
    )


def note_view(row: NoteRow) -> StaffNote:
    return StaffNote(id=row.id, at=row.at, code=row.code, detail=json.loads(row.detail))


def _texts(text: str) -> Sequence[str]:
    items: list[str] = json.loads(text)
    return items


def _days(item: DayInterval) -> tuple[date, date]:
    return item.first, item.end
