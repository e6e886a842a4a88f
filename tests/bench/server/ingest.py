"""Uploads of 500 events by eight kiosks to two processes, against the raw multi-row insert into the same MySQL.

The raw limit is one multi-row INSERT of the same 500 rows and the outbox row, one commit, two connections, into a copy
of the table, right after each run. What counts the events afterwards does not run meanwhile.
"""

import http.client
import itertools
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pymysql
from sqlalchemy import make_url

from shared.contracts.devices import EventStatus, UploadAnswer
from tests.bench.doors import uploads
from tests.bench.report import Report
from tests.bench.server.stage import BenchGym, Stage

DOORS, BATCH, BATCHES, ROUNDS = 8, 500, 40, 6
WRITERS_RAW = 2
OUTBOX = "outbox"
PRETIX_REDEEM_US = 34_000
"""Server CPU of one redeem of a widely used ticket scanner's server, measured on a machine like this one."""
_HEADERS = {"Content-Encoding": "gzip", "Content-Type": "application/json"}


_Sending = tuple[http.client.HTTPConnection, dict[str, str], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class _Run:
    rate: float
    server_us: float
    database_us: float
    latencies_ms: list[float]


def run(report: Report, stage: Stage) -> None:
    gym = stage.gym("ingest", without=("FIT_EVENTS_URL", "FIT_CACHE_URL"), FIT_TLS="off", FIT_DATABASE_WRITERS="2")
    gym.start(without_threads=OUTBOX)
    sending = [_busy_door(gym, number) for number in range(DOORS)]
    _upload(stage, gym, sending, DOORS * 2)  # what is loaded and compiled at the first calls
    pairs = [(_upload(stage, gym, sending, BATCHES), _raw(stage, gym)) for _ in range(ROUNDS)]
    _tell(report, pairs)
    _tell_of_single_events(report, gym)
    for server in gym.servers.values():
        server.stop()


def _busy_door(gym: BenchGym, number: int) -> _Sending:
    """A kept connection to one of the processes, by the plainest client there is: it runs on the same cores."""
    door = gym.device_client(f"Door {number}", site_id=gym.sample.site_id)
    connection = http.client.HTTPConnection("127.0.0.1", gym.ports[number % len(gym.ports)])
    headers = {**_HEADERS, "Authorization": f"Bearer {door.token}"}
    return connection, headers, uploads(gym, door, gym.holders, size=BATCH)


def _upload(stage: Stage, gym: BenchGym, sending: list[_Sending], count: int) -> _Run:
    work = [
        [(connection, headers, next(bodies)) for _ in range(count // len(sending))]
        for connection, headers, bodies in sending
    ]

    def send(
        uploads_of_one: list[tuple[http.client.HTTPConnection, dict[str, str], bytes]],
    ) -> list[tuple[float, bytes]]:
        answers = []
        for connection, headers, body in uploads_of_one:
            began = time.perf_counter()
            connection.request("POST", "/v1/devices/self/events", body=body, headers=headers)
            answer = connection.getresponse().read()
            answers.append(((time.perf_counter() - began) * 1000, answer))
        return answers

    server_s, database_s = gym.cpu_s(), stage.database_cpu_s()
    with ThreadPoolExecutor(len(sending)) as pool:
        began = time.perf_counter()
        answers = list(itertools.chain.from_iterable(pool.map(send, work)))
        took = time.perf_counter() - began
    server_s, database_s = gym.cpu_s() - server_s, stage.database_cpu_s() - database_s
    for _, answer in answers:
        results = UploadAnswer.model_validate_json(answer).results
        assert {item.status for item in results} == {EventStatus.STORED}, answer[:500]
    events = BATCH * count
    return _Run(events / took, server_s / events * 1e6, database_s / events * 1e6, [ms for ms, _ in answers])


def _raw(stage: Stage, gym: BenchGym) -> _Run:
    """The uploads that were stored last, once more: the same 500 rows in one statement, in the order of their ids."""
    database = make_url(gym.settings.database_url).database

    def connect() -> Any:
        port = stage.components.mysql.port
        return pymysql.connect(host="127.0.0.1", port=port, user="root", database=database, ssl_disabled=True)

    with connect() as connection, connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS raw_event")
        cursor.execute("CREATE TABLE raw_event LIKE devices_event")
        cursor.execute("SELECT * FROM devices_event ORDER BY upload_number DESC, id LIMIT %s", (BATCH * BATCHES,))
        rows = cursor.fetchall()
        marks = ", ".join(["%s"] * len(rows[0]))
        texts = [
            "INSERT IGNORE INTO raw_event VALUES "
            + ", ".join(cursor.mogrify(f"({marks})", row) for row in rows[at : at + BATCH])
            for at in range(0, len(rows), BATCH)
        ]
    outbox = "INSERT INTO common_outbox (topic, type, published_at, items) VALUES ('raw', 'raw', NOW(6), '0')"

    def insert(part: list[str]) -> None:
        with connect() as connection, connection.cursor() as cursor:
            for text in part:
                cursor.execute(text)
                cursor.execute(outbox)
                connection.commit()

    database_s = stage.database_cpu_s()
    with ThreadPoolExecutor(WRITERS_RAW) as pool:
        began = time.perf_counter()
        list(pool.map(insert, [texts[number::WRITERS_RAW] for number in range(WRITERS_RAW)]))
        took = time.perf_counter() - began
    events = len(rows)
    return _Run(events / took, 0.0, (stage.database_cpu_s() - database_s) / events * 1e6, [])


def _tell(report: Report, pairs: list[tuple[_Run, _Run]]) -> None:
    ratio = statistics.median(mine.rate / raw.rate for mine, raw in pairs)
    report.row("500-event batches, two processes, against raw inserts", f"{ratio:.2f} of raw", ">= 0.5", ratio >= 0.5)
    server = statistics.median(mine.server_us for mine, _ in pairs)
    raw_cpu = statistics.median(raw.database_us for _, raw in pairs)
    times = f"{server:.1f} : {raw_cpu:.1f} us = {server / raw_cpu:.1f}x"
    report.row("... server CPU an event, against the raw database's", times, "<= 3x", server / raw_cpu <= 3)
    p99 = float(np.percentile([ms for mine, _ in pairs for ms in mine.latencies_ms], 99))
    report.row(f"... p99 of a batch, {DOORS} kiosks at the limit", f"{p99:.0f} ms", "<= 500 ms", None)
    share = server / PRETIX_REDEEM_US
    report.row(
        "... an event in a batch, of one pretix redeem (34 ms)", f"1/{1 / share:.0f}", "<= 1/500", share <= 1 / 500
    )
    rate = statistics.median(mine.rate for mine, _ in pairs)
    mine_cpu = statistics.median(mine.database_us for mine, _ in pairs)
    report.note(f"{rate:.0f} events/s; database {mine_cpu:.1f} us an event; {ROUNDS} runs of {BATCH * BATCHES} events")


def _tell_of_single_events(report: Report, gym: BenchGym) -> None:
    count = 400
    other = gym.device_client("Single", site_id=gym.sample.site_id)
    client, bodies = gym.client(other.token), uploads(gym, other, gym.holders, size=1)
    for body in itertools.islice(bodies, 20):
        client.post("/v1/devices/self/events", content=body, headers=_HEADERS).raise_for_status()
    before = gym.cpu_s()
    for body in itertools.islice(bodies, count):
        client.post("/v1/devices/self/events", content=body, headers=_HEADERS).raise_for_status()
    us = (gym.cpu_s() - before) / count * 1e6
    share = us / PRETIX_REDEEM_US
    text = f"{us / 1000:.1f} ms = 1/{1 / share:.1f}"
    report.row("a single-event upload, server CPU, of one pretix redeem", text, "<= 1/5", share <= 1 / 5)
