"""What this kiosk itself has seen of a pass, read from the event log."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kiosk.store import schema
from kiosk.store.database import Database
from kiosk.store.instants import from_us, to_us
from shared.domain.device import Direction
from shared.domain.ids import EventId, MembershipId
from shared.domain.roster import CodeUse, Grant, Uncounted


@dataclass(frozen=True, slots=True)
class PassHistory:
    """``last_grant`` is the newest entry; ``code_use`` is set when this very live code opened here before."""

    last_grant: Grant | None
    code_use: CodeUse | None
    own_grants: tuple[Uncounted, ...]


class History:
    """Reads the event log. Any thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_pass(
        self, lookup: bytes, *, code_at: datetime | None, packs: Mapping[MembershipId, datetime | None]
    ) -> PassHistory:
        """What the next decision on a pass must know, in one consistent read.

        ``packs`` names the holder's packs with the start of the last visit their roster row counts. A grant counts as
        not yet counted while it was never acknowledged, or when it is not older than that visit; an acknowledged older
        one is inside the roster's number although the row may no longer name it.
        """
        with self._database.read() as connection:
            return PassHistory(
                _newest_grant(connection, lookup),
                None if code_at is None else _code_use(connection, lookup, code_at),
                tuple(grant for pack in packs.items() for grant in _own_grants(connection, *pack)),
            )

    def last_exit(self, lookup: bytes) -> Grant | None:
        """The newest exit with this pass."""
        with self._database.read() as connection:
            row = _grant_row(connection, lookup, Direction.EXIT)
        return None if row is None else Grant(EventId(UUID(bytes=row[0])), from_us(row[1]))


def _grant_row(
    connection: sqlite3.Connection, lookup: bytes, direction: Direction
) -> tuple[bytes, int, int, int] | None:
    parameters = {"lookup": lookup, "direction": direction.value}
    row: tuple[bytes, int, int, int] | None = connection.execute(schema.NEWEST_GRANT, parameters).fetchone()
    return row


def _newest_grant(connection: sqlite3.Connection, lookup: bytes) -> Grant | None:
    """The newest entry, with the time of the grant it goes on from, so that reopening never prolongs itself."""
    row = _grant_row(connection, lookup, Direction.ENTRY)
    if row is None:
        return None
    event_id, door_at, reopened, voided = row
    if reopened:
        start = connection.execute(schema.START_OF_VISIT, {"lookup": lookup}).fetchone()
        door_at = door_at if start is None else start[0]
    return Grant(EventId(UUID(bytes=event_id)), from_us(door_at), passed=False if voided else None)


def _code_use(connection: sqlite3.Connection, lookup: bytes, code_at: datetime) -> CodeUse | None:
    row = connection.execute(schema.CODE_USE, {"lookup": lookup, "code_at": to_us(code_at)}).fetchone()
    return None if row is None else CodeUse(from_us(row[0]), here=True)


def _own_grants(connection: sqlite3.Connection, membership_id: MembershipId, since: datetime | None) -> list[Uncounted]:
    parameters = {"membership_id": membership_id.bytes, "since": 0 if since is None else to_us(since)}
    rows = connection.execute(schema.OWN_GRANTS, parameters).fetchall()
    return [Uncounted(membership_id, EventId(UUID(bytes=row[0])), from_us(row[1])) for row in rows]
