"""The roster's promise: versions in order and without gaps, one checksum of the whole, nothing skipped."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlmodel import select

from cloud_api.common import roster
from cloud_api.common.tables import RosterHead, RosterRow
from shared.contracts.roster import RowKind
from shared.errors import Rejected
from tests.support.builders import OTHER_SITE_ID, SITE_ID

MEMBER, PLAN = RowKind.MEMBER, RowKind.PLAN


def change(database, *changes, site_id=SITE_ID):
    """Put (key, body) or remove (key, None) in one transaction."""
    with database.transaction() as session:
        for key, body in changes:
            if body is None:
                roster.remove(session, site_id=site_id, kind=MEMBER, key=key)
            else:
                roster.put(session, site_id=site_id, kind=MEMBER, key=key, body=body)


def head(database, site_id=SITE_ID):
    with database.reading() as session:
        return session.get_one(RosterHead, site_id)


def rows(database, site_id=SITE_ID):
    """Version to (key, body)."""
    with database.reading() as session:
        found = session.exec(select(RosterRow).where(RosterRow.site_id == site_id)).all()
    return {row.version: (row.key, row.body) for row in found}


def test_each_changed_row_gets_the_next_version(database, site):
    change(database, ("a", "1"), ("b", "1"))
    change(database, ("a", "2"))
    assert rows(database) == {2: ("b", "1"), 3: ("a", "2")}
    assert head(database).version == 3


def test_an_equal_body_is_no_change(database, site):
    change(database, ("a", "1"))
    before = head(database)
    change(database, ("a", "1"))
    change(database, ("a", "2"), ("a", "1"))
    assert head(database) == before


def test_of_several_changes_in_one_transaction_the_last_counts(database, site):
    change(database, ("a", "1"), ("a", None), ("a", "3"))
    assert rows(database) == {1: ("a", "3")}


def test_removing_leaves_a_tombstone_once(database, site):
    change(database, ("a", "1"))
    change(database, ("a", None))
    change(database, ("a", None), ("never", None))
    assert rows(database) == {2: ("a", None)}
    assert head(database).checksum == 0


def test_nothing_is_written_before_the_end_of_the_transaction(database, site):
    with database.transaction() as session:
        roster.put(session, site_id=SITE_ID, kind=MEMBER, key="a", body="1")
        assert roster.find_body(session, site_id=SITE_ID, kind=MEMBER, key="a") is None
    with database.reading() as session:
        assert roster.find_body(session, site_id=SITE_ID, kind=MEMBER, key="a") == "1"


def test_a_transaction_that_fails_uses_up_no_version(database, site):
    def fail():
        with database.transaction() as session:
            roster.put(session, site_id=SITE_ID, kind=MEMBER, key="a", body="1")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    change(database, ("b", "1"))
    assert rows(database) == {1: ("b", "1")}


def test_sites_have_rosters_of_their_own(database, site):
    with database.transaction() as session:
        roster.open_site(session, OTHER_SITE_ID)
        roster.put(session, site_id=OTHER_SITE_ID, kind=MEMBER, key="a", body="there")
        roster.put(session, site_id=SITE_ID, kind=MEMBER, key="a", body="here")
    assert rows(database) == {1: ("a", "here")}
    assert rows(database, OTHER_SITE_ID) == {1: ("a", "there")}
    assert head(database).epoch == head(database, OTHER_SITE_ID).epoch


def test_one_key_may_stand_in_several_kinds(database, site):
    with database.transaction() as session:
        roster.put(session, site_id=SITE_ID, kind=MEMBER, key="a", body="m")
        roster.put(session, site_id=SITE_ID, kind=PLAN, key="a", body="p")
    with database.reading() as session:
        assert roster.find_body(session, site_id=SITE_ID, kind=PLAN, key="a") == "p"


def test_a_site_that_was_never_opened_is_refused(database):
    with pytest.raises(Rejected) as refused:
        change(database, ("a", "1"))
    assert refused.value.code == "site_unknown"


def test_more_rows_than_a_statement_takes_are_written_all(database, site):
    change(database, *[(f"{n:04}", "1") for n in range(1300)])
    change(database, *[(f"{n:04}", "2") for n in range(1300)])
    assert head(database).version == 2600
    with database.reading() as session:
        assert roster.recompute_checksum(session, SITE_ID) == head(database).checksum


def test_pruned_tombstones_move_the_oldest_cursor(database, site, clock):
    change(database, ("old", "1"), ("stays", "1"))
    change(database, ("old", None))
    clock.advance(timedelta(days=20))
    change(database, ("young", "1"))
    change(database, ("young", None))
    clock.advance(timedelta(days=20))
    with database.transaction() as session:
        assert roster.prune_tombstones(session, older_than=clock.now() - timedelta(days=30)) == 1
    assert rows(database) == {2: ("stays", "1"), 5: ("young", None)}
    assert head(database).oldest_kept_version == 3
    with database.reading() as session:
        assert roster.recompute_checksum(session, SITE_ID) == head(database).checksum


def test_a_new_epoch_keeps_the_versions(database, site):
    change(database, ("a", "1"))
    before = head(database)
    with database.transaction() as session:
        roster.new_epoch(session)
    after = head(database)
    assert (after.version, after.checksum) == (before.version, before.checksum)
    assert after.epoch != before.epoch


bodies = st.one_of(st.none(), st.sampled_from(["1", "2"]))
transactions = st.lists(st.lists(st.tuples(st.sampled_from("abc"), bodies), max_size=4), max_size=8)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=transactions)
def test_the_checksum_kept_step_by_step_is_that_of_the_rows(database, history):
    with database.transaction() as session:
        session.execute(delete(RosterRow))
        session.execute(delete(RosterHead))
        roster.open_site(session, SITE_ID)
    expected: dict[str, str] = {}
    for changes in history:
        change(database, *changes)
        expected = {key: body for key, body in {**expected, **dict(changes)}.items() if body is not None}
    found, kept = rows(database), head(database).checksum
    with database.reading() as session:
        assert roster.recompute_checksum(session, SITE_ID) == kept
    assert {key: body for key, body in found.values() if body is not None} == expected
    assert max(found, default=0) == head(database).version


def test_sites_are_listed_in_ascending_order(database):
    ids = [UUID(int=n) for n in (5, 1, 3)]
    with database.transaction() as session:
        for site_id in ids:
            roster.open_site(session, site_id)
    with database.reading() as session:
        assert roster.list_sites(session) == sorted(ids)
