"""Power cuts: the kiosk's own schema, PRAGMAs and statements on a disk that forgets.

A session of the kiosk (scans, acknowledgements, quarantine, pruning, restarts) runs through apsw on
:mod:`tests.support.losing_disk`, and the power is cut at random moments of it. What is found afterwards must be exactly
the state after the last commit that returned, or after the one that was under way: nothing acknowledged is lost,
nothing is there by halves.
"""

import argparse
import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import apsw

from kiosk.store import schema
from kiosk.store.events import append_steps
from kiosk.store.instants import to_us
from shared.contracts.devices import EventRecord
from shared.domain.attendance import Outcome
from tests.support.builders import NOON, an_event_record
from tests.support.losing_disk import Disk, Image, power_cuts

FILE = "events.db"
DAY_US = 86_400 * 10**6
COMMITS = 400
"""Commits in one session: enough for the WAL to be checkpointed several times (every 1,000 pages)."""
CUTS = 250
"""Power cuts in one session."""

# apsw offers no shared memory to a VFS of our own, so WAL must be told that there is one connection.
ALONE = "PRAGMA locking_mode = EXCLUSIVE"

_TABLES = ("stream", "event", "delivery", "quarantine", "meta")


@dataclass(slots=True)
class Tally:
    """What was found after the power cuts. ``lost``: a commit that had returned is not there."""

    images: int = 0
    lost: int = 0
    corrupt: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.images + other.images, self.lost + other.lost, self.corrupt + other.corrupt)

    @property
    def is_clean(self) -> bool:
        return self.images > 0 and self.lost == self.corrupt == 0


@dataclass(frozen=True, slots=True)
class State:
    """What a commit leaves: a digest of every row, and how many events were pruned so far."""

    digest: bytes
    pruned: int


class Kiosk:
    """The kiosk's file, opened as the kiosk opens it."""

    def __init__(self, disk: Disk, pragmas: tuple[str, ...] = schema.PRAGMAS) -> None:
        self._connection = apsw.Connection(FILE, vfs=disk.name)
        self.pruned = 0
        for pragma in (ALONE, *pragmas):
            self.ask(pragma)

    def ask(self, statement: str, **facts: object) -> list[tuple]:
        return self._connection.execute(statement, facts).fetchall()

    def migrate(self) -> None:
        for statements in schema.EVENTS_MIGRATIONS:
            for statement in statements:
                self.ask(statement)

    def close(self) -> None:
        self._connection.close()

    def state(self) -> State:
        digest = hashlib.sha256()
        for table in _TABLES:
            digest.update(repr(self.ask(f"SELECT * FROM {table} ORDER BY 1")).encode())
        return State(digest.digest(), self.pruned)

    def record(self, record: EventRecord) -> None:
        """One scan: the very statements of the store, in their order."""
        [(stream_id, number)] = self.ask(schema.NEXT_NUMBER)
        for statement, facts in append_steps(record.model_copy(update={"number": number}), stream_id):
            self.ask(statement, **facts)

    def prune(self, acked_before: int) -> None:
        self.ask(schema.PRUNE, acked_before=acked_before, limit=20)
        self.pruned += self._connection.changes()

    def is_gapless(self) -> bool:
        """Whether every number given away is there, but for those pruned; (stream, number) is unique."""
        [(found, given)] = self.ask("SELECT (SELECT count(*) FROM event), (SELECT sum(next_number - 1) FROM stream)")
        return found + self.pruned == given


def a_scan(rng: random.Random, moment: int) -> EventRecord:
    """A member's scan, some hours after the first; half of them by a live code."""
    granted = rng.random() < 0.7
    at = NOON + timedelta(microseconds=moment)
    return an_event_record(
        id=UUID(bytes=rng.randbytes(16)),
        outcome=Outcome.GRANTED if granted else Outcome.DENIED,
        reason=None if granted else "membership_ended",
        lookup=rng.randbytes(16),
        code_at=at if rng.random() < 0.5 else None,
        member_id=UUID(bytes=rng.randbytes(16)),
        membership_id=UUID(bytes=rng.randbytes(16)) if granted else None,
        door_at=at,
        wall_at=at,
    )


def _acknowledge(kiosk: Kiosk, rng: random.Random, moment: int) -> None:
    for seq, *_ in kiosk.ask(schema.WAITING, limit=rng.randint(1, 30)):
        if rng.random() < 0.05:
            kiosk.ask(schema.SET_ASIDE, seq=seq, at=to_us(NOON) + moment, why="cannot be read")
        else:
            kiosk.ask(schema.ACKNOWLEDGE, seq=seq, at=to_us(NOON) + moment, status="stored", flags="[]")


