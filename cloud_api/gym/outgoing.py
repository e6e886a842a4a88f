"""The events of ``gym``: ids, versions and state, never a personal value."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import true
from sqlmodel import Session, col, select

from cloud_api.common.confidential import seal_with
from cloud_api.common.events import ATTENDANCE_TOPIC
from cloud_api.common.keys import Keys
from cloud_api.common.outbox import publish, publish_many
from cloud_api.common.placement import get_content_key
from cloud_api.common.session import new_id
from cloud_api.gym.tables import (
    AttendanceRow,
    MachineFaultRow,
    MemberRow,
    MembershipRow,
    PlanRow,
    SiteRow,
    VisitRow,
)
from shared.contracts.base import to_base64
from shared.contracts.roster import PlanBody

VISIT_TOPIC = "visit"
MACHINE_TOPIC = "machine"
CROWD = "gym.crowd"
"""What a transaction touches (``session.touch``), by site, when it may have changed who is inside."""


def tell_site(session: Session, row: SiteRow, what: str) -> None:
    payload = {"site_id": str(row.id), "version": row.version}
    publish(session, topic="site", type=f"site.{what}", key=row.id, payload=payload)


def tell_plan(session: Session, row: PlanRow, what: str) -> None:
    publish(session, topic="plan", type=f"plan.{what}", key=row.id, payload=plan_payload(row))


def tell_member(session: Session, keys: Keys, row: MemberRow, what: str) -> None:
    """Of a living member."""
    payload = member_payload(row, get_content_key(session, keys, row.id))
    publish(session, topic="member", type=f"member.{what}", key=row.id, payload=payload)


def tell_erased(session: Session, row: MemberRow) -> None:
    publish(session, topic="member", type="member.erased", key=row.id, payload=member_payload(row, None))


def tell_all_erased(session: Session, rows: Iterable[MemberRow]) -> None:
    """In one outbox row."""
    told = [(new_id(session), row.id, json.dumps(member_payload(row, None))) for row in rows]
    publish_many(session, topic="member", type="member.erased", items=told)


def tell_merged(session: Session, row: MemberRow) -> None:
    """Of a member who turned out to be another one."""
    payload = {**member_payload(row, None), "merged_into": str(row.merged_into)}
    publish(session, topic="member", type="member.merged", key=row.id, payload=payload)


def tell_visits(session: Session, rows: Iterable[VisitRow], what: str) -> None:
    items = [(new_id(session), row.member_id, json.dumps(visit_payload(row))) for row in rows]
    publish_many(session, topic=VISIT_TOPIC, type=f"visit.{what}", items=items)


def tell_membership(session: Session, row: MembershipRow, what: str) -> None:
    (payload,) = membership_payloads(session, [row])
    publish(session, topic="membership", type=f"membership.{what}", key=row.member_id, payload=payload)


def tell_accepted(session: Session, row: AttendanceRow) -> None:
    """A person has looked at an event that a revoked device handed in: it counts from now on."""
    payload = {
        "event_id": str(row.id),
        "site_id": str(row.site_id),
        "local_on": str(row.local_on),
        "outcome": row.outcome,
        "reason": row.reason,
    }
    publish(session, topic=ATTENDANCE_TOPIC, type="attendance.accepted", key=row.member_id or row.id, payload=payload)


def tell_many(
    session: Session,
    members: Iterable[MemberRow],
    memberships: Sequence[MembershipRow],
    *,
    content_keys: Mapping[UUID, bytes],
) -> None:
    """Of members taken in at once, and what they bought."""
    tell_members(session, members, "created", content_keys=content_keys)
    tell_memberships(session, memberships, "sold")


def tell_fault(session: Session, row: MachineFaultRow, what: str, *, site_id: UUID) -> None:
    payload = fault_payload(row, site_id)
    publish(session, topic=MACHINE_TOPIC, type=f"fault.{what}", key=row.machine_id, payload=payload)


def fault_payload(row: MachineFaultRow, site_id: UUID) -> dict[str, Any]:
    """A fault of a machine at a site; what was said of it stays here."""
    return {
        "fault_id": str(row.id),
        "machine_id": str(row.machine_id),
        "site_id": str(site_id),
        "reported_at": row.reported_at.isoformat(),
        "resolved_at": None if row.resolved_at is None else row.resolved_at.isoformat(),
    }


def plan_payload(row: PlanRow) -> dict[str, Any]:
    body = PlanBody.model_validate_json(row.body)
    return {
        "plan_id": str(row.id),
        "name": body.name,
        "price_minor": body.price_minor,
        "currency": body.currency,
        "on_sale": row.on_sale and not row.for_staff,
        "version": row.version,
    }


def tell_members(
    session: Session, members: Iterable[MemberRow], what: str, *, content_keys: Mapping[UUID, bytes]
) -> None:
    """Of many living members in one outbox row."""
    told = [(new_id(session), row.id, json.dumps(member_payload(row, content_keys[row.id]))) for row in members]
    publish_many(session, topic="member", type=f"member.{what}", items=told)


def tell_memberships(session: Session, rows: Sequence[MembershipRow], what: str) -> None:
    """In one outbox row."""
    payloads = membership_payloads(session, rows)
    told = [(new_id(session), row.member_id, json.dumps(each)) for row, each in zip(rows, payloads, strict=True)]
    publish_many(session, topic="membership", type=f"membership.{what}", items=told)


def member_payload(row: MemberRow, content_key: bytes | None) -> dict[str, Any]:
    """A member's state. ``sealed_contact`` holds name and e-mail address under the member's key; None without one."""
    return {
        "member_id": str(row.id),
        "home_site_id": str(row.home_site_id),
        "blocked": row.blocked_at is not None,
        "erased": row.erased_at is not None,
        "sealed_contact": None if content_key is None else _sealed_contact(row, content_key),
        "joined_at": row.joined_at.isoformat(),
        "version": row.version,
    }


def _sealed_contact(row: MemberRow, content_key: bytes) -> str | None:
    if row.email is None:
        return None
    contact = [f"{row.given_name} {row.family_name}".strip(), row.email]
    return to_base64(seal_with(content_key, row.id, "contact", contact))


def membership_payloads(session: Session, rows: Sequence[MembershipRow]) -> list[dict[str, Any]]:
    plans = col(PlanRow.id).in_({row.plan_id for row in rows})
    for_staff = set(session.exec(select(PlanRow.id).where(plans, col(PlanRow.for_staff) == true())))
    return [_membership_payload(row, for_staff=row.plan_id in for_staff) for row in rows]


def _membership_payload(row: MembershipRow, *, for_staff: bool) -> dict[str, Any]:
    return {
        "membership_id": str(row.id),
        "member_id": str(row.member_id),
        "plan_id": str(row.plan_id),
        "starts_on": str(row.starts_on),
        "paid_through_on": str(row.paid_through_on),
        "ends_on": None if row.ends_on is None else str(row.ends_on),
        "visits_bought": row.bought,
        "visits_counted": None if row.bought is None else row.counted,
        "renews": row.renews,
        "freezes": json.loads(row.freezes),
        "for_staff": for_staff,
        "version": row.version,
    }


def visit_payload(row: VisitRow) -> dict[str, Any]:
    """A visit's state. ``is_void``: a later event took it back."""
    return {
        "visit_id": str(row.id),
        "member_id": str(row.member_id),
        "site_id": str(row.site_id),
        "membership_id": None if row.membership_id is None else str(row.membership_id),
        "opened_at": row.opened_at.isoformat(),
        "closed_at": None if row.closed_at is None else row.closed_at.isoformat(),
        "local_on": str(row.local_on),
        "local_hour": row.local_hour,
        "is_void": row.is_void,
        "version": row.version,
    }
