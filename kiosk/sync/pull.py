"""Download: keeps the roster at the cloud's head, whatever becomes of the upload (promises 5 and 6)."""

from collections.abc import Callable
from datetime import timedelta

from kiosk.store.contact import Contact
from kiosk.store.folder import Store
from kiosk.store.roster_file import Confirmed, Head, WrongRoster
from kiosk.sync.rounds import Round
from shared.client.devices import DeviceCloud
from shared.client.errors import SnapshotRequired
from shared.contracts.devices import OpenOrder
from shared.errors import Rejected, Unavailable

ROWS_AT_ONCE = 1000
LONGEST_WAIT = timedelta(seconds=25)


class Puller:
    """One request a step. Used by one thread. Every answered poll is contact, every failed one the loss of it."""

    def __init__(
        self,
        store: Store,
        cloud: DeviceCloud,
        contact: Contact,
        *,
        rows_at_once: int = ROWS_AT_ONCE,
        on_open: Callable[[OpenOrder], None] = lambda _: None,
    ) -> None:
        """``on_open`` gets the desk's orders to open the door."""
        self._on_open = on_open
        self._store = store
        self._roster = store.roster
        self._cloud = cloud
        self._contact = contact
        self._rows_at_once = rows_at_once
        self._examined = False

    def step(self) -> Round:
        """Take the next changes; the whole roster where there is none to continue, or where it went wrong."""
        try:
            done = self._pull()
        except (Unavailable, Rejected) as error:
            self._contact.lost()
            return Round(error=error)
        self._contact.answered()
        return done

    def listen(self, wait_s: int = int(LONGEST_WAIT.total_seconds())) -> Round:
        """Wait at the server until the roster changes. ``more``: it is elsewhere than ours; ``done``: an order came.

        A failure says nothing about contact: something in between may not bear long questions.
        """
        head = self._roster.head
        if head is None:
            return Round(more=True)
        try:
            hint = self._cloud.hint(head.epoch, head.version, wait_s)
        except (Unavailable, Rejected) as error:
            return Round(error=error)
        if hint.open is not None:
            self._on_open(hint.open)
        more = (hint.epoch, hint.version) != (head.epoch, head.version)
        return Round(more=more, done=0 if hint.open is None else 1)

    def _pull(self) -> Round:
        head = self._usable_head()
        if head is None:
            return self._take_snapshot()
        asked_ns = self._store.timekeeper.look().boot_ns
        try:
            answer = self._cloud.feed(head.epoch, head.version, self._rows_at_once)
            self._roster.apply(answer, since=head.version, confirmed=self._moment(asked_ns))
        except (SnapshotRequired, WrongRoster):
            return self._take_snapshot()
        return Round(done=len(answer.rows), more=head.version < answer.version < answer.head_version)

    def _take_snapshot(self) -> Round:
        """Build the whole roster aside, mark every event to be sent again, then swap.

        In this order, so that a crash in between costs a second snapshot and not an event: a roster that could not be
        continued may mean that the cloud was restored to a state without our latest events.

        Raises:
            Unavailable: no snapshot, or one that does not match its own checksum; the old roster stays.
        """
        asked_ns = self._store.timekeeper.look().boot_ns
        snapshot = self._cloud.snapshot()
        try:
            part = self._roster.build(snapshot, self._moment(asked_ns))
        except WrongRoster as error:
            raise Unavailable(str(error)) from error
        self._store.outbox.send_everything_again()
        self._roster.swap(part)
        self._examined = True
        return Round(done=len(snapshot.rows), more=True, snapshot=True)

    def _usable_head(self) -> Head | None:
        """The head of a roster that adds up; examined once, because bits rot while nobody looks."""
        if not self._examined and self._roster.head is not None and not self._roster.is_sound():
            return None
        self._examined = True
        return self._roster.head

    def _moment(self, asked_ns: int) -> Confirmed:
        """When the question was asked, since the answer is no older; by the time that the answer taught.

        Before the first answer after a start the door may only guess, and a guess far ahead would keep the roster young.
        """
        look = self._store.timekeeper.look()
        since = timedelta(microseconds=(look.boot_ns - asked_ns) // 1000)
        return Confirmed(look.door.at - since, asked_ns, look.boot_id)
