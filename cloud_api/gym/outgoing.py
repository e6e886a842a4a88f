"""The events of ``gym``: ids, versions and state, never a personal value."""

from sqlmodel import Session

from cloud_api.common.outbox import publish
from cloud_api.gym.tables import MemberRow, MembershipRow, PlanRow, SiteRow, VisitRow

VISIT_TOPIC = "visit"


def tell_site(session: Session, row: SiteRow, what: str) -> None:
    payload = {"site_id": str(row.id), "version": row.version}
    publish(session, topic="site", type=f"site.{what}", key=row.id, payload=payload)


def tell_plan(session: Session, row: PlanRow, what: str) -> None:
    payload = {"plan_id": str(row.id), "on_sale": row.on_sale, "version": row.version}
    publish(session, topic="plan", type=f"plan.{what}", key=row.id, payload=payload)


def tell_member(session: Session, row: MemberRow, what: str) -> None:
    payload = {
        "member_id": str(row.id),
        "home_site_id": str(row.home_site_id),
        "blocked": row.blocked_at is not None,
        "erased": row.erased_at is not None,
        "version": row.version,
    }
    publish(session, topic="member", type=f"member.{what}", key=row.id, payload=payload)


def tell_membership(session: Session, row: MembershipRow, what: str) -> None:
    payload = {
        "membership_id": str(row.id),
        "member_id": str(row.member_id),
        "plan_id": str(row.plan_id),
        "starts_on": str(row.starts_on),
        "paid_through_on": str(row.paid_through_on),
        "ends_on": _text(row.ends_on),
        "version": row.version,
    }
    publish(session, topic="membership", type=f"membership.{what}", key=row.member_id, payload=payload)


def _text(value: object | None) -> str | None:
    return None if value is None else str(value)


def visit_payload(row: VisitRow) -> dict[str, object]:
    """A visit's state. ``is_void``: a later event took it back."""
    return {
        "visit_id": str(row.id),
        "member_id": str(row.member_id),
        "site_id": str(row.site_id),
        "membership_id": _text(row.membership_id),
        "opened_at": row.opened_at.isoformat(),
        "closed_at": None if row.closed_at is None else row.closed_at.isoformat(),
        "local_on": str(row.local_on),
        "local_hour": row.local_hour,
        "is_void": row.is_void,
        "version": row.version,
    }
