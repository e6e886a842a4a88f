"""The event log as the upload sees it: what waits, what was acknowledged, what was set aside, what may go."""

import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from kiosk.store import schema
from kiosk.store.database import Database
from kiosk.store.instants import from_us, to_us
from kiosk.store.meta import RESENDS
from shared import faults
from shared.contracts.devices import EventResult, EventStatus
from shared.domain.ids import EventId, StreamId

KEEP_ACKNOWLEDGED = timedelta(days=35)
"""Not less than the oldest backup of the cloud that may be restored: it would ask for them again."""
_PRUNE_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event not yet acknowledged; ``body`` is its EventRecord as JSON."""

    seq: int
    id: EventId
    body: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Events of one stream, oldest first. ``resends`` says which "send everything again" it was read after."""

    stream_id: StreamId
    events: tuple[Waiting, ...]
    resends: int


@dataclass(frozen=True, slots=True)
class QueueState:
    """``unsent`` counts what has no acknowledgement, set aside or not."""

    unsent: int
    oldest_unsent_at: datetime | None
    quarantined: int


class Outbox:
    """Reads and marks deliveries; events themselves never change. Any thread, short transactions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def next_batch(self, limit: int, *, without: Collection[EventId] = ()) -> Batch | None:
        """The oldest events that wait, all of one stream; None when none does."""
        with self._database.read() as connection:
            rows = connection.execute(schema.WAITING, {"limit": limit + len(without)}).fetchall()
            return _batch([row for row in rows if UUID(bytes=row[1]) not in without][:limit], connection)

    def quarantined(self, *, tried_before: datetime) -> Batch | None:
        """One event that was set aside and last tried before an instant, or None."""
        with self._database.read() as connection:
            rows = connection.execute(schema.QUARANTINED, {"tried_before": to_us(tried_before)}).fetchall()
            return _batch(rows, connection)

    def acknowledge(self, batch: Batch, results: Iterable[EventResult], *, at: datetime) -> frozenset[EventId]:
        """Note what the cloud said of a batch's events, found by their ids, and return the ids that are settled.

        Nothing is noted when everything was marked to be sent again meanwhile: the answer may be of a server that
        has since been restored to a state without these events.
        """
        with self._database.write() as connection:
            settled = {} if _resends(connection) != batch.resends else _settled(batch, results)
            for seq, result in settled.values():
                flags = ",".join(result.flags)
                facts = {"seq": seq, "at": to_us(at), "status": result.status.value, "flags": flags}
                connection.execute(schema.ACKNOWLEDGE, facts)
                connection.execute(schema.RELEASE, {"seq": seq})
            faults.reach("push.marking")
        return frozenset(settled)

    def set_aside(self, events: Iterable[Waiting], *, at: datetime, why: str) -> None:
        """Quarantine events, so that they hold up nothing; also notes a further failed try."""
        with self._database.write() as connection:
            rows = [{"seq": event.seq, "at": to_us(at), "why": why} for event in events]
            connection.executemany(schema.SET_ASIDE, rows)

    def send_again(self, stream_id: StreamId, ranges: Iterable[tuple[int, int]]) -> int:
        """Take back the acknowledgement of numbers the cloud misses; say how many events that were."""
        with self._database.write() as connection:
            rows = [{"stream_id": stream_id.bytes, "first": first, "last": last} for first, last in ranges]
            return connection.executemany(schema.SEND_AGAIN, rows).rowcount

    def send_everything_again(self) -> None:
        """Take back every acknowledgement, and give what was set aside another chance."""
        with self._database.write() as connection:
            connection.execute(schema.SEND_ALL_AGAIN)
            connection.execute(schema.RELEASE_ALL)
            connection.execute(schema.ADD_META, {"key": RESENDS, "by": 1})

    def prune(self, now: datetime) -> int:
        """Delete a few events whose acknowledgement is old enough; say how many. ``now`` must rest on a server's time."""
        facts = {"acked_before": to_us(now - KEEP_ACKNOWLEDGED), "limit": _PRUNE_AT_ONCE}
        with self._database.write() as connection:
            return connection.execute(schema.PRUNE, facts).rowcount

    def state(self) -> QueueState:
        with self._database.read() as connection:
            (unsent,) = connection.execute(schema.COUNT_UNSENT).fetchone()
            oldest = connection.execute(schema.OLDEST_UNSENT).fetchone()
            (quarantined,) = connection.execute(schema.COUNT_QUARANTINED).fetchone()
        return QueueState(unsent, None if oldest is None else from_us(oldest[0]), quarantined)


def _batch(rows: list[tuple[int, bytes, bytes, str]], connection: sqlite3.Connection) -> Batch | None:
    if not rows:
        return None
    stream = rows[0][2]
    events = tuple(Waiting(seq, EventId(UUID(bytes=uid)), body) for seq, uid, of, body in rows if of == stream)
    return Batch(StreamId(UUID(bytes=stream)), events, _resends(connection))


def _resends(connection: sqlite3.Connection) -> int:
    row = connection.execute(schema.GET_META, {"key": RESENDS}).fetchone()
    return 0 if row is None else int(row[0])


def _settled(batch: Batch, results: Iterable[EventResult]) -> dict[EventId, tuple[int, EventResult]]:
    places = {event.id: event.seq for event in batch.events}
    return {
        EventId(result.id): (places[EventId(result.id)], result)
        for result in results
        if result.status is not EventStatus.LATER and result.id in places
    }
