"""A kiosk for tests: its own parts on a folder, with clocks, secrets and a cloud that a test controls."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.enrolment.identity import Identity
from kiosk.enrolment.keys import KIOSK, Keys, put_keys
from kiosk.entry.door import Door, Post
from kiosk.entry.verdict import NotRecorded, Verdict
from kiosk.store.contact import Contact
from kiosk.store.folder import Store, open_store
from kiosk.sync.pull import Puller
from kiosk.sync.push import Pusher
from kiosk.sync.rounds import Round
from shared import faults
from shared.contracts.devices import Enrolment, EventRecord, WipeOrder
from shared.domain.device import Direction
from shared.domain.ids import StreamId
from shared.errors import Unavailable
from shared.passtoken.signing import wipe_message
from shared.secret_store.port import checked_name
from tests.support.builders import NOON, SITE_ID, an_id
from tests.support.scripted_cloud import ScriptedCloud
from tests.support.small_gym import GYM_ID, PEPPER, Code, SmallGym

DEVICE_ID = an_id(701)
STREAM_ID = StreamId(an_id(702))
GYM_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
DEVICE_KEYS = Keys(device_key=bytes(range(32, 64)), pepper=PEPPER, site_key=bytes(16))
RESERVE = 64 * 1024


class FakeClock:
    """A wall clock and a boot clock. Both move with ``advance``; ``turn`` moves the wall clock alone."""

    def __init__(self, at: datetime = NOON) -> None:
        self.wall = at
        self.boot = timedelta(minutes=5)
        self.boots = 1

    def now(self) -> datetime:
        return self.wall

    def boot_ns(self) -> int:
        return self.boot // timedelta(microseconds=1) * 1000

    def boot_s(self) -> float:
        return self.boot.total_seconds()

    def boot_id(self) -> str:
        return f"boot-{self.boots}"

    def advance(self, by: timedelta | float) -> None:
        """``by`` is a duration, or seconds."""
        step = by if isinstance(by, timedelta) else timedelta(seconds=by)
        self.wall += step
        self.boot += step

    def turn(self, by: timedelta) -> None:
        self.wall += by

    def reboot(self, *, wall: datetime | None = None) -> None:
        """Start again; the battery may have forgotten the time."""
        self.boots += 1
        self.boot = timedelta(seconds=20)
        self.wall = wall or self.wall


class FakeSecretStore:
    """A :class:`shared.secret_store.port.SecretStore` in memory. ``is_away`` makes it not answer."""

    kind = "file"

    def __init__(self) -> None:
        self.secrets: dict[str, bytes] = {}
        self.is_away = False

    def find(self, name: str) -> bytes | None:
        self._answer()
        return self.secrets.get(checked_name(name))

    def put(self, name: str, secret: bytes) -> None:
        self._answer()
        self.secrets[checked_name(name)] = bytes(secret)

    def delete(self, name: str) -> None:
        self._answer()
        self.secrets.pop(checked_name(name), None)

    def _answer(self) -> None:
        if self.is_away:
            raise Unavailable("away")


class Crash(BaseException):
    """The power went. Not an ``Exception``, so that nothing in the product can swallow it."""


@contextmanager
def crash_at(point: str, *, times: int = 1) -> Iterator[None]:
    """Cut the power when a named point is reached for the ``times``-th time."""
    reached = 0

    def strike(name: str) -> None:
        nonlocal reached
        reached += name == point
        if name == point and reached == times:
            raise Crash(point)

    remove = faults.install(strike)
    try:
        yield
    finally:
        remove()


@dataclass
class Kiosk:
    """A kiosk's parts. ``start`` opens them again on the same folder, as after a restart or a power cut."""

    folder: Path
    clock: FakeClock
    cloud: ScriptedCloud
    direction: Direction = Direction.ENTRY
    reserve: int = RESERVE
    secrets: FakeSecretStore = field(default_factory=FakeSecretStore)
    store: Store = field(init=False)
    contact: Contact = field(init=False)
    door: Door = field(init=False)
    pusher: Pusher = field(init=False)
    puller: Puller = field(init=False)

    def __post_init__(self) -> None:
        put_keys(self.secrets, KIOSK, DEVICE_KEYS)
        self.start()

    def start(self) -> "Kiosk":
        self.store = open_store(self.folder, self.clock, reserve_size=self.reserve)
        self.store.events.ensure_stream(STREAM_ID)
        self.contact = Contact()
        post = Post(
            gym_id=GYM_ID,
            gym_number=7,
            site_id=SITE_ID,
            site_name="Harbour",
            direction=self.direction,
            pepper=PEPPER,
        )
        self.door = Door(self.store, post, self.contact)
        self.pusher = Pusher(self.store, self.cloud.upload)
        self.puller = Puller(self.store, self.cloud, self.contact)
        return self

    def restart(self) -> "Kiosk":
        self.store.close()
        return self.start()

    def pull(self) -> None:
        """Until the roster is at the cloud's head."""
        _repeat(self.puller.step)

    def push(self) -> None:
        """Until nothing waits."""
        _repeat(self.pusher.step)

    def learn_time(self, at: datetime | None = None, round_trip: timedelta = timedelta(milliseconds=20)) -> None:
        """An answer with the server's time arrived, by default with that of the wall clock."""
        self.store.timekeeper.take((at or self.clock.wall) - round_trip / 2, round_trip)

    def scan(self, code: Code) -> Verdict:
        """A presentation of its own, which must be written down."""
        self.clock.advance(4)
        verdict = self.door.scan(code)
        assert isinstance(verdict, Verdict), verdict
        return verdict

    def answer(self, code: Code) -> Verdict | NotRecorded | None:
        return self.door.scan(code)

    def events(self) -> list[EventRecord]:
        """Everything in the log, oldest first."""
        with self.store.database.read() as connection:
            rows = connection.execute("SELECT body FROM event ORDER BY seq").fetchall()
        return [EventRecord.model_validate_json(body) for (body,) in rows]

    @property
    def unsent(self) -> int:
        return self.store.outbox.state().unsent


