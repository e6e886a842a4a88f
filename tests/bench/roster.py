"""Bench: how a roster reaches a kiosk.

The first sync of 10,000 members with a phone pass each goes over TLS to a real ``fit-cloud serve``, into the kiosk's
real store. A delta's cost is CPU time of the product's own use case, beside that of the plain SELECT and JSON of the
same rows in the same process.
"""

import contextlib
import json
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import httpx

from cloud_api.devices.feed import read_feed
from cloud_api.operate.opening import open_cloud
from cloud_api.sample.making import make_sample
from kiosk.store.folder import open_store
from shared.clock import SystemClock
from tests.bench.report import Report
from tests.support.kiosk_driver import Kiosk, enrol, over_tls
from tests.support.live import LiveGym

MEMBERS = 10_000
ROWS = 1000
ROUNDS = 40
FIRST_SYNC_S, FIRST_SYNC_MB, DELTA_RATIO = 2.0, 2.0, 2.0


def run(report: Report) -> None:
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        gym = LiveGym(Path(folder) / "cloud", stack)
        site_id = _fill(gym, Path(folder))
        gym.start()
        _first_sync(report, gym, site_id, Path(folder))
        _delta(report, gym, site_id)


def _fill(gym: LiveGym, folder: Path) -> UUID:
    """The sample gym; the site where its members are."""
    cloud = open_cloud(gym.settings)
    made = make_sample(cloud, members=MEMBERS, seed=1, out=folder)
    while cloud.dispatcher.run_pending():
        pass
    cloud.database.close()
    return made.site_id


def _first_sync(report: Report, gym: LiveGym, site_id: UUID, folder: Path) -> None:
    """From the question to a roster that decides, and the bytes of the answer as it travels."""
    store = open_store(folder / "kiosk" / "data", SystemClock())
    enrol(folder / "kiosk", store, gym.pairing(site_id=site_id))
    sizes: list[int] = []
    kiosk = Kiosk(folder / "kiosk", store, lambda identity: _weighed(over_tls(identity), sizes))
    kiosk.heartbeats.step()  # the connection is there and the token bought, as in a running kiosk
    cpu, started = gym.cpu_s(), time.perf_counter()
    done = kiosk.puller.step()
    took, cpu = time.perf_counter() - started, gym.cpu_s() - cpu
    assert done.error is None, done.error
    assert done.done > 2 * MEMBERS, done
    megabytes = max(sizes) / 1e6
    report.row("first sync of 10,000 members with a phone each", f"{took:.2f} s", f"<= {FIRST_SYNC_S} s", None)
    report.row("... its size", f"{megabytes:.2f} MB", f"<= {FIRST_SYNC_MB} MB", megabytes <= FIRST_SYNC_MB)
    report.note(f"of which the server's CPU {cpu:.2f} s; {done.done} rows")
    store.close()


def _weighed(client: httpx.Client, sizes: list[int]) -> httpx.Client:
    client.event_hooks["response"].append(lambda answer: sizes.append(int(answer.headers["content-length"])))
    return client


def _delta(report: Report, gym: LiveGym, site_id: UUID) -> None:
    cloud = open_cloud(gym.settings)
    with cloud.database.reading() as session:
        first = read_feed(session, site_id, UUID(gym.roster_of(site_id)[0]), 0, 1)
    since = first.head_version - ROWS

    def ours() -> str:
        with cloud.database.reading() as session:
            return read_feed(session, site_id, first.epoch, since, ROWS).model_dump_json()

    rows = len(json.loads(ours())["rows"])
    with _plain(gym, site_id, since) as plain:
        assert len(json.loads(plain())) == rows == ROWS
        ratio, cost, raw = _paired(ours, plain)
    report.row(
        f"delta of {rows} rows, CPU against SELECT plus JSON",
        f"{ratio:.2f}x",
        f"<= {DELTA_RATIO}x",
        ratio <= DELTA_RATIO,
    )
    report.note(
        f"{cost * 1e3:.2f} ms against {raw * 1e3:.2f} ms; {_over_http(gym, site_id, first.epoch, since):.2f} ms over HTTP"
    )
    cloud.database.close()


@contextlib.contextmanager
def _plain(gym: LiveGym, site_id: UUID, since: int) -> Iterator[Callable[[], str]]:
    """The same rows by the driver alone."""
    query = """SELECT kind, key, version, body FROM roster_row
      WHERE site_id = ? AND version > ? ORDER BY version LIMIT ?"""
    with contextlib.closing(sqlite3.connect(gym.data / "fit.db")) as connection:

        def plain() -> str:
            found = connection.execute(query, (site_id.bytes, since, ROWS)).fetchall()
            names = ("kind", "key", "version", "body")
            return json.dumps([dict(zip(names, row, strict=True)) for row in found])

        yield plain


def _paired(ours: Callable[[], str], plain: Callable[[], str]) -> tuple[float, float, float]:
    """The median of paired ratios of CPU time, and both medians in seconds."""
    pairs = [(_cpu(ours), _cpu(plain)) for _ in range(ROUNDS)]
    ratio = statistics.median(mine / raw for mine, raw in pairs)
    return ratio, statistics.median(mine for mine, _ in pairs), statistics.median(raw for _, raw in pairs)


def _cpu(work: Callable[[], str]) -> float:
    started = time.thread_time()
    work()
    return time.thread_time() - started


def _over_http(gym: LiveGym, site_id: UUID, epoch: UUID, since: int) -> float:
    """Milliseconds of the server's CPU for one such delta, with TLS, token and gzip."""
    client = gym.device_client(site_id=site_id).client
    params = {"epoch": str(epoch), "version": since, "limit": ROWS}
    before = gym.cpu_s()
    for _ in range(ROUNDS):
        assert client.get("/v1/devices/self/feed", params=params).is_success
    return (gym.cpu_s() - before) / ROUNDS * 1e3
