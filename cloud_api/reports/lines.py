"""The rows behind a number, a page at a time."""

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from sqlmodel import Session, SQLModel, col

from cloud_api.common.paging import beyond, cut
from cloud_api.reports.tables import MemberFact
from shared.contracts.report_rows import MemberLine, MemberLinePage

Row = TypeVar("Row", bound=SQLModel)


def page(
    session: Session,
    query: Any,
    *,
    order: Sequence[Any],
    types: Sequence[type],
    after: str | None,
    limit: int,
    descending: bool = True,
) -> tuple[Sequence[Any], str | None]:
    """The rows of one table that a query finds, in the order of columns that hold ``types``; and the next cursor."""
    if after is not None:
        query = query.where(beyond(order, after, types, descending=descending))
    ordered = query.order_by(*(each.desc() for each in order) if descending else order)
    found = session.exec(ordered.limit(limit + 1)).all()
    return cut(found, limit, lambda row: tuple(getattr(row, each.key) for each in order))


def member_lines(session: Session, query: Any, *, by: Any, after: str | None, limit: int) -> MemberLinePage:
    """Members by a day, the latest first; of those that were told of."""
    order = [by, col(MemberFact.member_id)]
    found, following = page(session, query, order=order, types=[date, UUID], after=after, limit=limit)
    return MemberLinePage(items=[_member(fact) for fact in found], next=following)


def _member(fact: MemberFact) -> MemberLine:
    return MemberLine.model_validate(fact, from_attributes=True)
