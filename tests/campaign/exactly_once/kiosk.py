"""A kiosk of the simulated world: the product's parts put together as its program does, on a disk that can be copied."""

import random
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from unittest import mock
from uuid import UUID

from kiosk.enrolment.enrolling import move_in
from kiosk.enrolment.identity import Identity, find_identity
from kiosk.enrolment.keys import find_keys
from kiosk.entry.door import Door, Post
from kiosk.entry.verdict import NotRecorded, Verdict
from kiosk.store import database as store_database
from kiosk.store.contact import Contact
from kiosk.store.folder import EVENTS, Store, open_store
from kiosk.sync.backoff import Backoff
from kiosk.sync.heartbeats import Heartbeats, Vitals
from kiosk.sync.loops import PullLoop, PushLoop
from kiosk.sync.pull import Puller
from kiosk.sync.push import Pusher
from kiosk.sync.wipe import Wipe, finish_wipe
from shared import faults
from shared.contracts.devices import CameraState, EventResult, EventStatus, FeedAnswer, Snapshot
from shared.domain.ids import SiteId
from shared.secret_store.files import FileSecrets
from tests.campaign.exactly_once.clocks import KioskClock
from tests.campaign.exactly_once.cloud import Caller
from tests.campaign.exactly_once.disk import (
    Fact,
    Image,
    RosterState,
    put_image,
    read_events,
    read_roster,
    take_image,
    whole,
)
from tests.campaign.exactly_once.history import Violation
from tests.campaign.exactly_once.network import FINE, Line
from tests.campaign.exactly_once.template import DATA, RESERVE, SECRETS

if TYPE_CHECKING:
    from tests.campaign.exactly_once.world import World

BEFORE_COMMIT, AFTER_COMMIT = "db.before_commit", "db.after_commit"
"""Points of the simulation's own: around every commit of the kiosk's databases."""


PUSH, PULL = "push", "pull"


class Killed(BaseException):
    """The kiosk's process ended at a point."""


class PatientContact(Contact):
    """Contact without the wait: turns come one after the other here."""

    def wait(self, timeout_s: float) -> bool:
        return self.is_there


@dataclass(frozen=True, slots=True)
class CodeRead:
    text: str
    format: str = "QRCode"


@dataclass(frozen=True, slots=True)
class Memory:
    """What the model remembers about a disk; goes with its image.

    ``settled_at``: when the cloud's final word on an event first arrived; ``settled_by``: the last cloud that said it,
    by the number of restores before. ``tampered``: an answer to the feed had a row cut out of it since the last snapshot.
    """

    settled_at: dict[UUID, datetime] = field(default_factory=dict)
    settled_by: dict[UUID, int] = field(default_factory=dict)
    tampered: bool = False


@dataclass(frozen=True, slots=True)
class DiskImage:
    files: Image
    memory: Memory


