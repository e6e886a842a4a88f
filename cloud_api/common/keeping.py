"""What stays in the object store: bytes are put before the row that refers to them, and nobody's bytes go in the end.

Whoever puts an object holds its key first, in a transaction of its own, and confirms the hold in the transaction that
refers to it. The sweep removes an object only while it has the lock on that key's hold, so that an upload that
completes meanwhile either is seen by it, or finds the object gone and puts it again (decision 0019).
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import Table, insert, select, update
from sqlmodel import Session, SQLModel

from cloud_api.common.database import Conflict, Database, ignoring
from cloud_api.common.objects import PENDING, Objects
from cloud_api.common.portions import delete_some, in_portions
from cloud_api.common.session import transaction_time
from cloud_api.common.tables import ObjectHold
from shared.errors import Unavailable

GRACE = timedelta(hours=24)
"""What nobody refers to is kept so long: an upload under way, a picture that was just replaced."""

_BATCH = 500
_HOLDS: Table = SQLModel.metadata.tables["common_object_hold"]

InUse = Callable[[Session, Collection[str]], set[str]]
"""Those of the keys that a service's rows refer to."""


def hold(session: Session, keys: Iterable[str]) -> None:
    """Keep the sweep from these keys for a day. Commit before putting the objects."""
    now = transaction_time(session)
    for key in sorted(keys):
        renewal = update(_HOLDS).where(_HOLDS.c.key == key).values(held_at=now)
        if not session.connection().execute(renewal).rowcount:
            session.execute(ignoring(session, insert(_HOLDS).values(key=key, held_at=now)))
            session.execute(renewal)


def confirm(session: Session, keys: Collection[str]) -> None:
    """Refer to objects that were put under a hold.

    Raises:
        Unavailable: putting them took longer than the hold lasts.
    """
    wanted = _HOLDS.c.key.in_(keys)
    held = session.execute(select(_HOLDS.c.key).where(wanted).with_for_update()).all()
    if len(held) < len(set(keys)):
        raise Unavailable("Storing the file took too long. Please try again.")


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
    in_portions(database.transaction, lambda session: delete_some(session, _HOLDS, _HOLDS.c.held_at < before))
    return gone


def _remove(database: Database, objects: Objects, key: str, in_use: InUse, before: datetime) -> bool:
    """Remove an object unless it is held or in use by now. Whoever wants to hold the key waits until this is done."""
    with database.transaction() as session:
        held = session.get(ObjectHold, key, with_for_update=True)
        if held is None:
            claim = insert(_HOLDS).values(key=key, held_at=before - timedelta(seconds=1))
            session.execute(ignoring(session, claim))
            held = session.get_one(ObjectHold, key, with_for_update=True)
        if held.held_at >= before or in_use(session, [key]):
            return False
        objects.delete(key)
        session.delete(held)
    return True


def _batches(keys: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(islice(keys, _BATCH)):
        yield batch
