"""What is cleared away goes portion by portion, each in a transaction of its own: a writer never waits for all of it."""

from datetime import timedelta

import pytest
from sqlalchemy import event, insert
from sqlmodel import func, select

from cloud_api.common import keeping, portions, roster
from cloud_api.common.conflict import Conflict
from cloud_api.common.database import transaction_time
from cloud_api.common.tables import InboxMessage, ObjectHold, OutboxMessage, RosterHead, RosterRow
from cloud_api.identity.tables import InvitationRow
from cloud_api.operate.housekeeping import tidy
from shared.contracts.roster import RowKind
from tests.support.builders import NOON, an_id

PORTION, MANY = 10, 35


@pytest.fixture(autouse=True)
def _small_portions(monkeypatch):
    monkeypatch.setattr(portions, "PORTION", PORTION)
    monkeypatch.setattr(roster, "PORTION", PORTION)


@pytest.fixture
def cleared(gym):
    """How many rows of a table each transaction took away or emptied, by table."""
    found = {}

    def note(_connection, cursor, statement, *_):
        words = statement.split()
        if words[0] == "DELETE" or (words[0] == "UPDATE" and "content=" in statement):
            found.setdefault(words[2 if words[0] == "DELETE" else 1], []).append(cursor.rowcount)

    event.listen(gym.cloud.database.writer, "after_cursor_execute", note)
    yield found
    event.remove(gym.cloud.database.writer, "after_cursor_execute", note)


def fill(gym, table, rows):
    with gym.cloud.database.transaction() as session:
        session.execute(insert(table), rows)


def count(gym, table):
    with gym.cloud.database.reading() as session:
        return session.exec(select(func.count()).select_from(table)).one()


def tombstones(gym, how_many):
    for change in ("put", "remove"):
        with gym.cloud.database.transaction() as session:
            for number in range(how_many):
                body = {"body": "1"} if change == "put" else {}
                getattr(roster, change)(session, site_id=gym.site_id, kind=RowKind.MEMBER, key=f"{number:03}", **body)


def oldest_kept(gym):
    with gym.cloud.database.reading() as session:
        return session.get_one(RosterHead, gym.site_id).oldest_kept_version


def test_everything_that_grows_is_cleared_away_in_portions(gym, cleared):
    gym.dispatch()
    tidy(gym.cloud)
    before = {table: count(gym, table) for table in (OutboxMessage, InboxMessage, InvitationRow, ObjectHold, RosterRow)}
    texts = {"topic": "t", "type": "t.x", "items": "[]"}
    fill(gym, OutboxMessage, [{**texts, "published_at": NOON, "done_at": NOON} for _ in range(MANY)])
    taken = [{"consumer": f"c{n % 3}", "message_id": an_id(n), "taken_at": NOON} for n in range(MANY)]
    fill(gym, InboxMessage, taken)
    fill(gym, ObjectHold, [{"key": f"k{n}", "held_at": NOON} for n in range(MANY)])
    tombstones(gym, MANY)
    assert count(gym, InboxMessage) == before[InboxMessage] + MANY
    gym.clock.advance(timedelta(days=40))
    cleared.clear()
    tidy(gym.cloud)
    assert count(gym, OutboxMessage) == count(gym, ObjectHold) == count(gym, InboxMessage) == 0
    assert count(gym, RosterRow) == before[RosterRow]
    for table in ("common_outbox", "common_inbox", "common_object_hold", "roster_row"):
        assert sum(cleared[table]) >= MANY
        assert max(cleared[table]) <= PORTION, table


def test_a_portion_of_tombstones_moves_the_oldest_cursor_as_far_as_it_went(gym):
    """Whoever ends in the middle has forgotten nothing that a cursor may still ask for."""
    tombstones(gym, MANY)
    with gym.cloud.database.reading() as session:
        gone = select(RosterRow.version).where(RosterRow.body.is_(None)).order_by(RosterRow.version)
        versions = session.exec(gone).all()
    gym.clock.advance(timedelta(days=31))
    for first in range(0, MANY, PORTION):
        with gym.cloud.database.transaction() as session:
            pruned = roster.prune_tombstones(session, older_than=transaction_time(session) - timedelta(days=30))
        assert pruned == len(versions[first : first + PORTION])
        assert oldest_kept(gym) == versions[min(first + PORTION, MANY) - 1]
    with gym.cloud.database.transaction() as session:
        assert roster.prune_tombstones(session, older_than=transaction_time(session) - timedelta(days=30)) == 0
    assert oldest_kept(gym) == versions[-1]


def test_one_that_came_to_life_again_is_not_forgotten(gym):
    tombstones(gym, 1)
    gym.clock.advance(timedelta(days=31))
    with gym.cloud.database.transaction() as session:
        roster.put(session, site_id=gym.site_id, kind=RowKind.MEMBER, key="000", body="2")
    before = oldest_kept(gym)
    tidy(gym.cloud)
    with gym.cloud.database.reading() as session:
        assert roster.find_body(session, site_id=gym.site_id, kind=RowKind.MEMBER, key="000") == "2"
    assert oldest_kept(gym) == before


def test_a_portion_that_the_database_undid_is_cleared_again(gym):
    fill(gym, ObjectHold, [{"key": f"k{n}", "held_at": NOON} for n in range(3)])
    undone = iter([1, 1])

    def clear(session):
        if next(undone, None) is not None:
            raise Conflict("undone")
        return portions.delete_some(session, keeping._HOLDS, keeping._HOLDS.c.held_at <= NOON)

    assert portions.in_portions(gym.cloud.database.transaction, clear) == 3
