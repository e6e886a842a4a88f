"""Clearing away in portions, so that nobody who writes waits for long."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, and_, delete, or_, select
from sqlmodel import Session

from cloud_api.common.conflict import Conflict

PORTION = 1000
"""So many rows a transaction at most."""
_REDONE = 3

Transaction = Callable[[], AbstractContextManager[Session]]


def in_portions(transaction: Transaction, clear: Callable[[Session], int]) -> int:
    """Call ``clear`` in a transaction of its own again and again, until it finds nothing; returns the sum.

    Raises:
        Unavailable: the database is away. What was cleared stays cleared.
    """
    total = 0
    while count := _once(transaction, clear):
        total += count
    return total


def delete_some(session: Session, table: Table, old: ColumnElement[bool]) -> int:
    """Delete a portion of the rows that are ``old``; says how many there were."""
    found = some_keys(session, table, old)
    if found:
        session.execute(delete(table).where(among(table, found), old))
    return len(found)


def some_keys(session: Session, table: Table, old: ColumnElement[bool]) -> Sequence[Row[Any]]:
    """The primary keys of a portion of the rows that are ``old``."""
    return session.execute(select(*table.primary_key.columns).where(old).limit(PORTION)).all()


def among(table: Table, keys: Sequence[Row[Any]]) -> ColumnElement[bool]:
    """Whether a row's primary key is one of these, said so that every database finds them by that key."""
    *first, last = table.primary_key.columns
    by_first: defaultdict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for key in keys:
        by_first[tuple(key[:-1])].append(key[-1])
    return or_(
        *(
            and_(*(column == value for column, value in zip(first, begin, strict=True)), last.in_(ends))
            for begin, ends in by_first.items()
        )
    )


def _once(transaction: Transaction, clear: Callable[[Session], int]) -> int:
    """One portion; again when the database undid it to let others through."""
    for _ in range(_REDONE):
        with suppress(Conflict), transaction() as session:
            return clear(session)
    with transaction() as session:
        return clear(session)
