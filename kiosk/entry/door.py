"""The door: one scan in, one verdict out, written down before anything turns green (promises 1, 2 and 7)."""

import logging
import threading
from dataclasses import dataclass
from time import perf_counter
from uuid import UUID
from zoneinfo import ZoneInfo

from kiosk.entry.books import Books
from kiosk.entry.holding_up import HeldUp
from kiosk.entry.names import name_for
from kiosk.entry.noise import Noise
from kiosk.entry.presence import presence_of
from kiosk.entry.reading import CodeRead, Shown, credential_of, read_code
from kiosk.entry.records import Circumstances, Facts, jump_record, new_event_id, scan_record, void_record
from kiosk.entry.roster_view import Joined, RosterView
from kiosk.entry.verdict import NotRecorded, Timings, Verdict
from kiosk.store.contact import Contact
from kiosk.store.database import StoreFailed
from kiosk.store.folder import Store
from kiosk.store.timekeeper import Look
from shared import faults
from shared.contracts.devices import EventRecord
from shared.domain.decision import Decision, DenialReason, Denied, Granted, Repeat, decide
from shared.domain.device import Direction
from shared.domain.ids import EventId, SiteId
from shared.domain.roster import RosterTrust
from shared.domain.site import DoorWhenNotRecorded, Site

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Post:
    """Where this kiosk stands, from its enrolment. ``pepper`` is the gym's secret for lookup hashes."""

    gym_id: UUID
    gym_number: int
    site_id: SiteId
    site_name: str
    direction: Direction
    pepper: bytes