def a_kiosk(
    folder: Path, gym: SmallGym | None = None, *, direction: Direction = Direction.ENTRY, reserve: int = RESERVE
) -> Kiosk:
    """An enrolled kiosk that has its roster and knows the time: noon."""
    kiosk = Kiosk(folder, FakeClock(), ScriptedCloud(gym or SmallGym()), direction, reserve)
    kiosk.learn_time()
    kiosk.pull()
    return kiosk


def an_identity(**changes) -> Identity:
    facts = {
        "base_url": "https://cloud.test",
        "certificate": None,
        "device_id": DEVICE_ID,
        "device_name": "Front door",
        "gym_id": GYM_ID,
        "gym_number": 7,
        "gym_name": "Berg Gyms",
        "site_id": SITE_ID,
        "site_name": "Harbour",
        "direction": Direction.ENTRY,
        "public_key": DEVICE_KEYS.public_key,
        "gym_public_key": GYM_KEY.public_key().public_bytes_raw(),
        "stream_id": STREAM_ID,
        "secret_store": "file",
        "enrolled_at": NOON - timedelta(days=1),
    }
    return Identity(**{**facts, **changes})


def an_enrolment(**changes) -> Enrolment:
    facts = {
        "device_id": DEVICE_ID,
        "device_name": "Front door",
        "stream_id": an_id(),
        "gym_id": GYM_ID,
        "gym_number": 7,
        "gym_name": "Berg Gyms",
        "site_id": SITE_ID,
        "site_name": "Harbour",
        "direction": Direction.ENTRY,
        "pepper": PEPPER,
        "site_key": bytes(16),
        "gym_public_key": bytes(32),
        "server_at": NOON,
    }
    return Enrolment(**{**facts, **changes})


def a_wipe_order(
    *,
    device_id: UUID = DEVICE_ID,
    gym_id: UUID = GYM_ID,
    ordered_at: datetime = NOON,
    key: Ed25519PrivateKey = GYM_KEY,
    **changes,
) -> WipeOrder:
    """A good order for the device of :func:`an_identity`; ``changes`` are made after it was signed."""
    message = wipe_message(gym_id=gym_id, device_id=device_id, ordered_at=ordered_at)
    order = WipeOrder(gym_id=gym_id, device_id=device_id, ordered_at=ordered_at, signature=key.sign(message))
    return order.model_copy(update=changes)


def _repeat(step) -> None:
    for _ in range(1000):
        done: Round = step()
        if done.error is not None:
            raise done.error
        if not done.more:
            return
    raise AssertionError("no end in sight")
