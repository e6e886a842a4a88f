"""The kiosk put together: the only place that names its concrete parts. No Qt here; the window listens."""

import contextlib
import fcntl
import logging
import random
from dataclasses import dataclass
from enum import Enum
from importlib.metadata import version
from pathlib import Path
from typing import IO, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from kiosk.camera import CameraState, CameraThread, FrameSource, Mailbox, open_spec
from kiosk.door.relay import Relay
from kiosk.enrolment.choosing import choose_secret_store, open_secret_store
from kiosk.enrolment.enrolling import enrol_kiosk, move_in
from kiosk.enrolment.identity import Identity, find_identity
from kiosk.enrolment.keys import Keys, find_keys
from kiosk.enrolment.pairing import parse_pairing
from kiosk.entry.door import Door, Post
from kiosk.entry.scan_loop import ScanLoop
from kiosk.entry.verdict import Answer, opens
from kiosk.scanner import Pipeline, ScannerSettings
from kiosk.scanner.second_opinion import SecondOpinion
from kiosk.settings import Settings
from kiosk.store.contact import Contact
from kiosk.store.folder import Store, open_store
from kiosk.store.timekeeper import Look
from kiosk.sync.backoff import Backoff
from kiosk.sync.heartbeats import Heartbeats, Vitals
from kiosk.sync.loops import PullLoop, PushLoop, SyncThreads, keep_reserve
from kiosk.sync.opening import Orders
from kiosk.sync.pull import Puller
from kiosk.sync.push import Pusher
from kiosk.sync.wipe import Wipe, finish_wipe
from shared.client.devices import HttpDeviceCloud
from shared.client.transport import Timeouts, Transport, open_client
from shared.contracts import devices
from shared.domain.device import Direction
from shared.domain.ids import SiteId
from shared.domain.time import Clock
from shared.errors import InvalidInput, Unavailable
from shared.secret_store.port import SecretStore

_log = logging.getLogger(__name__)
_CAMERA_ON_THE_WIRE = {
    CameraState.STARTING: devices.CameraState.NONE,
    CameraState.LIVE: devices.CameraState.OK,
    CameraState.LOST: devices.CameraState.LOST,
    CameraState.FINISHED: devices.CameraState.NONE,
    CameraState.STOPPED: devices.CameraState.NONE,
}


def program_version() -> str:
    return version("fit-monitor")


class NoKiosk(Enum):
    """Why there is nothing to run."""

    NOT_ENROLLED = "not_enrolled"
    LOCKED = "locked"  # wiped by its gym


@dataclass(frozen=True, slots=True)
class Status:
    """How the kiosk is, for its staff line and badges; made about once a second off the GUI thread."""

    look: Look
    roster_age_s: float | None
    unsent: int
    in_contact: bool
    reserve_held: bool
    zone: ZoneInfo | None


class Listener(Protocol):
    """Whoever shows what happens. Every method is called in a thread of the kiosk's and must not wait."""

    def answered(self, answer: Answer) -> None:
        """A scan was decided and written down."""

    def ticked(self, status: Status) -> None:
        """About once a second."""

    def camera_changed(self, state: CameraState, why: str) -> None: ...

    def wiped(self) -> None:
        """The gym took this kiosk back: the door is closed for good."""

    def ended(self) -> None:
        """The camera was a recording and is over."""


