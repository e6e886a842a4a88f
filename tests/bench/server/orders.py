"""Orders at fifty a second, each priced and checked; and how soon a paid one is on a kiosk that is online."""

import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import numpy as np

from shared.clock import SystemClock
from shared.domain.ids import uuid7
from tests.bench.report import Report
from tests.bench.server.stage import BenchGym, Stage
from tests.support.live import DEADLINE_S, Device

RATE, SECONDS, DESKS = 50, 10, 16
PAID = 20


def run(report: Report, stage: Stage) -> None:
    gym = stage.gym("orders")
    gym.start()
    plan_id = _a_plan(gym)
    latencies = _order_at_pace(gym, plan_id)
    p50, p99 = np.percentile(latencies, [50, 99])
    report.row(f"orders at {RATE}/s, p50 / p99", f"{p50:.0f} / {p99:.0f} ms", "p99 <= 250 ms", None)
    times = _until_on_kiosk(gym, plan_id)
    slowest = f"{statistics.median(times):.2f} / {max(times):.2f} s"
    report.row(f"paid order on an online kiosk, median / slowest of {PAID}", slowest, "<= 2 s", None)
    for server in gym.servers.values():
        server.stop()


def _a_plan(gym: BenchGym) -> str:
    plans: list[dict[str, Any]] = gym.call("GET", "/v1/plans")["items"]
    return str(next(plan["id"] for plan in plans if plan["on_sale"] and plan["months"]))


def new_id() -> str:
    return str(uuid7(int(SystemClock().now().timestamp() * 1000)))


def _order(gym: BenchGym, plan_id: str, member_id: UUID) -> dict[str, Any]:
    line = {"kind": "sale", "plan_id": plan_id, "membership_id": new_id()}
    return {"id": new_id(), "site_id": str(gym.sample.site_id), "member_id": str(member_id), "lines": [line]}


def _order_at_pace(gym: BenchGym, plan_id: str) -> list[float]:
    """Milliseconds of each, from when it was due: a server that falls behind is not spared."""
    clients = [gym.client(token) for token in gym.staff_tokens(DESKS)]
    members = [member_id for _, member_id in gym.holders]
    for client in clients:
        client.post("/v1/orders", json=_order(gym, plan_id, members[0])).raise_for_status()
    pause, began = threading.Event(), time.perf_counter() + 0.2

    def work(desk: int) -> list[float]:
        took = []
        for number in range(desk, RATE * SECONDS, DESKS):
            due = began + number / RATE
            pause.wait(max(0.0, due - time.perf_counter()))
            body = _order(gym, plan_id, members[number % len(members)])
            clients[desk].post("/v1/orders", json=body).raise_for_status()
            took.append((time.perf_counter() - due) * 1000)
        return took

    with ThreadPoolExecutor(DESKS) as pool:
        return [ms for part in pool.map(work, range(DESKS)) for ms in part]


def _until_on_kiosk(gym: BenchGym, plan_id: str) -> list[float]:
    """Seconds from the answer to a payment until the membership stands in a roster answer to a waiting kiosk."""
    watcher = _WaitingKiosk(gym.device_client("Watching", site_id=gym.sample.site_id))
    times = []
    for member_id in [member_id for _, member_id in gym.holders][:PAID]:
        order = _order(gym, plan_id, member_id)
        gym.call("POST", "/v1/orders", json=order)
        paid = {"id": new_id(), "method": "transfer"}
        gym.call("POST", f"/v1/orders/{order['id']}/payments", json=paid)
        times.append(watcher.wait_for(order["lines"][0]["membership_id"]))
    return times


class _WaitingKiosk:
    """Asks as a kiosk does: a hint, and what changed when it comes."""

    def __init__(self, device: Device) -> None:
        self._client = device.client
        snapshot = device.client.get("/v1/devices/self/snapshot").json()
        self._at = {"epoch": snapshot["epoch"], "version": snapshot["version"]}

    def wait_for(self, text: str) -> float:
        """Seconds until an answer holds a text."""
        began = time.perf_counter()
        while time.perf_counter() - began < DEADLINE_S:
            self._client.get("/v1/devices/self/hint", params={**self._at, "wait": 5}).raise_for_status()
            answer = self._client.get("/v1/devices/self/feed", params=self._at)
            answer.raise_for_status()
            self._at["version"] = answer.json()["version"]
            if text in answer.text:
                return time.perf_counter() - began
        raise AssertionError(f"{text} did not come within {DEADLINE_S:.0f} s")
