import sqlite3
import threading
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from cloud_api.common import engines
from cloud_api.common.database import Database, execute_many, select_in, transaction_time
from cloud_api.common.tables import AuditHead
from shared.errors import Unavailable


def names(database):
    with database.reading() as session:
        return [row[0] for row in session.execute(text("SELECT service FROM common_audit_head ORDER BY service"))]


def test_a_transaction_commits_at_its_end(database):
    with database.transaction() as session:
        session.add(AuditHead(service="a"))
        assert names(database) == []
    assert names(database) == ["a"]


def test_a_transaction_that_raises_leaves_nothing(database):
    def fail():
        with database.transaction() as session:
            session.add(AuditHead(service="a"))
            session.flush()
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert names(database) == []


def test_reading_sees_one_moment_however_long_it_takes(database):
    with database.reading() as session:
        query = text("SELECT count(*) FROM common_audit_head")
        before = session.scalar(query)
        with database.transaction() as other:
            other.add(AuditHead(service="a"))
        assert session.scalar(query) == before


def test_reading_cannot_write(database):
    insert = text("INSERT INTO common_audit_head VALUES ('a', 0, '')")
    with pytest.raises(OperationalError, match="readonly"), database.reading() as session:
        session.execute(insert)
    assert names(database) == []


def test_two_transactions_never_overlap(database):
    inside, peak, lock = [0], [0], threading.Lock()

    def work():
        for _ in range(20):
            with database.transaction() as session:
                with lock:
                    inside[0] += 1
                    peak[0] = max(peak[0], inside[0])
                session.execute(text("SELECT 1"))
                with lock:
                    inside[0] -= 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert peak[0] == 1


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 10_000)]
)
def test_what_is_acknowledged_is_on_the_disk(database, pragma, value):
    with database.transaction() as session:
        assert session.scalar(text(f"PRAGMA {pragma}")) == value


def test_a_lock_of_another_process_means_try_again_later(database, monkeypatch, tmp_path):
    monkeypatch.setattr(engines, "BUSY_TIMEOUT_MS", 1)
    impatient = Database(database.url)
    with closing(sqlite3.connect(tmp_path / "fit.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable), impatient.transaction() as session:
            session.execute(text("SELECT 1"))
    impatient.close()


def test_a_mistake_of_ours_is_not_called_unavailable(database):
    with pytest.raises(OperationalError), database.transaction() as session:
        session.execute(text("SELECT * FROM no_such_table"))


def test_a_transaction_has_one_time(database, clock):
    with database.transaction() as session:
        first = transaction_time(session)
        clock.advance(timedelta(minutes=1))
        assert transaction_time(session) == first


def test_who_listens_hears_of_commits_that_published_and_of_no_others(database):
    heard = []
    database.on_publish(lambda: heard.append(1))
    with database.transaction() as session:
        session.add(AuditHead(service="a"))
    assert heard == []
    with database.transaction() as session:
        session.info["published"] = True
        assert heard == []
    assert heard == [1]


def test_a_database_in_memory_serves_reading_and_writing():
    database = Database("sqlite://")
    with database.transaction() as session:
        session.execute(text("CREATE TABLE t (n)"))
        execute_many(session, "INSERT INTO t VALUES (?)", [(n,) for n in range(5)])
    with database.reading() as session:
        assert [
            tuple(row)
            for row in select_in(session, "SELECT n FROM t WHERE n > ? AND n IN ({keys})", given=[1], keys=[1, 2, 4])
        ] == [(2,), (4,)]
        assert select_in(session, "SELECT n FROM t WHERE n IN ({keys})", given=[], keys=[]) == []
    database.close()