class Kiosk:
    """A running kiosk without its window: camera, scan loop, door, sync.

    ``start`` and ``stop`` once, by one thread that may wait. After a wipe order the scan loop ends by itself and the
    sync goes on until the last events are handed in.
    """

    def __init__(
        self,
        *,
        store: Store,
        identity: Identity,
        keys: Keys,
        secrets: SecretStore,
        settings: Settings,
        lock: IO[str],
    ) -> None:
        self._lock = lock
        self.identity = identity
        self.preview = Mailbox()
        self._store = store
        self._settings = settings
        self._contact = Contact()
        self._keys = keys
        self._camera: CameraThread | None = None
        self._camera_state = CameraState.STARTING
        self._opinion = SecondOpinion() if settings.scanner.second_opinion else None
        self._wipe = Wipe(store, identity, secrets, self._new_cloud(), on_ordered=self._close_door)
        self._door = Door(store, self._post(), self._contact)
        self._relay = Relay(settings.door)
        self._scan_loop: ScanLoop | None = None
        self._listener: Listener | None = None
        self._sync = self._new_sync()

    @property
    def direction(self) -> Direction:
        return self._settings.direction or self.identity.direction

    def look(self) -> Look:
        """What time it is at the door, and what every clock says."""
        return self._store.timekeeper.look()

    def start(self, listener: Listener, *, source: FrameSource | None = None) -> None:
        """Begin to sync, and to watch the camera unless the gym already took this kiosk back.

        ``source`` replaces the camera of the settings.

        Raises:
            ValueError: the settings name no camera.
        """
        self._listener = listener
        if self._wipe.is_ordered:
            listener.wiped()
        else:
            self._watch(source or open_spec(self._settings.camera), listener)
        self._relay.start()
        self._sync.start()

    def stop(self) -> None:
        self._contact.end()
        self._relay.stop()
        if self._camera is not None:
            self._camera.stop()
        if self._scan_loop is not None:
            self._scan_loop.stop()
        if self._listener is None or self._sync.stop():
            self._store.close()
        self._lock.close()

    def sync_now(self) -> int:
        """Instead of ``start``: take the roster's changes, send what waits, and return how much still does.

        Raises:
            FitError: what stopped it.
        """
        for step in (self._puller.step, self._pusher.step):
            done = step()
            while done.more and done.error is None:
                done = step()
            if done.error is not None:
                raise done.error
        return self._store.outbox.state().unsent

    def _watch(self, source: FrameSource, listener: Listener) -> None:
        frames = Mailbox()
        self._scan_loop = ScanLoop(
            frames,
            self._door,
            self._open_pipeline,
            on_answer=self._answered,
            on_tick=lambda: listener.ticked(self._status()),
            on_end=self._ended,
        )
        self._camera = CameraThread(source, (frames, self.preview), on_state=self._camera_changed)
        self._camera.start()
        self._scan_loop.start()

    def _answered(self, answer: Answer) -> None:
        """It is written down: light, then relay."""
        if self._listener is not None:
            self._listener.answered(answer)
        if opens(answer):
            self._relay.open()

    def _open_pipeline(self, symbologies: frozenset[str]) -> Pipeline:
        options = self._settings.scanner
        settings = ScannerSettings(linear=symbologies, budget_ms=options.budget_ms)
        return Pipeline(settings, opinion=self._opinion if symbologies else None)

    def _camera_changed(self, state: CameraState, why: str) -> None:
        self._camera_state = state
        self._pull_loop.beat_soon()
        if self._listener is not None:
            self._listener.camera_changed(state, why)

    def _ended(self) -> None:
        """The scan loop is over: a recording ended, or somebody stopped it."""
        if self._opinion is not None:
            self._opinion.close()
        if self._listener is not None and self._camera_state is CameraState.FINISHED and not self._wipe.is_ordered:
            self._listener.ended()

    def _close_door(self) -> None:
        if self._scan_loop is not None:
            self._scan_loop.stop(timeout_s=1.0)
        if self._camera is not None:
            self._camera.stop(timeout_s=1.0)
        if self._listener is not None:
            self._listener.wiped()

    def _status(self) -> Status:
        look, site = self._store.timekeeper.look(), self._door.site()
        age = self._store.roster.age(look)
        return Status(
            look=look,
            roster_age_s=None if age is None else age.total_seconds(),
            unsent=self._store.outbox.state().unsent,
            in_contact=self._contact.is_there,
            reserve_held=self._store.reserve.is_there,
            zone=None if site is None else site.zone,
        )

    def _vitals(self) -> Vitals:
        loop = self._scan_loop
        rate = 0.0 if loop is None else loop.decode_rate
        return Vitals(_CAMERA_ON_THE_WIRE[self._camera_state], rate, self._door.not_recorded, self._relay.state)

    def _post(self) -> Post:
        identity = self.identity
        return Post(
            gym_id=identity.gym_id,
            gym_number=identity.gym_number,
            site_id=SiteId(identity.site_id),
            site_name=identity.site_name,
            direction=self.direction,
            pepper=self._keys.pepper or b"",
        )

    def _report_opening(self, order_id: UUID, opened: bool) -> None:  # noqa: FBT001  # as Orders calls it
        """In the door's thread: with a client of its own, since one is of one thread."""
        cloud = self._new_cloud()
        try:
            cloud.report_opening(order_id, opened=opened)
        finally:
            cloud.close()

    def _new_cloud(self) -> HttpDeviceCloud:
        """A client of its own for each thread, so that no call waits for another."""
        settings, identity = self._settings, self.identity
        timeouts = Timeouts(settings.connect_timeout_s, settings.answer_timeout_s)
        client = open_client(identity.base_url, identity.certificate, timeouts)
        transport = Transport(client, on_server_time=self._store.timekeeper.take)
        return HttpDeviceCloud(transport, device_id=identity.device_id, sign=self._keys.sign)

    def _new_sync(self) -> SyncThreads:
        store, contact = self._store, self._contact
        pull_cloud = self._new_cloud()
        self._pusher = Pusher(store, self._new_cloud().upload)
        orders = Orders(self._relay, self.identity, self.look, self._report_opening)
        self._puller = Puller(store, pull_cloud, contact, on_open=orders.take)
        heartbeats = Heartbeats(store, pull_cloud, self._vitals, program_version=program_version())
        push = PushLoop(self._pusher, self._wipe, contact, Backoff(rng=random.Random()))
        pull = self._pull_loop = PullLoop(self._puller, heartbeats, self._wipe, Backoff(rng=random.Random()))
        turns = {"push": push.turn, "pull": pull.turn, "reserve": keep_reserve(store.reserve)}
        return SyncThreads(turns, is_over=lambda: self._wipe.is_done)


