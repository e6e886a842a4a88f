"""A thousand signed-in people with two seconds between an answer and their next question."""

from tests.bench.report import Report
from tests.bench.server import wrk
from tests.bench.server.stage import Stage

CLIENTS, THINK_MS, SECONDS = 1000, 2000, 20


def run(report: Report, stage: Stage) -> None:
    gym = stage.gym("reads", FIT_TLS="off", FIT_RATE_LIMITS="on")
    tokens = gym.staff_tokens(CLIENTS)
    member_id = gym.holders[0][1]
    gym.start()
    loads = [
        wrk.start(
            stage.folder,
            f"http://127.0.0.1:{port}",
            path=f"/v1/members/{member_id}",
            tokens=tokens,
            connections=CLIENTS // len(gym.ports),
            think_ms=THINK_MS,
            seconds=SECONDS,
            seed=number + 1,
        )
        for number, port in enumerate(gym.ports)
    ]
    before = gym.cpu_s()
    seen = [wrk.finish(load) for load in loads]
    rate = sum(load.rate for load in seen)
    cpu_ms = (gym.cpu_s() - before) / (rate * SECONDS) * 1000
    errors = sum(load.errors for load in seen)
    report.row(f"{CLIENTS} clients, 2 s think time, a member read: errors", str(errors), "0", errors == 0)
    p50, p99 = max(load.p50_ms for load in seen), max(load.p99_ms for load in seen)
    report.row("... p50 / p99 of the slower process", f"{p50:.0f} / {p99:.0f} ms", "p99 <= 250 ms", None)
    report.note(f"{rate:.0f} requests/s; {cpu_ms:.2f} ms of server CPU each")
    for server in gym.servers.values():
        server.stop()
