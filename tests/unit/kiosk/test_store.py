"""The files under the store: several threads, several versions, and room held back."""

import os
import sqlite3
import threading

import pytest

from kiosk.store import schema
from kiosk.store.database import Database, StoreFailed
from kiosk.store.folder import EVENTS, open_store
from kiosk.store.reserve import Reserve
from shared.errors import InvalidInput
from tests.support.builders import an_event_record, an_id
from tests.support.kiosk import FakeClock

MIB = 1024 * 1024


@pytest.fixture
def store(tmp_path):
    store = open_store(tmp_path, FakeClock(), reserve_size=MIB)
    store.events.open_stream(an_id())
    yield store
    store.close()


def test_every_connection_is_set_to_survive_a_power_cut(store):
    connection = store.database._connection()
    asked = {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")}
    assert asked == {"journal_mode": "wal", "synchronous": 2}
    assert connection.execute("PRAGMA secure_delete").fetchone()[0] == 1
    assert connection.execute("PRAGMA foreign_keys").fetchone()[0] == 1


def test_threads_append_and_acknowledge_at_once_and_numbers_stay_gapless(store):
    """Four writers and one that marks; nobody meets a locked database, no number is given twice."""
    failures = []

    def write():
        try:
            for _ in range(25):
                store.events.append(an_event_record(id=an_id(), lookup=os.urandom(16)))
        except StoreFailed as error:
            failures.append(error)

    def mark():
        try:
            for _ in range(25):
                store.outbox.send_everything_again()
                store.outbox.next_batch(100)
        except StoreFailed as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for work in (write, write, write, write, mark)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    batch = store.outbox.next_batch(500)
    assert len(batch.events) == 100
    assert store.events.current_stream()[1] == 100


def test_a_failed_transaction_leaves_nothing_and_the_next_one_works(store):
    with pytest.raises(ZeroDivisionError):
        _fail_in_a_transaction(store)
    assert store.meta.find("x") is None
    store.meta.add("x", 2)
    store.meta.add("x", 3)
    assert store.meta.find("x") == 5


def _fail_in_a_transaction(store):
    with store.database.write() as connection:
        connection.execute(schema.ADD_META, {"key": "x", "by": 1})
        raise ZeroDivisionError


def test_without_a_stream_nothing_can_be_written(tmp_path):
    store = open_store(tmp_path, FakeClock(), reserve_size=MIB)
    with pytest.raises(StoreFailed, match="not enrolled"):
        store.events.append(an_event_record())
    store.close()


def test_one_code_opens_once_whoever_asks(store):
    """The replay mark is an index of the log, not a cache: even a door that forgot to look cannot open twice."""
    record = an_event_record(code_at=an_event_record().door_at)
    store.events.append(record)
    with pytest.raises(StoreFailed, match="UNIQUE"):
        store.events.append(record.model_copy(update={"id": an_id()}))


def test_a_file_of_a_newer_program_is_refused_untouched(tmp_path):
    path = tmp_path / EVENTS
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(InvalidInput, match="newer version"):
        open_store(tmp_path, FakeClock(), reserve_size=MIB)


def test_an_older_file_is_brought_forward_with_what_it_holds(tmp_path):
    path = tmp_path / "some.db"
    first = ("CREATE TABLE one (x)", "INSERT INTO one VALUES (7)")
    Database(path, [first]).close()
    database = Database(path, [first, ("ALTER TABLE one ADD COLUMN y DEFAULT 8",)])
    with database.read() as connection:
        assert connection.execute("SELECT x, y FROM one").fetchall() == [(7, 8)]
        assert connection.execute("PRAGMA user_version").fetchone() == (2,)
    database.close()


def test_a_migration_that_fails_leaves_the_old_schema_whole(tmp_path):
    path = tmp_path / "some.db"
    Database(path, [("CREATE TABLE one (x)",)]).close()
    with pytest.raises(StoreFailed):
        Database(path, [("CREATE TABLE one (x)",), ("CREATE TABLE two (y)", "CREATE NONSENSE")])
    database = Database(path, [("CREATE TABLE one (x)",)])
    with database.read() as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("one",)]
    database.close()


def test_a_file_that_is_no_database_is_said_so(tmp_path):
    (tmp_path / EVENTS).write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreFailed):
        open_store(tmp_path, FakeClock(), reserve_size=MIB)


def test_a_closed_store_does_not_come_back_as_an_empty_one(store):
    store.delete_events()
    with pytest.raises(StoreFailed, match="closed"):
        store.outbox.state()
    assert not (store.folder / EVENTS).exists()


def test_the_data_folder_is_for_its_user_alone(tmp_path):
    store = open_store(tmp_path / "new", FakeClock(), reserve_size=MIB)
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    store.close()


def test_the_reserve_really_holds_its_blocks(tmp_path):
    reserve = Reserve(tmp_path / "reserve", 3 * MIB + 7)
    assert reserve.ensure()
    facts = (tmp_path / "reserve").stat()
    assert facts.st_size == 3 * MIB + 7
    assert facts.st_blocks * 512 >= 3 * MIB
    assert reserve.ensure()
    assert (tmp_path / "reserve").stat().st_mtime_ns == facts.st_mtime_ns


def test_the_reserve_can_be_given_back_once(tmp_path):
    reserve = Reserve(tmp_path / "reserve", MIB)
    assert not reserve.free()
    reserve.ensure()
    assert reserve.free()
    assert not reserve.is_there
    assert not reserve.free()
    assert reserve.ensure()


def test_a_reserve_that_was_cut_short_is_written_anew(tmp_path):
    (tmp_path / "reserve").write_bytes(b"half")
    reserve = Reserve(tmp_path / "reserve", MIB)
    assert not reserve.is_there
    assert reserve.ensure()
    assert reserve.is_there


def test_the_reserve_does_not_take_the_last_room(tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: _Usage(free=2 * MIB - 1))
    assert not Reserve(tmp_path / "reserve", MIB).ensure()
    assert list(tmp_path.iterdir()) == []


class _Usage:
    def __init__(self, free):
        self.free = free
