"""The roster's files: rows and cursor together, never half a roster, a checksum that means it."""

import sqlite3
import threading

import pytest

from kiosk.store.folder import open_store
from kiosk.store.roster_file import Confirmed, WrongRoster, read_head
from shared import faults
from shared.contracts.roster import CHECKSUM_MODULUS, RosterRow, RowKind, row_hash
from shared.domain.passes import PassKind
from tests.support.builders import NOON, an_id, days
from tests.support.kiosk import Crash, FakeClock, a_kiosk, crash_at
from tests.support.small_gym import SmallGym, a_person

CONFIRMED = Confirmed(NOON, 1, "boot-1")


@pytest.fixture
def gym():
    return SmallGym(a_person(), a_person())


@pytest.fixture
def kiosk(tmp_path, gym):
    kiosk = a_kiosk(tmp_path, gym)
    yield kiosk
    kiosk.store.close()


def rows(kiosk):
    with kiosk.store.roster.read() as connection:
        found = connection.execute("SELECT kind, key, version, body FROM roster_row").fetchall()
    return {(kind, key): (version, body) for kind, key, version, body in found}


def rows_of(gym):
    return {(row.kind.value, row.key): (row.version, row.body) for row in gym.rows.values() if row.body is not None}


def files(kiosk):
    return sorted(path.name for path in kiosk.folder.glob("roster-*") if path.suffix not in (".db-wal", ".db-shm"))


def test_a_snapshot_is_the_roster(kiosk, gym):
    head = kiosk.store.roster.head
    assert (head.epoch, head.version, head.checksum) == (gym.epoch, gym.version, gym.checksum)
    assert rows(kiosk) == rows_of(gym)
    assert kiosk.store.roster.is_sound()


def test_deltas_bring_changes_and_tombstones(kiosk, gym):
    late = a_person()
    gym.put_person(late)
    gym.remove(RowKind.MEMBER, str(late.id))
    gym.put_policy(grace_days=1)
    kiosk.pull()
    assert rows(kiosk) == rows_of(gym)
    assert kiosk.store.roster.head.checksum == gym.checksum
    assert kiosk.cloud.calls.count("snapshot") == 1


def test_a_roster_outlives_a_restart(kiosk, gym):
    kiosk.restart()
    assert rows(kiosk) == rows_of(gym)
    assert kiosk.store.roster.head.version == gym.version


@pytest.mark.parametrize("point", ["pull.snapshot_built", "pull.snapshot_swapped"])
def test_a_power_cut_around_the_swap_leaves_a_whole_roster(kiosk, gym, point):
    old = rows_of(gym)
    gym.epoch = an_id()
    gym.put_person(a_person())
    with crash_at(point), pytest.raises(Crash):
        kiosk.pull()
    kiosk.start()
    assert kiosk.store.roster.is_sound()
    assert rows(kiosk) == (old if point == "pull.snapshot_built" else rows_of(gym))
    kiosk.pull()
    assert rows(kiosk) == rows_of(gym)
    assert files(kiosk) == ["roster-2.db"]


def test_a_power_cut_inside_a_delta_changes_nothing(kiosk, gym):
    before, version = rows_of(gym), gym.version
    gym.put_person(a_person())
    with crash_at("pull.delta"), pytest.raises(Crash):
        kiosk.pull()
    kiosk.start()
    assert rows(kiosk) == before
    assert kiosk.store.roster.head.version == version
    kiosk.pull()
    assert rows(kiosk) == rows_of(gym)


def test_rows_are_visible_with_their_cursor_or_not_at_all(kiosk, gym):
    """Another connection, asked inside the delta's transaction, sees the old rows and the old cursor."""
    gym.put_person(a_person())
    seen = []
    path = kiosk.folder / "roster-1.db"

    def look():
        connection = sqlite3.connect(path)
        seen.append(
            (
                connection.execute("SELECT count(*) FROM roster_row").fetchone()[0],
                connection.execute("SELECT version FROM roster_head").fetchone()[0],
            )
        )
        connection.close()

    remove = faults.install(lambda point: look() if point == "pull.delta" else None)
    try:
        before = (len(rows(kiosk)), kiosk.store.roster.head.version)
        kiosk.pull()
    finally:
        remove()
    look()
    assert seen == [before, (len(rows_of(gym)), gym.version)]


def test_a_snapshot_that_does_not_match_its_checksum_is_not_taken(kiosk, gym):
    bad = gym.snapshot().model_copy(update={"checksum": gym.checksum ^ 1})
    with pytest.raises(WrongRoster):
        kiosk.store.roster.build(bad, CONFIRMED)
    assert rows(kiosk) == rows_of(gym)
    assert files(kiosk) == ["roster-1.db"]


def test_a_delta_with_a_wrong_checksum_changes_nothing(kiosk, gym):
    before, head = rows_of(gym), kiosk.store.roster.head
    gym.put_person(a_person())
    answer = kiosk.cloud.feed(head.epoch, head.version, 100).model_copy(update={"checksum": 1})
    with pytest.raises(WrongRoster):
        kiosk.store.roster.apply(answer, since=head.version, confirmed=CONFIRMED)
    assert rows(kiosk) == before
    assert kiosk.store.roster.head == head


@pytest.mark.parametrize("lie", [{"epoch": an_id()}, {"version": 1}])
def test_an_answer_that_does_not_continue_the_roster_is_refused(kiosk, lie):
    head = kiosk.store.roster.head
    answer = kiosk.cloud.feed(head.epoch, head.version, 100).model_copy(update=lie)
    with pytest.raises(WrongRoster):
        kiosk.store.roster.apply(answer, since=head.version, confirmed=CONFIRMED)


