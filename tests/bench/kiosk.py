"""Bench: the kiosk. How fast it decides, how soon its window is there, how much memory it takes.

The roster has 10,000 members with a phone each. Decisions are timed by the door itself, from the code's text to the
verdict, without the commit; window and memory are those of the real program, offscreen, on pictures of codes.
"""

import contextlib
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import load_pem_private_key

from cloud_api.operate.opening import open_cloud
from cloud_api.sample.making import make_sample
from kiosk.entry.verdict import Verdict
from kiosk.store.folder import open_store
from shared.clock import SystemClock
from shared.contracts.base import from_base64
from shared.passtoken.signing import sign_live
from shared.passtoken.tokens import to_text
from tests.bench.report import Report
from tests.support.kiosk_driver import Code, Kiosk, enrol
from tests.support.live import LiveGym, RealKiosk

MEMBERS, SCANS, STARTS, CODES = 10_000, 1000, 5, 20
DECIDE_MS, PAINT_S, MEMORY_MIB = 2.0, 0.5, 160


def run(report: Report) -> None:
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        gym = LiveGym(folder / "cloud", stack)
        phones = _fill(gym, folder)
        gym.start()
        _enrol(gym, folder / "kiosk", phones.site_id)
        _decide(report, folder / "kiosk", phones)
        _start(report, RealKiosk(folder / "kiosk", stack), phones)


@dataclass(frozen=True, slots=True)
class _Phones:
    """The members' phones: credential id and private key of each."""

    gym_id: Any
    site_id: Any
    keys: list[tuple[bytes, Any]]

    def codes(self, first: int, count: int) -> Iterator[str]:
        """Live codes of so many members, each signed when it is asked for."""
        for credential_id, key in self.keys[first : first + count]:
            now = SystemClock().now()
            yield to_text(sign_live(key, credential_id=credential_id, signed_at=now, gym_id=self.gym_id))


def _fill(gym: LiveGym, folder: Path) -> _Phones:
    cloud = open_cloud(gym.settings)
    made = make_sample(cloud, members=MEMBERS, seed=1, out=folder)
    while cloud.dispatcher.run_pending():
        pass
    cloud.database.close()
    used = made.members[: SCANS + CODES]
    keys = [
        (from_base64(item.credential_id or ""), load_pem_private_key((item.private_key_pem or "").encode(), None))
        for item in used
    ]
    return _Phones(made.gym_id, made.site_id, keys)


def _enrol(gym: LiveGym, folder: Path, site_id: Any) -> None:
    store = open_store(folder / "data", SystemClock(), reserve_size=2**20)
    enrol(folder, store, gym.pairing(site_id=site_id))
    synced = Kiosk(folder, store).sync()
    assert (synced["pull"], synced["push"]) == (None, None), synced
    store.close()


def _decide(report: Report, folder: Path, phones: _Phones) -> None:
    """One member after the other shows a phone; signatures are checked, events committed."""
    store = open_store(folder / "data", SystemClock(), reserve_size=2**20)
    kiosk = Kiosk(folder, store)
    decided, committed = [], []
    for text in phones.codes(0, SCANS):
        verdict = kiosk.door.scan(Code(text, "QRCode"))
        assert isinstance(verdict, Verdict)
        assert verdict.event_id is not None
        decided.append(verdict.timings.decide_ms)
        committed.append(verdict.timings.commit_ms)
    store.close()
    p99 = statistics.quantiles(decided, n=100)[98]
    report.row("decoded to decided, 99 of 100 phone codes", f"{p99:.2f} ms", f"<= {DECIDE_MS} ms", None)
    middle = statistics.median
    report.note(f"median {middle(decided):.2f} ms; the commit {middle(committed):.2f} ms; {SCANS} scans")


def _start(report: Report, kiosk: RealKiosk, phones: _Phones) -> None:
    painted = []
    for _ in range(STARTS + 1):
        started = time.perf_counter()
        program = kiosk.start(["BENCH"], module="tests.support.watched_kiosk")
        program.expect("^painted ")
        painted.append(time.perf_counter() - started - kiosk.preparing_s)
        program.stop()
    median = statistics.median(painted[1:])  # the first one fills the page cache
    report.row("start to painted window, warm", f"{median:.2f} s", f"<= {PAINT_S} s", None)
    program = kiosk.start(list(phones.codes(SCANS, CODES)), module="tests.support.watched_kiosk")
    for _ in range(CODES // 2):
        assert kiosk.next_answer() is not None, program.tail()
    memory, peak = program.memory_mib(), program.peak_memory_mib()
    program.stop()
    report.row("memory while scanning", f"{memory:.0f} MiB", f"<= {MEMORY_MIB} MiB", None)
    report.note(f"at its peak {peak:.0f} MiB; of the program alone, resident")
