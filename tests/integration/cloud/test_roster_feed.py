"""A change cannot be skipped, whatever overlaps, and a cursor that cannot be continued from is told so."""

import gzip
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from cloud_api.common import roster
from cloud_api.common.database import Database
from cloud_api.devices import feed
from cloud_api.gym.sites import open_site
from shared.contracts.devices import FeedAnswer, Snapshot
from shared.contracts.roster import CHECKSUM_MODULUS, RowKind, row_hash
from shared.errors import Rejected
from tests.support.answers import refusal

SELF = "/v1/devices/self"


def put(gym, *changes, kind=RowKind.MEMBER):
    with gym.cloud.database.transaction() as session:
        for key, body in changes:
            if body is None:
                roster.remove(session, site_id=gym.site_id, kind=kind, key=key)
            else:
                roster.put(session, site_id=gym.site_id, kind=kind, key=key, body=body)


def snapshot(kiosk):
    answer = kiosk.client.get(f"{SELF}/snapshot")
    answer.raise_for_status()
    return Snapshot.model_validate(answer.json())


def ask_feed(kiosk, epoch, version, limit=1000):
    return kiosk.client.get(f"{SELF}/feed", params={"epoch": str(epoch), "version": version, "limit": limit})


def read_feed(kiosk, epoch, version, limit=1000):
    answer = ask_feed(kiosk, epoch, version, limit)
    answer.raise_for_status()
    return FeedAnswer.model_validate(answer.json())


class Copy:
    """A kiosk's copy of the roster, kept as the kiosk does it."""

    def __init__(self, kiosk):
        self.kiosk = kiosk
        whole = snapshot(kiosk)
        self.epoch, self.version = whole.epoch, whole.version
        self.rows = {(row.kind, row.key): row for row in whole.rows}
        self.promised = whole.checksum

    def follow(self, limit=1000):
        more = True
        while more:
            answer = read_feed(self.kiosk, self.epoch, self.version, limit)
            for row in answer.rows:
                assert row.version > self.version
                self.version = row.version
                if row.body is None:
                    self.rows.pop((row.kind, row.key), None)
                else:
                    self.rows[row.kind, row.key] = row
            self.version, self.promised, more = answer.version, answer.checksum, answer.more
            assert more == (answer.version < answer.head_version)

    @property
    def checksum(self):
        hashes = (row_hash(row.kind.value, row.key, row.version, row.body) for row in self.rows.values())
        return sum(hashes) % CHECKSUM_MODULUS


def test_a_snapshot_is_the_whole_roster_without_tombstones(gym, kiosk):
    put(gym, ("a", "1"), ("gone", "1"))
    put(gym, ("gone", None))
    copy = Copy(kiosk)
    keys = {key for kind, key in copy.rows if kind is RowKind.MEMBER}
    assert keys == {"a"}
    assert copy.checksum == copy.promised


@pytest.mark.parametrize("limit", [1, 2, 1000])
def test_the_feed_brings_a_copy_to_the_same_state_in_pages_of_any_size(gym, kiosk, limit):
    put(gym, ("a", "1"), ("b", "1"), ("c", "1"))
    copy = Copy(kiosk)
    put(gym, ("a", "2"), ("b", None), ("d", "1"), ("e", "1"))
    put(gym, ("a", "3"), ("e", None))
    copy.follow(limit)
    assert copy.rows == Copy(kiosk).rows
    assert copy.checksum == copy.promised


def test_an_empty_answer_carries_the_checksum_too(gym, kiosk):
    copy = Copy(kiosk)
    answer = read_feed(kiosk, copy.epoch, copy.version)
    assert (answer.rows, answer.more, answer.checksum) == ([], False, copy.checksum)
    assert answer.version == answer.head_version == copy.version


def test_a_row_that_changes_while_paging_comes_again(gym, kiosk):
    put(gym, ("a", "1"), ("b", "1"), ("c", "1"))
    start = Copy(kiosk)
    put(gym, ("a", "2"), ("b", "2"))
    first = read_feed(kiosk, start.epoch, start.version, limit=1)
    put(gym, ("a", "3"))
    rest = read_feed(kiosk, start.epoch, first.version)
    assert [(row.key, row.body) for row in first.rows + rest.rows] == [("a", "2"), ("b", "2"), ("a", "3")]


def test_a_change_of_a_transaction_still_open_is_not_skipped(gym, kiosk):
    """The other one commits first; the reader polls in between."""
    copy = Copy(kiosk)
    opened, go_on = threading.Event(), threading.Event()

    def slow():
        with gym.cloud.database.transaction() as session:
            roster.put(session, site_id=gym.site_id, kind=RowKind.MEMBER, key="slow", body="1")
            opened.set()
            assert go_on.wait(30)

    quick = threading.Thread(target=put, args=(gym, ("quick", "1")))
    first = threading.Thread(target=slow)
    first.start()
    assert opened.wait(30)
    quick.start()
    copy.follow()
    assert "slow" not in {key for _, key in copy.rows}
    go_on.set()
    for thread in (first, quick):
        thread.join(30)
    copy.follow()
    assert {"slow", "quick"} <= {key for _, key in copy.rows}
    assert copy.checksum == copy.promised