def test_a_page_in_the_middle_moves_the_cursor_but_confirms_nothing(kiosk, gym):
    confirmed = kiosk.store.roster.head.confirmed
    for _ in range(4):
        gym.put_person(a_person())
    head = kiosk.store.roster.head
    answer = kiosk.cloud.feed(head.epoch, head.version, 3)
    assert answer.more
    later = Confirmed(NOON + days(1), 2, "boot-1")
    kiosk.store.roster.apply(answer, since=head.version, confirmed=later)
    assert kiosk.store.roster.head.version == head.version + 3
    assert kiosk.store.roster.head.confirmed == confirmed


def test_bits_that_rotted_are_noticed(kiosk):
    connection = sqlite3.connect(kiosk.folder / "roster-1.db")
    connection.execute("UPDATE roster_row SET body = replace(body, 'Monthly', 'Yearly') WHERE kind = 'plan'")
    connection.commit()
    connection.close()
    assert not kiosk.store.roster.is_sound()


def test_a_roster_file_that_is_no_database_is_no_roster(kiosk, gym):
    kiosk.store.close()
    for path in kiosk.folder.glob("roster-1.db*"):
        path.write_bytes(b"rubbish" * 1000)
    kiosk.start()
    assert kiosk.store.roster.head is None
    kiosk.pull()
    assert rows(kiosk) == rows_of(gym)


def test_a_reader_meets_one_state_while_rosters_are_swapped(kiosk, gym):
    """A thread reads all the time while snapshots and deltas come; every read fits its own checksum."""
    stop, wrong, reads = threading.Event(), [], []

    def read():
        while not stop.is_set():
            with kiosk.store.roster.read() as connection:
                head = read_head(connection)
                found = connection.execute("SELECT kind, key, version, body FROM roster_row").fetchall()
            reads.append(head.version)
            if sum(row_hash(*row) for row in found) % CHECKSUM_MODULUS != head.checksum:
                wrong.append(head)

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(30):
        gym.put_person(a_person())
        if number % 3 == 0:
            gym.epoch = an_id()
        kiosk.pull()
    stop.set()
    reader.join(30)
    assert not wrong
    assert len(set(reads)) > 1


def test_a_confirmation_is_known_at_once_and_written_once_a_minute(kiosk):
    kiosk.clock.advance(30)
    kiosk.pull()
    assert kiosk.store.roster.age(kiosk.store.timekeeper.look()) == days(0)
    kiosk.restart()
    assert kiosk.store.roster.age(kiosk.store.timekeeper.look()).total_seconds() == 30
    kiosk.clock.advance(61)
    kiosk.pull()
    kiosk.restart()
    assert kiosk.store.roster.age(kiosk.store.timekeeper.look()) == days(0)


def test_tombstones_leave_no_bytes_behind(kiosk, gym):
    """An erased member's sealed name and wrapped keys are gone from the file and its WAL."""
    person = a_person()
    gym.put_person(person)
    kiosk.pull()
    marks = [str(person.id).encode(), person.lookup(PassKind.CARD).hex().encode()]
    assert all(mark in _bytes_of(kiosk) for mark in marks)
    gym.remove(RowKind.MEMBER, str(person.id))
    for kind in (PassKind.CARD, PassKind.LIVE, PassKind.BARCODE):
        gym.remove(RowKind.CREDENTIAL, person.lookup(kind).hex())
    kiosk.pull()
    assert not any(mark in _bytes_of(kiosk) for mark in marks)


def _bytes_of(kiosk):
    return b"".join(path.read_bytes() for path in sorted(kiosk.folder.glob("roster-*")))


def test_a_retired_roster_takes_nothing_any_more(kiosk, gym):
    part = kiosk.store.roster.build(gym.snapshot(), CONFIRMED)
    kiosk.store.roster.retire()
    kiosk.store.roster.swap(part)
    assert kiosk.store.roster.head is None
    with pytest.raises(WrongRoster):
        kiosk.store.roster.build(gym.snapshot(), CONFIRMED)
    assert list(kiosk.folder.glob("roster-*")) == []


def test_a_roster_of_another_site_is_told_apart(kiosk):
    assert not kiosk.store.roster.is_of_site(an_id())
    assert kiosk.store.roster.is_of_site(kiosk.cloud.gym.site.id)


def test_duplicate_rows_in_a_snapshot_are_refused(tmp_path, gym):
    store = open_store(tmp_path, FakeClock(), reserve_size=1)
    snapshot = gym.snapshot()
    twice = snapshot.model_copy(update={"rows": [*snapshot.rows, snapshot.rows[0]]})
    with pytest.raises(Exception, match="UNIQUE"):
        store.roster.build(twice, CONFIRMED)
    assert store.roster.head is None
    store.close()


def test_tombstones_in_a_snapshot_are_left_out(tmp_path, gym):
    store = open_store(tmp_path, FakeClock(), reserve_size=1)
    snapshot = gym.snapshot()
    gone = RosterRow(kind=RowKind.MEMBER, key="gone", version=1, body=None)
    store.roster.swap(store.roster.build(snapshot.model_copy(update={"rows": [*snapshot.rows, gone]}), CONFIRMED))
    assert store.roster.head.checksum == gym.checksum
    store.close()