class Kiosk:
    """One machine. ``events`` and ``roster`` are what its disk held after the last operation.

    ``is_gone``: wiped to the end. ``rosters`` are the states the roster may be in after the current operation; ``died``:
    the program was killed in it.
    """

    def __init__(self, world: "World", name: str, clock: KioskClock, disk: DiskImage) -> None:
        self.world = world
        self.name = name
        self.clock = clock
        self.memory = disk.memory
        self.device_id = UUID(int=0)
        self.last_shown: tuple[str, str, int] | None = None
        self.last_grant: UUID | None = None
        self.died = False
        self.roster: RosterState | None = None
        self.needs_snapshot = False
        self._loop = PUSH
        self._lives = 0
        self._store: Store | None = None
        self._boot(disk.files)
        self.rosters: list[RosterState | None] = [self.roster]

    # life and death

    def _boot(self, files: Image) -> None:
        """Start the program on a disk."""
        self.folder = self.world.folder / f"{self.name}-{self._lives}"
        self._lives += 1
        self.is_gone = self.door_is_shut = False
        put_image(self.folder, files)
        self._open()
        self.look_at_disk()

    def _open(self) -> None:
        """As ``kiosk.app.open_kiosk`` does."""
        data, secrets = self.folder / DATA, FileSecrets(self.folder / SECRETS)
        identity = find_identity(data)
        keys = None if identity is None else find_keys(secrets, identity.public_key)
        if identity is None and not (data / EVENTS).exists():
            self.is_gone = True
            return
        store = open_store(data, self.clock, reserve_size=RESERVE)
        if identity is None or keys is None:
            self.is_gone = finish_wipe(store, identity)
            if not self.is_gone:
                raise Violation(f"{self.name} cannot start: its keys went before its wipe was done")
            return
        self._store, self.device_id = store, identity.device_id
        move_in(store, identity)
        self._put_together(store, identity, secrets, keys.pepper or b"")

    def _put_together(self, store: Store, identity: Identity, secrets: FileSecrets, pepper: bytes) -> None:
        contact, rng = PatientContact(), random.Random(0)
        line = self.line = Line(self.world, self, Caller(identity.device_id, identity.stream_id))
        self.wipe = Wipe(store, identity, secrets, line, on_ordered=self._shut_door)
        self.door_is_shut = self.wipe.is_ordered
        self.door = Door(store, _post(identity, pepper), contact)
        heartbeats = Heartbeats(store, line, lambda: Vitals(CameraState.OK, 10.0, 0), program_version="1.0")
        self._push = PushLoop(Pusher(store, line.upload), self.wipe, contact, Backoff(rng=rng))
        puller = Puller(store, line, contact)
        self._pull = PullLoop(puller, heartbeats, self.wipe, Backoff(rng=rng), monotonic=self._monotonic)

    def _monotonic(self) -> float:
        return self.clock.boot_ns() / 1e9

    def _shut_door(self) -> None:
        self.door_is_shut = True

    def restart(self, disk: DiskImage | None = None, *, skew: timedelta | None = None) -> None:
        """Pull the plug, and start again: from what the disk held at that moment, or from another disk.

        With ``skew`` the whole machine boots, its wall clock off by that much; else only the program was killed.
        """
        files = take_image(self.folder) if disk is None else disk.files
        if disk is not None:
            self.memory = disk.memory
        self._abandon()
        if skew is not None:
            self.clock.reboot(skew)
        self._boot(files)

    def _abandon(self) -> None:
        if self._store is not None:
            with suppress(Exception):
                self._store.close()
            self._store = None

    def close(self) -> None:
        self._abandon()

    def image(self) -> DiskImage:
        old = self.memory
        memory = replace(old, settled_at=dict(old.settled_at), settled_by=dict(old.settled_by))
        return DiskImage(take_image(self.folder), memory)

    # what it does

    @property
    def is_running(self) -> bool:
        return not self.is_gone

    def scan(self, text: str) -> Verdict | NotRecorded | None:
        return self.door.scan(CodeRead(text))

    def begin(self, loop: str = PUSH, fate: str = FINE, call: int = 0) -> None:
        """An operation begins; one of a loop with a fate for one of its calls."""
        self.died = self.needs_snapshot = False
        self.rosters = [self.roster]
        self._loop = loop
        if self.is_running:
            self.line.begin(fate, call)

    def turn(self, loop: str) -> None:
        """One turn of the program's upload or download loop."""
        (self._push if loop == PUSH else self._pull).turn()
        if self.wipe.is_done:
            self.is_gone = True
            self._store = None

    def turn_of_other_loop(self) -> None:
        """What the thread beside the one at work may do meanwhile."""
        self.turn(PULL if self._loop == PUSH else PUSH)

    @property
    def must_have_roster(self) -> bool:
        """A roster goes only in a wipe."""
        return self.is_running and not self.wipe.is_ordered and any(state is not None for state in self.rosters)

    def learn_time(self, server_at: datetime, round_trip: timedelta) -> None:
        if self._store is not None:
            self._store.timekeeper.take(server_at, round_trip)

    @contextmanager
    def dying_at(self, point: str | None, hit: int) -> Iterator[None]:
        """Run a block, and kill the program when it reaches a point for the ``hit``-th time (from 0)."""
        files: Image | None = None
        left = hit

        def strike(reached: str) -> None:
            nonlocal files, left
            if reached != point or files is not None:
                return
            if left == 0:
                files = take_image(self.folder)
                raise Killed
            left -= 1

        remove = faults.install(strike)
        try:
            with suppress(Killed):
                yield
        finally:
            remove()
        if files is not None:
            self.died = True
            self._abandon()
            self._boot(files)

    # what the line tells about its answers

    def note_feed(self, answer: FeedAnswer, *, since: int) -> None:
        for state in list(self.rosters):
            if state is not None and (state.epoch, state.version) == (answer.epoch, since):
                self.rosters.append(state.after(answer))

    def note_snapshot_required(self) -> None:
        self.needs_snapshot = True

    def note_tampered(self) -> None:
        self.memory = replace(self.memory, tampered=True)

    def note_snapshot_asked(self) -> None:
        """A snapshot is for a roster that is not there, cannot be continued, or was tampered with; never for a habit."""
        if read_roster(self.folder / DATA) is not None and not (self.needs_snapshot or self.memory.tampered):
            raise Violation(f"{self.name} took a snapshot that nothing called for: the feed went wrong")

    def note_snapshot(self, snapshot: Snapshot) -> None:
        state = whole(snapshot)
        if state.checksum == snapshot.checksum:
            self.memory = replace(self.memory, tampered=False)
        self.rosters.append(state)

    def note_results(self, results: Iterable[EventResult], *, by: int) -> None:
        now = self.world.time.now()
        for result in results:
            if result.status is not EventStatus.LATER:
                self.memory.settled_at.setdefault(result.id, now)
                self.memory.settled_by[result.id] = by

    # what the model looks at

    def look_at_disk(self) -> None:
        self.events: dict[UUID, Fact] = read_events(self.folder / DATA)
        roster = read_roster(self.folder / DATA)
        if roster != self.roster:
            self.roster = roster

    def unsent(self) -> int:
        return 0 if self._store is None else self._store.outbox.state().unsent


def _post(identity: Identity, pepper: bytes) -> Post:
    return Post(
        gym_id=identity.gym_id,
        gym_number=identity.gym_number,
        site_id=SiteId(identity.site_id),
        site_name=identity.site_name,
        direction=identity.direction,
        pepper=pepper,
    )


@contextmanager
def watched_commits() -> Iterator[None]:
    """Make every commit of a kiosk's databases a point where it may die."""
    real: Callable = store_database._transaction

    @contextmanager
    def watched(connection) -> Iterator[None]:
        with real(connection):
            yield
            faults.reach(BEFORE_COMMIT)
        faults.reach(AFTER_COMMIT)

    with mock.patch.object(store_database, "_transaction", watched):
        yield