def test_under_overlapping_writers_no_change_is_skipped(gym, kiosk):
    """Real threads write, remove and fail while a reader follows in small pages."""
    copy = Copy(kiosk)
    done = threading.Event()

    def change(name, n):
        with gym.cloud.database.transaction() as session:
            for key in (f"{name}{n}", "hot"):
                roster.put(session, site_id=gym.site_id, kind=RowKind.MEMBER, key=key, body=f"{name}{n}")
            if n % 4 == 3:
                roster.remove(session, site_id=gym.site_id, kind=RowKind.MEMBER, key=f"{name}{n - 1}")
            if n % 5 == 4:
                session.rollback()

    def write(name):
        for n in range(25):
            change(name, n)

    def read():
        while not done.is_set():
            copy.follow(limit=3)

    with ThreadPoolExecutor(5) as threads:
        reading = threads.submit(read)
        writing = [threads.submit(write, name) for name in "wxyz"]
        for work in writing:
            work.result(60)
        done.set()
        reading.result(60)
    copy.follow(limit=3)
    assert copy.rows == Copy(kiosk).rows
    assert copy.checksum == copy.promised
    assert len(copy.rows) > 50


def test_writers_of_two_processes_come_one_after_the_other(gym, kiosk):
    """Each process has its own connections: here two databases on one file. Each writes while the other reads first."""
    copy = Copy(kiosk)
    others = [Database(gym.cloud.database.url, clock=gym.clock) for _ in range(2)]
    start = threading.Barrier(2)

    def write(name, database):
        start.wait(30)
        for n in range(20):
            with database.transaction() as session:
                roster.find_body(session, site_id=gym.site_id, kind=RowKind.MEMBER, key="hot")
                roster.put(session, site_id=gym.site_id, kind=RowKind.MEMBER, key="hot", body=f"{name}{n}")

    with ThreadPoolExecutor(2) as threads:
        for work in [threads.submit(write, name, database) for name, database in zip("xy", others, strict=True)]:
            work.result(60)
    for database in others:
        database.close()
    before = copy.version
    copy.follow()
    assert copy.version == before + 40
    assert copy.checksum == copy.promised


def test_a_cursor_that_cannot_be_continued_from_needs_a_snapshot(gym, kiosk):
    copy = Copy(kiosk)
    refusal(ask_feed(kiosk, uuid4(), copy.version), 410, "snapshot_required")
    refusal(ask_feed(kiosk, copy.epoch, copy.version + 1), 410, "snapshot_required")


def test_a_cursor_older_than_the_kept_tombstones_needs_a_snapshot(gym, kiosk):
    put(gym, ("a", "1"), ("b", "1"))
    old = Copy(kiosk)
    put(gym, ("a", None))
    young = Copy(kiosk)
    gym.clock.advance(timedelta(days=31))
    with gym.cloud.database.transaction() as session:
        roster.prune_tombstones(session, older_than=gym.clock.now() - timedelta(days=30))
    gym.clock.advance(-timedelta(days=31))
    refusal(ask_feed(kiosk, old.epoch, old.version), 410, "snapshot_required")
    young.follow()
    assert young.rows == Copy(kiosk).rows


def test_a_new_epoch_needs_a_snapshot(gym, kiosk):
    copy = Copy(kiosk)
    with gym.cloud.database.transaction() as session:
        roster.new_epoch(session)
    refusal(ask_feed(kiosk, copy.epoch, copy.version), 410, "snapshot_required")
    assert snapshot(kiosk).version == copy.version


def test_a_kiosk_sees_its_own_site_only(gym, kiosk):
    with gym.cloud.database.transaction() as session:
        hill = open_site(session, keys=gym.cloud.keys, name="Hill", zone="Europe/Copenhagen", actor="operator")
    there = gym.kiosk("Hill door", site_id=hill)
    put(gym, ("here", "1"))
    assert "here" in {row.key for row in snapshot(kiosk).rows}
    assert "here" not in {row.key for row in snapshot(there).rows}


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"epoch": "x", "version": 1},
        {"epoch": str(uuid4()), "version": -1},
        {"epoch": str(uuid4()), "version": 1, "limit": 1001},
        {"epoch": str(uuid4()), "version": 2**53},
    ],
)
def test_a_cursor_that_makes_no_sense_is_refused(kiosk, params):
    problem = refusal(kiosk.client.get(f"{SELF}/feed", params=params), 422, "invalid_input")
    assert problem.errors


def test_a_large_answer_is_packed_where_the_client_takes_it(gym, kiosk):
    put(gym, *[(str(uuid4()), "x" * 200) for _ in range(50)])
    request = kiosk.client.build_request("GET", f"{SELF}/snapshot", headers={"Accept-Encoding": "gzip"})
    answer = kiosk.client.send(request, stream=True)
    raw = b"".join(answer.iter_raw())
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(json.loads(gzip.decompress(raw))["rows"]) > 50
    plain = kiosk.client.get(f"{SELF}/snapshot", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert len(plain.content) > 2 * len(raw)


def test_reading_a_site_that_was_never_opened_is_refused(gym):
    with gym.cloud.database.reading() as session, pytest.raises(Rejected, match="site"):
        feed.read_snapshot(session, uuid4())


def test_a_database_that_is_away_means_try_again_later(gym, kiosk, monkeypatch):
    from cloud_api.common import database

    copy = Copy(kiosk)
    monkeypatch.setattr(database, "_PASSING", frozenset({"SQLITE_ERROR"}))
    monkeypatch.setattr(database, "_AWAY", frozenset({1146}))
    with gym.cloud.database.transaction() as session:
        session.execute(text("ALTER TABLE roster_row RENAME TO elsewhere"))
    answer = ask_feed(kiosk, copy.epoch, copy.version)
    problem = refusal(answer, 503, "unavailable")
    assert int(answer.headers["Retry-After"]) == problem.retry_after_s > 0


def test_without_a_token_there_is_no_roster(gym):
    with gym.client() as client:
        refusal(client.get(f"{SELF}/snapshot"), 401, "not_signed_in")
    assert isinstance(gym.owner, httpx.Client)
    refusal(gym.owner.get(f"{SELF}/snapshot"), 403, "forbidden")