class Door:
    """Decides and records. Thread-safe, but meant for the one thread that decides.

    Scan ──▶ still held up? ──▶ look at the clocks ──▶ look up ──▶ decide ──▶ one commit ──▶ Verdict
                  │ yes: None                                  (no event for a repeat)  ╲ failed: NotRecorded
    """

    def __init__(self, store: Store, post: Post, contact: Contact) -> None:
        self._store = store
        self._post = post
        self._contact = contact
        self._view = RosterView(store.roster)
        self._held = HeldUp()
        self._noise = Noise()
        self._lock = threading.Lock()
        self._books = Books(store)

    @property
    def not_recorded(self) -> int:
        """Scans whose commit failed, ever."""
        return self._books.not_recorded

    def linear_symbologies(self) -> frozenset[str]:
        """The linear codes this gym has switched on, as the roster says now; none without a roster."""
        site = self.site()
        return frozenset() if site is None else site.policy.linear_symbologies

    def site(self) -> Site | None:
        """The site as the roster describes it now; None before there is one."""
        with self._lock:
            return self._view.rules().site

    def scan(self, read: CodeRead) -> Verdict | NotRecorded | None:
        """Answer a code in front of the reader; None while it is the one that was answered already.

        Never waits for the network, never raises for what was shown or for a full disk. When a ``Verdict`` comes back
        its event is on the disk.
        """
        started = perf_counter()
        with self._lock:
            shown = read_code(read, pepper=self._post.pepper)
            look = self._store.timekeeper.look()
            if self._held.is_answered(shown, look.boot_ns):
                return None
            verdict = self._answer(shown, look, started)
            if verdict is not None:
                self._held.note(shown, verdict, look.boot_ns)
        if isinstance(verdict, Verdict):
            faults.reach("entry.before_light")
        return verdict

    def did_not_pass(self, event_id: EventId) -> bool:
        """Take a check-in back, as the door's sensor reported it; False when that could not be written down."""
        with self._lock:
            look = self._store.timekeeper.look()
            return self._books.write(void_record(event_id, self._around(look)), look) is not None

    def tick(self) -> None:
        """To be called every second or so by the thread that decides, between scans.

        Records a wall clock that was turned, and writes what could not be written before.
        """
        with self._lock:
            look = self._store.timekeeper.look()
            jump = self._store.timekeeper.jump()
            if jump is not None:
                self._books.write(jump_record(jump, self._around(look)), look)
            self._books.catch_up()

    def _answer(self, shown: Shown, look: Look, started: float) -> Verdict | NotRecorded | None:
        joined = self._view.look_up(shown.lookup)
        site = joined.rules.site or self._bare_site()
        credential = credential_of(shown, joined, gym_id=self._post.gym_id)
        facts = Facts(new_event_id(look), shown, joined, credential)
        try:
            decision = self._decide(facts, site, look)
        except StoreFailed as error:
            _log.error("the event log cannot be read: %s", error)  # one line a scan is enough
            self._books.miss()
            return self._not_recorded(None, site)
        if isinstance(decision, Denied) and self._held.is_same_refusal(shown, decision, look.boot_ns):
            return None
        name = name_for(decision, shown, joined)
        return self._settle(facts, decision, site, look, name=name, started=started)

    def _settle(
        self, facts: Facts, decision: Decision, site: Site, look: Look, *, name: str | None, started: float
    ) -> Verdict | NotRecorded:
        """Write the decision down, then answer."""
        record = self._record_of(facts, decision, look)
        decided = perf_counter()
        written = None if record is None else self._write(record, look)
        if record is not None and written is None:
            return self._not_recorded(decision, site)
        return Verdict(
            decision=decision,
            site=site,
            name=name,
            event_id=None if written is None else EventId(written.id),
            number=None if written is None else written.number,
            offline=not self._contact.is_there,
            timings=Timings((decided - started) * 1000, (perf_counter() - decided) * 1000),
        )

    def _decide(self, facts: Facts, site: Site, look: Look) -> Decision:
        if self._post.direction is Direction.EXIT:
            return self._let_out(facts, site, look)
        shown, joined = facts.shown, facts.joined
        presence = presence_of(
            self._store.history,
            lookup=shown.lookup,
            kind=shown.kind,
            code_at=shown.code_at,
            holder=joined.holder,
            site=site,
        )
        trust = RosterTrust(self._store.roster.age(look), self._contact.is_there)
        if joined.rules.site is None:
            trust = RosterTrust(None, trust.in_contact)
        return decide(facts.credential, joined.to_entry(), site=site, presence=presence, now=look.door, trust=trust)

    def _let_out(self, facts: Facts, site: Site, look: Look) -> Decision:
        """A way out is recorded and never refused; shown twice in a moment, it is one exit."""
        last = self._store.history.last_exit(facts.shown.lookup)
        if last is not None and abs(look.door.at - last.at) < site.policy.reopen_window:
            return Repeat(last)
        return Granted()

    def _record_of(self, facts: Facts, decision: Decision, look: Look) -> EventRecord | None:
        """The event of a decision; None for a repeat, and for noise."""
        if isinstance(decision, Repeat):
            return None
        if isinstance(decision, Denied):
            nobodys = facts.joined.credential is None or decision.reason is DenialReason.BAD_SIGNATURE
            if nobodys and not self._noise.is_worth_an_event(facts.shown.lookup, decision.reason, look.boot_ns):
                return None
        return scan_record(facts, decision, self._around(look, facts.joined))

    def _write(self, record: EventRecord, look: Look) -> EventRecord | None:
        faults.reach("entry.before_commit")
        written = self._books.write(record, look)
        faults.reach("entry.after_commit")
        return written

    def _not_recorded(self, decision: Decision | None, site: Site) -> NotRecorded:
        """The way out is never shut; a way in follows the site's setting, for those who were let in."""
        by_setting = site.policy.when_not_recorded is DoorWhenNotRecorded.OPEN and isinstance(decision, Granted)
        is_exit = self._post.direction is Direction.EXIT
        return NotRecorded(opens=by_setting or is_exit, site=site, offline=not self._contact.is_there)

    def _around(self, look: Look, joined: Joined | None = None) -> Circumstances:
        head = self._store.roster.head if joined is None else joined.head
        return Circumstances(self._post.direction, look, head, None if head is None else self._store.roster.age(look))

    def _bare_site(self) -> Site:
        """The site before any roster came: enough for the rule book to say that there is none."""
        post = self._post
        return Site(post.site_id, post.gym_number, number=0, name=post.site_name, zone=ZoneInfo("UTC"))
