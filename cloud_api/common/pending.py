"""Working off the outbox: what is still to be delivered, row by row in their order."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.exc import NoResultFound
from sqlmodel import Session, col

from cloud_api.common.outbox import Event, Source, unpack
from cloud_api.common.session import transaction_time
from cloud_api.common.tables import OutboxMessage

log = logging.getLogger(__name__)

_ROWS = 100
"""So many rows at a time at most."""


@dataclass(frozen=True, slots=True)
class Pending:
    """An outbox row that is not done, with its events."""

    number: int
    topic: str
    events: Sequence[Event]


def read_pending(
    session: Session, sources: Mapping[str, Source], *, after: int, unreadable: set[int], enough: int
) -> list[Pending]:
    """The next rows to be delivered, in their order, behind a number: as many as hold ``enough`` events.

    A row that cannot be read, say of a type that a later program wrote, is passed over and stays: its number is put
    among the ``unreadable`` ones, which are not tried again, and said in the log.
    """
    query = select(OutboxMessage).where(
        col(OutboxMessage.done_at).is_(None),
        col(OutboxMessage.number) > after,
        col(OutboxMessage.number).not_in(unreadable),
    )
    rows = session.scalars(query.order_by(col(OutboxMessage.number)).limit(_ROWS)).all()
    found: list[Pending] = []
    for row in rows:
        if row.number is not None:
            try:
                found.append(Pending(row.number, row.topic, unpack(session, row, sources)))
            except (LookupError, ValueError, NoResultFound):
                unreadable.add(row.number)
                log.exception("row %d of the outbox cannot be read: %s stays there", row.number, row.type)
        if sum(len(item.events) for item in found) >= enough:
            break
    return found


def mark_done(session: Session, rows: Iterable[Pending]) -> int:
    """Have rows delivered no more; returns how many."""
    numbers = [row.number for row in rows]
    session.execute(
        update(OutboxMessage).where(col(OutboxMessage.number).in_(numbers)).values(done_at=transaction_time(session))
    )
    return len(numbers)
