"""Bench: how fast the cloud takes in what kiosks recorded, 500 events at a time.

Over TLS and HTTP, gzipped as a kiosk sends them, into a real ``fit-cloud serve`` (one process, all services, SQLite).
The raw rate is of one multi-row INSERT and one commit for the same 500 rows, into a copy of the same file, in the same
run. The thread that hands events on to the services that count them begins after that, and is told apart.
"""

import contextlib
import itertools
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import httpx

from cloud_api.operate.opening import open_cloud
from cloud_api.sample.making import make_sample
from shared.contracts.devices import EventStatus, UploadAnswer
from tests.bench.doors import holders_at, uploads
from tests.bench.report import Report
from tests.support.live import Device, LiveGym, eventually

BATCH, BATCHES, ROUNDS = 500, 10, 5
DOORS = 2
CPU_US, OF_RAW = 30.0, 0.15
COUNTED = 5000
"""Events after which the cost of counting is told."""
OUTBOX = "outbox"
"""The thread that hands events to the services that count them."""


def run(report: Report) -> None:
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        gym = LiveGym(Path(folder) / "cloud", stack)
        site_id = _fill(gym, Path(folder))
        gym.start(without_threads=OUTBOX)
        device = gym.device_client(site_id=site_id)
        batches = uploads(gym, device, holders_at(gym, site_id), size=BATCH)
        _upload(gym, device, [next(batches)])  # what is loaded and compiled at the first call
        raw = _Raw(Path(folder) / "raw.db", gym)
        pairs = [(_Run(gym, device, batches), raw.rate(gym)) for _ in range(ROUNDS)]
        _tell(report, [mine for mine, _ in pairs], [mine.rate / other for mine, other in pairs])
        gym.restart()
        _tell_of_counting(report, gym, _Run(gym, device, batches))


def _fill(gym: LiveGym, folder: Path) -> UUID:
    """The site of a new sample."""
    cloud = open_cloud(gym.settings)
    made = make_sample(cloud, members=200, seed=1, out=folder)
    while cloud.dispatcher.run_pending():
        pass
    cloud.database.close()
    return made.site_id


def _upload(gym: LiveGym, device: Device, bodies: list[bytes]) -> float:
    """Send them over as many connections as there are doors; the seconds until the last answer."""
    clients = [gym.client(device.token) for _ in range(DOORS)]
    for client in clients:
        client.get("/v1/health")  # the connection is there
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}

    def send(work: tuple[httpx.Client, bytes]) -> httpx.Response:
        client, body = work
        return client.post("/v1/devices/self/events", content=body, headers=headers)

    with ThreadPoolExecutor(DOORS) as pool:
        started = time.perf_counter()
        answers = list(pool.map(send, zip(itertools.cycle(clients), bodies, strict=False)))
        took = time.perf_counter() - started
    for answer in answers:
        results = UploadAnswer.model_validate_json(answer.content).results
        assert [item.status for item in results] == [EventStatus.STORED] * BATCH, answer.text
    return took


class _Run:
    """One timed run of uploads, and the CPU time of all threads but the one that counts the events."""

    def __init__(self, gym: LiveGym, device: Device, batches: Iterator[bytes]) -> None:
        bodies = [next(batches) for _ in range(BATCHES)]
        before = _cpu(gym)
        self.rate = BATCH * BATCHES / _upload(gym, device, bodies)
        after = _cpu(gym)
        self.cpu_us = sum(after[name] - before.get(name, 0) for name in after if name != OUTBOX) / BATCH / BATCHES * 1e6


def _cpu(gym: LiveGym) -> dict[str, float]:
    assert gym.server is not None
    return gym.server.cpu_by_thread()


def _counted(gym: LiveGym) -> int:
    """How many events the other services have taken in."""
    with contextlib.closing(sqlite3.connect(gym.data / "fit.db")) as connection:
        query = "SELECT count(*) FROM common_outbox WHERE topic = 'attendance' AND done_at IS NOT NULL"
        return int(connection.execute(query).fetchone()[0]) * BATCH


class _Raw:
    """The limit: the rows that were just stored, by SQLite alone."""

    def __init__(self, path: Path, gym: LiveGym) -> None:
        self._path = path
        shutil.copy(gym.data / "fit.db", path)
        shutil.copy(gym.data / "fit.db-wal", path.with_name(path.name + "-wal"))

    def rate(self, gym: LiveGym) -> float:
        """Rows a second, of as many batches as one run."""
        with contextlib.closing(sqlite3.connect(gym.data / "fit.db")) as source:
            newest = source.execute("SELECT * FROM devices_event ORDER BY number DESC LIMIT ?", (BATCH * BATCHES,))
            rows = newest.fetchall()
        with contextlib.closing(sqlite3.connect(self._path, isolation_level=None)) as connection:
            for pragma in ("journal_mode=WAL", "synchronous=FULL"):
                connection.execute(f"PRAGMA {pragma}").fetchall()
            insert = _insert(len(rows[0]))
            flat = [[value for row in rows[at : at + BATCH] for value in row] for at in range(0, len(rows), BATCH)]
            started = time.perf_counter()
            for values in flat:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute(insert, values)
                connection.execute("COMMIT")
            return len(rows) / (time.perf_counter() - started)


def _insert(columns: int) -> str:
    row = f"({','.join('?' * columns)})"
    return f"INSERT OR IGNORE INTO devices_event VALUES {','.join([row] * BATCH)}"


def _tell(report: Report, runs: list[_Run], ratios: list[float]) -> None:
    cpu, ratio = statistics.median(item.cpu_us for item in runs), statistics.median(ratios)
    report.row(
        "ingest of 500-event batches over HTTP, server CPU", f"{cpu:.1f} us an event", f"<= {CPU_US:.0f} us", None
    )
    report.row("... rate against raw multi-row inserts", f"{ratio:.2f} of raw", f">= {OF_RAW}", ratio >= OF_RAW)
    rate = statistics.median(item.rate for item in runs)
    report.note(f"{rate:.0f} events/s from {DOORS} doors; {len(runs)} runs of {BATCH * BATCHES} events")


def _tell_of_counting(report: Report, gym: LiveGym, meanwhile: _Run) -> None:
    """What the services that count the events cost; they run behind, in the same process."""
    report.note(f"{meanwhile.rate:.0f} events/s and {meanwhile.cpu_us:.0f} us while earlier ones are being counted")
    eventually(lambda: _counted(gym) >= COUNTED, deadline_s=120)
    cpu_us = _cpu(gym)[OUTBOX] / _counted(gym) * 1e6
    report.note(f"counting them (visits, packs, reports): {cpu_us:.0f} us of CPU an event")
