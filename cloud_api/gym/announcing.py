"""Telling once how every member is reached, for a gym that took members in before that was told.

Release 0.1.0 published no addresses. A start finds that in ``gym_counter``; it tells of all living members as they are,
a page a transaction. Done twice, or by two processes at once, it is heard twice and changes nothing.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import insert
from sqlmodel import Session, col, select

from cloud_api.common.database import Database, ignoring
from cloud_api.common.keys import Keys
from cloud_api.common.placement import get_content_keys
from cloud_api.gym.outgoing import tell_members
from cloud_api.gym.tables import CounterRow, MemberRow

_DONE = "contacts_told"
_PAGE = 500


def announce_members(database: Database, keys: Keys) -> int:
    """Tell of the members, unless that was done before; returns of how many."""
    with database.reading() as session:
        if session.get(CounterRow, _DONE) is not None:
            return 0
    told, page = 0, _tell_page(database, keys, None)
    while page:
        told += len(page)
        page = _tell_page(database, keys, page[-1])
    with database.transaction() as session:
        session.execute(ignoring(session, insert(CounterRow)), [{"name": _DONE, "value": told}])
    return told


def _tell_page(database: Database, keys: Keys, after: UUID | None) -> Sequence[UUID]:
    with database.transaction() as session:
        rows = _living(session, after)
        content_keys = get_content_keys(session, keys, {row.id for row in rows})
        tell_members(session, rows, "changed", content_keys=content_keys)
        return [row.id for row in rows]


def _living(session: Session, after: UUID | None) -> Sequence[MemberRow]:
    """The next page of members by id. Held until the transaction ends, so that nobody is told of after an erasure."""
    query = select(MemberRow).where(col(MemberRow.erased_at).is_(None)).order_by(col(MemberRow.id)).limit(_PAGE)
    return session.exec((query if after is None else query.where(col(MemberRow.id) > after)).with_for_update()).all()
