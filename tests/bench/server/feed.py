"""What stamping the roster costs, and whether a reader ever misses a row: 16 writers on 16 sites.

The unstamped rate is of the same transactions by the same code, without the head's lock and version. Writers are spread
over two processes, so that Python's lock is not what is measured.
"""

import multiprocessing
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid4

from cloud_api import migrations
from cloud_api.common import roster
from cloud_api.common.database import Conflict, Database
from cloud_api.devices.feed import read_feed
from shared.contracts.roster import RowKind
from shared.domain.ids import uuid7
from tests.bench.report import Report
from tests.bench.server.stage import Stage

SITES, WRITERS, PROCESSES = 16, 16, 2
ROUNDS, COMMITS_A_ROUND = 3, 4000
COMMITS = 100_000
KEYS = 30
"""Rows of a site that are written again and again."""


def run(report: Report, stage: Stage) -> None:
    url = stage.components.mysql.create("feed")
    database = Database(url)
    migrations.upgrade(database.writer)
    sites = [uuid7(1_700_000_000_000 + number) for number in range(SITES)]
    with database.transaction() as session:
        for site_id in sites:
            roster.open_site(session, site_id)
    with ProcessPoolExecutor(PROCESSES, multiprocessing.get_context("spawn")) as pool:
        _write(pool, url, sites, commits=400, stamped=True)
        ratios = [_ratio(pool, url, sites) for _ in range(ROUNDS)]
        ratio = statistics.median(ratios)
        report.row(
            f"feed stamping, {WRITERS} writers on {SITES} sites, of unstamped", f"{ratio:.2f}", ">= 0.6", ratio >= 0.6
        )
        missed, versions = _follow(pool, database, url, sites)
    report.row(f"rows a reader missed in {versions} commits", str(missed), "0", missed == 0)
    database.close()


def _ratio(pool: ProcessPoolExecutor, url: str, sites: list[UUID]) -> float:
    unstamped, stamped = (_write(pool, url, sites, commits=COMMITS_A_ROUND, stamped=how) for how in (False, True))
    return unstamped / stamped


def _write(pool: ProcessPoolExecutor, url: str, sites: list[UUID], *, commits: int, stamped: bool) -> float:
    """Seconds for so many commits by all writers."""
    began = time.perf_counter()
    share = commits // PROCESSES
    parts = [pool.submit(_write_share, url, sites, share, process, stamped) for process in range(PROCESSES)]
    for part in parts:
        part.result()
    return time.perf_counter() - began


def _write_share(url: str, sites: list[UUID], commits: int, process: int, stamped: bool) -> None:
    writers = WRITERS // PROCESSES
    database = Database(url, writers=writers)

    def work(writer: int) -> None:
        for number in range(commits // writers):
            site_id = sites[(process * writers + writer + number) % SITES]
            _put(database, site_id, key=f"{writer}-{number % KEYS}", body=f'{{"is":"{uuid4()}"}}')

    with _unstamped() if not stamped else _as_it_is(), ThreadPoolExecutor(writers) as threads:
        list(threads.map(work, range(writers)))
    database.close()


def _put(database: Database, site_id: UUID, *, key: str, body: str) -> None:
    while True:
        try:
            with database.transaction() as session:
                roster.put(session, site_id=site_id, kind=RowKind.MEMBER, key=key, body=body)
        except Conflict:
            continue
        return


@contextmanager
def _as_it_is() -> Iterator[None]:
    yield


@contextmanager
def _unstamped() -> Iterator[None]:
    """The roster writes its rows without looking at the site's head."""

    def write(session: Any, site_id: UUID, changes: list[Any]) -> None:
        stored = roster._stored(session, site_id, changes)
        rows = [roster._stamped(change, 0, session) for change in changes]
        roster._write_rows(session, rows, known=stored.keys())

    with patch.object(roster, "_write_site", write):
        yield


def _follow(pool: ProcessPoolExecutor, database: Database, url: str, sites: list[UUID]) -> tuple[int, int]:
    """Follow every site while it is written, as kiosks do; the rows that differ in the end, and how many commits."""
    with database.transaction() as session:
        epoch = roster.new_epoch(session)
    copies: dict[UUID, dict[str, str | None]] = {site_id: {} for site_id in sites}
    cursors = dict.fromkeys(sites, 0)
    with ThreadPoolExecutor(1) as waiting:
        before = _commits(database, sites)
        done = waiting.submit(_write, pool, url, sites, commits=COMMITS, stamped=True)
        finished = False
        while not finished:
            finished = done.done()
            for site_id in sites:
                _advance(database, epoch, site_id, cursors, copies[site_id])
        done.result()
    for site_id in sites:
        _advance(database, epoch, site_id, cursors, copies[site_id])
    return sum(_differences(database, site_id, copies[site_id]) for site_id in sites), _commits(
        database, sites
    ) - before


def _advance(
    database: Database, epoch: UUID, site_id: UUID, cursors: dict[UUID, int], copy: dict[str, str | None]
) -> None:
    more = True
    while more:
        with database.reading() as session:
            answer = read_feed(session, site_id, epoch, cursors[site_id], limit=100)
        copy.update({row.key: row.body for row in answer.rows})
        cursors[site_id], more = answer.version, answer.more


def _commits(database: Database, sites: list[UUID]) -> int:
    """Each commit here stamps one version."""
    with database.reading() as session:
        return sum(roster_head(session, site_id) for site_id in sites)


def roster_head(session: Any, site_id: UUID) -> int:
    return int(session.get(roster.RosterHead, site_id).version)


def _differences(database: Database, site_id: UUID, copy: dict[str, str | None]) -> int:
    with database.reading() as session:
        rows = session.query(roster.RosterRow).filter(roster.RosterRow.site_id == site_id, roster.RosterRow.version > 0)
        truth = {row.key: row.body for row in rows}
    return len(truth.items() ^ copy.items())