def open_kiosk(settings: Settings, clock: Clock) -> Kiosk | NoKiosk:
    """Open the data folder and put the kiosk together. May take a while (keyring, disk): not for the GUI thread.

    Raises:
        StoreFailed, Unavailable: the disk or the secret store does not answer.
        InvalidInput: a file was damaged or written by a newer program.
    """
    with contextlib.ExitStack() as undo:
        lock = undo.enter_context(hold(settings.data))
        identity = find_identity(settings.data)
        if identity is None:
            return _without_identity(settings, clock)
        kiosk = _assemble(settings, clock, identity, lock)
        if isinstance(kiosk, Kiosk):
            undo.pop_all()
        return kiosk


def _assemble(settings: Settings, clock: Clock, identity: Identity, lock: IO[str]) -> Kiosk | NoKiosk:
    secrets = open_secret_store(identity.secret_store, settings.secrets, credentials=settings.credentials)
    keys = find_keys(secrets, identity.public_key)
    store = open_store(settings.data, clock, reserve_size=settings.reserve_size)
    if keys is None:
        if finish_wipe(store, identity):
            return NoKiosk.LOCKED
        store.close()
        raise Unavailable("The secret store has lost this kiosk's keys. Enrol it again; its events are kept.")
    move_in(store, identity)
    return Kiosk(store=store, identity=identity, keys=keys, secrets=secrets, settings=settings, lock=lock)


def _without_identity(settings: Settings, clock: Clock) -> NoKiosk:
    if not (settings.data / "events.db").exists():
        return NoKiosk.NOT_ENROLLED
    store = open_store(settings.data, clock, reserve_size=settings.reserve_size)
    if finish_wipe(store, None):
        return NoKiosk.LOCKED
    store.close()
    return NoKiosk.NOT_ENROLLED


def enrol(settings: Settings, clock: Clock, pairing_text: str) -> Identity:
    """Make this machine a kiosk, or the same kiosk again. See :func:`enrol_kiosk` for the errors."""
    pairing = parse_pairing(pairing_text)
    timeouts = Timeouts(settings.connect_timeout_s, settings.answer_timeout_s)
    with hold(settings.data), contextlib.closing(open_store(settings.data, clock, reserve_size=1)) as store:
        secrets = choose_secret_store(settings.secrets)
        return enrol_kiosk(pairing, store=store, secrets=secrets, program_version=program_version(), timeouts=timeouts)


def hold(folder: Path) -> IO[str]:
    """Hold the data folder for this program, until the file returned is closed or the process ends.

    Raises:
        InvalidInput: another kiosk program uses it.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = (folder / "kiosk.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise InvalidInput(f"Another kiosk program is using {folder}.") from error
    return lock
