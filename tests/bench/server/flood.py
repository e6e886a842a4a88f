"""One device asks a hundred times as often as it may: what does another one's upload feel of it?"""

import itertools
import threading
import time
from collections.abc import Iterator

import httpx
import numpy as np

from cloud_api.common.rate_limits import DEVICE_OTHER, PAUSE_S, WINDOW
from tests.bench.doors import uploads
from tests.bench.report import Report
from tests.bench.server import wrk
from tests.bench.server.stage import Stage

SECONDS, EVENTS, PACE_S = 15, 20, 0.1
TIMES = 100
CONNECTIONS = 400
"""So many that the pause before a refusal does not keep the flood from its rate."""
REACHED = 0.9


def run(report: Report, stage: Stage) -> None:
    gym = stage.gym("flood", FIT_TLS="off", FIT_RATE_LIMITS="on")
    gym.start()
    quiet, wild = (gym.device_client(name, site_id=gym.sample.site_id) for name in ("Quiet", "Wild"))
    client, bodies = gym.client(quiet.token), uploads(gym, quiet, gym.holders, size=EVENTS)
    _send(client, bodies, seconds=2)
    calm = _send(client, bodies, seconds=SECONDS)
    epoch, version, _ = gym.roster_of(gym.sample.site_id)
    wanted = TIMES * DEVICE_OTHER.amount / WINDOW.total_seconds()
    load = wrk.start(
        stage.folder,
        f"http://127.0.0.1:{gym.ports[0]}",
        path=f"/v1/devices/self/feed?epoch={epoch}&version={version}",
        tokens=[wild.token],
        connections=CONNECTIONS,
        think_ms=int((CONNECTIONS / wanted - PAUSE_S) * 1000),
        seconds=SECONDS + 2,
        seed=7,
    )
    flooded = _send(client, bodies, seconds=SECONDS)
    seen = wrk.finish(load)
    p99 = [float(np.percentile(times, 99)) for times in (calm, flooded)]
    text = f"{p99[1]:.0f} : {p99[0]:.0f} ms = {p99[1] / p99[0]:.2f}x"
    report.row("p99 of an upload beside a flood, against a calm run", text, "<= 2x", p99[1] <= 2 * p99[0])
    reached = seen.rate / wanted
    report.row("... of the flood's rate reached", f"{reached:.2f}", f">= {REACHED}", reached >= REACHED)
    report.note(f"the flood: {seen.rate:.0f} requests/s ({wanted:.0f} wanted), {seen.errors} answers refused")
    for server in gym.servers.values():
        server.stop()


def _send(client: httpx.Client, bodies: Iterator[bytes], *, seconds: int) -> list[float]:
    """Uploads one after the other at a pace; milliseconds of each."""
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    pause, took = threading.Event(), []
    for body in itertools.islice(bodies, int(seconds / PACE_S)):
        began = time.perf_counter()
        client.post("/v1/devices/self/events", content=body, headers=headers).raise_for_status()
        took.append((time.perf_counter() - began) * 1000)
        pause.wait(PACE_S)
    return took