def _act(kiosk: Kiosk, rng: random.Random, moment: int) -> None:
    """One transaction's worth of what a kiosk does."""
    action = rng.choices(("scan", "acknowledge", "prune", "again", "stream"), (80, 10, 5, 1, 1))[0]
    if action == "scan":
        kiosk.record(a_scan(rng, moment))
    elif action == "acknowledge":
        _acknowledge(kiosk, rng, moment)
    elif action == "prune":
        kiosk.prune(to_us(NOON) + moment - 40 * DAY_US)
    elif action == "again":
        kiosk.ask(schema.SEND_ALL_AGAIN)
        kiosk.ask(schema.RELEASE_ALL)
    else:
        kiosk.ask(schema.CLOSE_STREAM)
        kiosk.ask(schema.OPEN_STREAM, id=rng.randbytes(16))


def _commit(kiosk: Kiosk, disk: Disk, states: list[State]) -> None:
    """Note the state that is about to be committed, and mark it as relied on once the commit has returned."""
    states.append(kiosk.state())
    kiosk.ask(schema.COMMIT)
    disk.mark(len(states) - 1)


def live(rng: random.Random, *, pragmas: tuple[str, ...], commits: int) -> tuple[Disk, list[State]]:
    """A kiosk's life from its first start; returns its disk and the state after each commit."""
    disk, states = Disk(), []
    kiosk = Kiosk(disk, pragmas)
    kiosk.ask(schema.BEGIN_WRITE)
    kiosk.migrate()
    kiosk.ask(schema.OPEN_STREAM, id=rng.randbytes(16))
    _commit(kiosk, disk, states)
    for hour in range(commits):
        if rng.random() < 0.01:
            kiosk = _restart(kiosk, disk, pragmas)
        kiosk.ask(schema.BEGIN_WRITE)
        _act(kiosk, rng, hour * DAY_US // 4)
        _commit(kiosk, disk, states)
    return disk, states


def _restart(kiosk: Kiosk, disk: Disk, pragmas: tuple[str, ...]) -> Kiosk:
    pruned = kiosk.pruned
    kiosk.close()
    kiosk = Kiosk(disk, pragmas)
    kiosk.pruned = pruned
    return kiosk


def examine(image: Image, states: list[State], pragmas: tuple[str, ...]) -> Tally:
    """Start the kiosk again on what the power cut left."""
    if not image.marks:
        return Tally()
    relied_on = int(str(image.marks[-1]))
    try:
        kiosk = Kiosk(Disk(image.files), pragmas)
        whole = kiosk.ask("PRAGMA integrity_check") == [("ok",)] and not kiosk.ask("PRAGMA foreign_key_check")
        found = kiosk.state().digest
    except apsw.CorruptError:
        return Tally(1, corrupt=1)
    except apsw.SQLError:  # not even the tables are there
        return Tally(1, lost=1)
    allowed = [state for state in states[relied_on : relied_on + 2] if state.digest == found]
    if allowed:
        kiosk.pruned = allowed[0].pruned
        return Tally(1, corrupt=int(not (whole and _goes_on(kiosk))))
    was_once = found in {state.digest for state in states[:relied_on]}
    return Tally(1, lost=int(was_once), corrupt=int(not was_once or not whole))


def _goes_on(kiosk: Kiosk) -> bool:
    """Whether no number is missing, and the next scan gets the next one."""
    gapless = kiosk.is_gapless()
    kiosk.ask(schema.BEGIN_WRITE)
    kiosk.record(a_scan(random.Random(0), 400 * DAY_US))
    kiosk.ask(schema.COMMIT)
    return gapless and kiosk.is_gapless()


def cut_power(
    seed: int,
    *,
    pragmas: tuple[str, ...] = schema.PRAGMAS,
    commits: int = COMMITS,
    cuts: int = CUTS,
) -> Tally:
    """One session of the kiosk and its power cuts."""
    rng = random.Random(seed)
    disk, states = live(rng, pragmas=pragmas, commits=commits)
    tally = Tally()
    for image in power_cuts(disk.log, cuts, rng):
        tally += examine(image, states, pragmas)
    return tally


def sessions(images: int, seed: int) -> Iterator[Tally]:
    """As many sessions as give about that many crash images."""
    for number in range(-(-images // CUTS)):
        yield cut_power(seed * 1_000_003 + number)


def run(args: argparse.Namespace) -> bool:
    """20,000 power cuts (``args.seed``, where the campaign has one); says what was found and whether it is clean."""
    total = Tally()
    for tally in sessions(20_000, getattr(args, "seed", None) or 1):
        total += tally
    print(
        f"power loss: {total.images} crash images, {total.lost} lost an acknowledged commit, {total.corrupt} corrupt",
        flush=True,
    )
    return total.is_clean
