"""What a session carries beside its connection: the transaction's time, and what is to be written last."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from shared.domain.ids import uuid7


def transaction_time(session: Session) -> datetime:
    """The time of this transaction (aware UTC): the clock when first asked, the same afterwards."""
    if "now" not in session.info:
        session.info["now"] = session.info["clock"].now()
    now: datetime = session.info["now"]
    return now


def new_id(session: Session) -> UUID:
    """A new UUID version 7, of this transaction's time."""
    return uuid7(int(transaction_time(session).timestamp() * 1000))


def touch(session: Session, what: str, key: UUID) -> None:
    """Have those who asked (``Database.on_touch``) told after the commit that something with this key has changed."""
    session.info.setdefault("touched", set()).add((what, key))


def queue_of(session: Session, name: str) -> list[Any]:
    """The list of things queued under a name until the end of the transaction."""
    queue: list[Any] = session.info.setdefault(f"queue.{name}", [])
    return queue
