"""``kiosk_driver FOLDER``: a kiosk without camera and window, so that a test decides what happens when.

It is put together from the product's own parts; one command a line on standard input, one line of JSON after ``=`` for
each: ``enrol PAIRING``, ``scan FORMAT TEXT``, ``push``, ``pull``, ``beat``, ``state``, ``sync`` (pull and push until
there is nothing more), ``work`` (the loops in their threads from now on).
"""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from kiosk.enrolment.enrolling import enrol_kiosk, move_in
from kiosk.enrolment.identity import Identity, find_identity
from kiosk.enrolment.keys import find_keys
from kiosk.enrolment.pairing import parse_pairing
from kiosk.entry.door import Door, Post
from kiosk.entry.verdict import Verdict
from kiosk.store.contact import Contact
from kiosk.store.folder import Store, open_store
from kiosk.sync.backoff import Backoff
from kiosk.sync.heartbeats import Heartbeats, Vitals
from kiosk.sync.loops import PullLoop, PushLoop, SyncThreads
from kiosk.sync.pull import Puller
from kiosk.sync.push import Pusher
from kiosk.sync.rounds import Round
from kiosk.sync.wipe import Wipe
from shared.client.devices import HttpDeviceCloud
from shared.client.transport import Timeouts, Transport, open_client
from shared.clock import SystemClock
from shared.contracts.devices import CameraState
from shared.domain.decision import Denied
from shared.domain.ids import SiteId
from shared.secret_store.files import FileSecrets

TIMEOUTS = Timeouts(connect_s=5, answer_s=10)


@dataclass(frozen=True, slots=True)
class Code:
    text: str
    format: str


Connect = Callable[[Identity], httpx.Client]


def over_tls(identity: Identity) -> httpx.Client:
    return open_client(identity.base_url, identity.certificate, TIMEOUTS)


class Kiosk:
    """The parts, once there is an identity. ``connect`` opens a connection of its own for each thread."""

    def __init__(self, folder: Path, store: Store, connect: Connect = over_tls) -> None:
        identity = find_identity(store.folder)
        assert identity is not None, "enrol first"
        self._secrets = FileSecrets(folder / "secrets")
        keys = find_keys(self._secrets, identity.public_key)
        assert keys is not None
        assert keys.pepper is not None
        move_in(store, identity)
        self.store = store
        self.identity = identity
        self._sign = keys.sign
        self._connect = connect
        self._contact = contact = Contact()
        post = Post(
            gym_id=identity.gym_id,
            gym_number=identity.gym_number,
            site_id=SiteId(identity.site_id),
            site_name=identity.site_name,
            direction=identity.direction,
            pepper=keys.pepper,
        )
        self.door = Door(store, post, contact)
        self.puller = Puller(store, self._cloud(), contact)
        self.pusher = Pusher(store, self._cloud().upload)
        self.heartbeats = Heartbeats(store, self._cloud(), self._vitals, program_version="test")

    def _cloud(self) -> HttpDeviceCloud:
        transport = Transport(self._connect(self.identity), on_server_time=self.store.timekeeper.take)
        return HttpDeviceCloud(transport, device_id=self.identity.device_id, sign=self._sign)

    def _vitals(self) -> Vitals:
        return Vitals(CameraState.NONE, 0.0, self.door.not_recorded)

    def scan(self, format_: str, text: str) -> dict[str, Any]:
        verdict = self.door.scan(Code(text, format_))
        if not isinstance(verdict, Verdict):
            return {"verdict": type(verdict).__name__}
        decision = verdict.decision
        return {
            "verdict": type(decision).__name__,
            "reason": decision.reason.value if isinstance(decision, Denied) else None,
            "voucher_may_help": isinstance(decision, Denied) and decision.voucher_may_help,
            "event_id": None if verdict.event_id is None else str(verdict.event_id),
            "number": verdict.number,
            "name": verdict.name,
            "offline": verdict.offline,
        }

    def sync(self) -> dict[str, Any]:
        """Pull, then push, until neither has more or one fails."""
        return {"pull": _repeat(self.puller.step), "push": _repeat(self.pusher.step), **self.state()}

    def work(self) -> dict[str, Any]:
        """The product's own loops in their threads, until the process ends."""
        wipe = Wipe(self.store, self.identity, self._secrets, self._cloud())
        push = PushLoop(self.pusher, wipe, self._contact, Backoff())
        pull = PullLoop(self.puller, self.heartbeats, wipe, Backoff())
        SyncThreads({"push": push.turn, "pull": pull.turn}).start()
        return {}

    def state(self) -> dict[str, Any]:
        head, queue = self.store.roster.head, self.store.outbox.state()
        stream_id, last = self.store.events.current_stream()
        return {
            "device_id": str(self.identity.device_id),
            "roster": None if head is None else [str(head.epoch), head.version, str(head.checksum)],
            "sound": self.store.roster.is_sound(),
            "unsent": queue.unsent,
            "quarantined": queue.quarantined,
            "stream": str(stream_id),
            "last_number": last,
        }


def _repeat(step: Callable[[], Round]) -> str | None:
    """Steps while there is more to do; the error that stopped them."""
    while True:
        done = step()
        if done.error is not None:
            return f"{type(done.error).__name__}: {done.error}"
        if not done.more:
            return None


def enrol(folder: Path, store: Store, text: str) -> dict[str, Any]:
    """Redeem a pairing text; the keys go to files in ``folder``."""
    secrets = FileSecrets(folder / "secrets")
    identity = enrol_kiosk(parse_pairing(text), store=store, secrets=secrets, program_version="test", timeouts=TIMEOUTS)
    return {"device_id": str(identity.device_id), "stream": str(identity.stream_id)}


def _obey(folder: Path, store: Store, made: list[Kiosk], command: str, rest: str) -> dict[str, Any]:
    if command == "enrol":
        made.clear()
        return enrol(folder, store, rest)
    if not made:
        made.append(Kiosk(folder, store))
    kiosk = made[0]
    match command:
        case "scan":
            format_, _, text = rest.partition(" ")
            return kiosk.scan(format_, text)
        case "push" | "pull" | "beat":
            steps = {"push": kiosk.pusher.step, "pull": kiosk.puller.step, "beat": kiosk.heartbeats.step}
            done = steps[command]()
            return {"done": done.done, "more": done.more, "error": type(done.error).__name__, "snapshot": done.snapshot}
        case _:
            answer: dict[str, Any] = getattr(kiosk, command)()
            return answer


def main() -> int:
    folder = Path(sys.argv[1])
    store = open_store(folder / "data", SystemClock(), reserve_size=2**20)
    made: list[Kiosk] = []
    for line in sys.stdin:
        command, _, rest = line.rstrip("\n").partition(" ")
        print("= " + json.dumps(_obey(folder, store, made, command, rest)), flush=True)
    return 0
