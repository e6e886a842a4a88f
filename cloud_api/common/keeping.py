"""What stays in the object store: bytes are put before the row that refers to them, and nobody's bytes go in the end.

Whoever puts an object holds its key first, in a transaction of its own, and confirms the hold in the transaction that
refers to it. The sweep claims an object that nobody held for a day and nobody refers to, removes it while no transaction
is open, and gives the claim back (decision 0019). What is in use is never removed, since

* a claim is made under the lock of the key's hold: a hold or a row that was there before is seen by it;
* while it lasts nobody can hold the key, and nobody can confirm an older hold: nobody puts, nobody begins to refer;
* it ends when the store has answered, or after :data:`CLAIM`, which is far longer than the store is ever waited for: a
  sweep that died, or heard nothing, has nothing under way any more.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import ColumnElement, Table, delete, insert, or_, select, update
from sqlmodel import Session, SQLModel

from cloud_api.common.database import Conflict, Database, ignoring
from cloud_api.common.objects import PENDING, Objects
from cloud_api.common.portions import delete_some, in_portions
from cloud_api.common.session import transaction_time
from cloud_api.common.tables import ObjectHold
from shared.errors import Unavailable

GRACE = timedelta(hours=24)
"""What nobody refers to is kept so long: an upload under way, a picture that was just replaced."""

CLAIM = timedelta(hours=1)
_BATCH = 500
_HOLDS: Table = SQLModel.metadata.tables["common_object_hold"]

InUse = Callable[[Session, Collection[str]], set[str]]
"""Those of the keys that a service's rows refer to."""


def hold(session: Session, keys: Iterable[str]) -> None:
    """Keep the sweep from these keys for a day. Commit before putting the objects.

    Raises:
        Conflict: one of them is being removed at this moment.
    """
    now = transaction_time(session)
    for key in sorted(keys):
        renewal = update(_HOLDS).where(_HOLDS.c.key == key, _is_free(now)).values(held_at=now, removing_until=None)
        if not session.connection().execute(renewal).rowcount:
            session.execute(ignoring(session, insert(_HOLDS).values(key=key, held_at=now)))
            if not session.connection().execute(renewal).rowcount:
                raise Conflict("The server is clearing this file away. Please try again.")


def confirm(session: Session, keys: Collection[str]) -> None:
    """Refer to objects that were put under a hold.

    Raises:
        Unavailable: putting them took longer than the hold lasts.
    """
    wanted = _HOLDS.c.key.in_(keys)
    held = session.execute(select(_HOLDS.c.removing_until).where(wanted).with_for_update()).all()
    if len(held) < len(set(keys)) or any(row.removing_until is not None for row in held):
        raise Unavailable("Storing the file took too long. Please try again.")


def _is_free(now: datetime) -> ColumnElement[bool]:
    return or_(_HOLDS.c.removing_until.is_(None), _HOLDS.c.removing_until <= now)


def sweep(database: Database, objects: Objects, *, folders: Sequence[str], in_use: InUse, now: datetime) -> int:
    """Remove uploads that were never taken in, and objects of these folders that nobody refers to; says how many."""
    before = now - GRACE
    gone = 0
    for found in objects.list_objects(PENDING, older_than=before):
        objects.delete(found.key)
        gone += 1
    for folder in folders:
        old = (found.key for found in objects.list_objects(folder, older_than=before))
        for keys in _batches(old):
            with database.reading() as session:
                idle = sorted(set(keys) - in_use(session, keys))
            for key in idle:
                with suppress(Conflict):  # somebody wants it just now: it is for the next sweep, if ever
                    gone += _remove(database, objects, key, in_use, before)
    in_portions(database.transaction, lambda session: _forget_old(session, before))
    return gone


def _forget_old(session: Session, before: datetime) -> int:
    return delete_some(session, _HOLDS, (_HOLDS.c.held_at < before) & _is_free(transaction_time(session)))


def _remove(database: Database, objects: Objects, key: str, in_use: InUse, before: datetime) -> bool:
    """Remove an object unless it is held or in use by now. A claim that a failed removal leaves behind runs out."""
    with database.transaction() as session:
        until = _claim(session, key, in_use, before)
    if until is None:
        return False
    objects.delete(key)
    with database.transaction() as session:
        session.execute(delete(_HOLDS).where(_HOLDS.c.key == key, _HOLDS.c.removing_until == until))
    return True


def _claim(session: Session, key: str, in_use: InUse, before: datetime) -> datetime | None:
    """Have nobody hold a key for a while; until when, or None when somebody does hold it, uses it, or removes it."""
    held = session.get(ObjectHold, key, with_for_update=True)
    if held is None:
        session.execute(ignoring(session, insert(_HOLDS).values(key=key, held_at=before - timedelta(seconds=1))))
        held = session.get_one(ObjectHold, key, with_for_update=True)
    now = transaction_time(session)
    is_claimed = held.removing_until is not None and held.removing_until > now
    if is_claimed or held.held_at >= before or in_use(session, [key]):
        return None
    held.removing_until = now + CLAIM
    session.add(held)
    return held.removing_until


def _batches(keys: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(islice(keys, _BATCH)):
        yield batch
