"""What is known of each member, for counting: held while it is counted, and written anew for many at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Table, insert, select
from sqlmodel import Session

from cloud_api.common.database import ignoring
from cloud_api.common.rewriting import rewrite
from cloud_api.reports.sums import table_of
from cloud_api.reports.tables import MemberFact

_MEMBERS: Table = table_of(MemberFact)


@dataclass(frozen=True, slots=True)
class Fact:
    """A :class:`MemberFact`, held."""

    member_id: UUID
    version: int = 0
    site_id: UUID | None = None
    joined_on: date | None = None
    is_erased: bool = False
    left_on: date | None = None

    def columns(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self)}


Moved = tuple[Fact, Fact]
"""A member before and after."""


def hold(session: Session, member_ids: Collection[UUID]) -> dict[UUID, Fact]:
    """The members, locked in the order of their ids until the transaction ends; made where nobody told of one yet."""
    by = _MEMBERS.c.member_id
    locked = select(_MEMBERS).where(by.in_(member_ids)).order_by(by).with_for_update()
    held = _read(session, locked)
    if fresh := [Fact(each).columns() for each in sorted(set(member_ids) - held.keys())]:
        session.execute(ignoring(session, insert(_MEMBERS)), fresh)
        held = _read(session, locked)
    return held


def keep(session: Session, changed: Sequence[Fact]) -> None:
    """Write members down that are held."""
    rewrite(session, _MEMBERS, [fact.columns() for fact in changed])


def _read(session: Session, query: Select[Any]) -> dict[UUID, Fact]:
    return {row["member_id"]: Fact(**row) for row in session.execute(query).mappings()}
