"""When each member came last, kept beside the member for long lists."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, update
from sqlmodel import Session, col

from cloud_api.gym.tables import NEVER_CAME, MemberRow, VisitRow


def keep_last_visits(
    session: Session, site_id: UUID, seen: Mapping[UUID, datetime], *, gone: Collection[UUID] = ()
) -> None:
    """Take in visits at a site, by member the newest that changed; of those in ``gone`` one was taken back."""
    if later := [member_id for member_id in seen if member_id not in gone]:
        visits = _newest().where(col(VisitRow.site_id) == site_id, col(VisitRow.opened_at) >= min(seen.values()))
        newest = visits.scalar_subquery()
        is_later = col(MemberRow.last_visit_at) < newest
        session.execute(
            update(MemberRow)
            .where(col(MemberRow.id).in_(later), is_later)
            .values(last_visit_at=newest)
            .execution_options(synchronize_session=False)
        )
    if gone:
        left = func.coalesce(_newest().scalar_subquery(), NEVER_CAME)
        session.execute(
            update(MemberRow)
            .where(col(MemberRow.id).in_(gone))
            .values(last_visit_at=left)
            .execution_options(synchronize_session=False)
        )


def _newest() -> Select[Any]:
    """The newest visit of a member of the statement around it."""
    return (
        select(func.max(col(VisitRow.opened_at)))
        .where(col(VisitRow.member_id) == col(MemberRow.id), col(VisitRow.is_void).is_(False))
        .correlate(MemberRow)
    )
