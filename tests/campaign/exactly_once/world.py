"""The simulated world: two kiosks (or more), a cloud, a network, and everything that may befall them.

Each operation is a method with plain arguments, so that a list of calls is a scenario. After each one the promises that
can be checked at once are checked; :meth:`World.finish` mends everything, waits for quiet and checks the rest.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from cloud_api.common.journal import Journal
from kiosk.entry.verdict import NotRecorded, Verdict
from shared.contracts.devices import WipeOrder
from shared.domain.decision import Granted
from tests.campaign.exactly_once import checks
from tests.campaign.exactly_once.clocks import KioskClock, TrueTime, seeded_chance
from tests.campaign.exactly_once.cloud import Backup, Cloud, Known
from tests.campaign.exactly_once.gym import PEOPLE, Standing, rows_of
from tests.campaign.exactly_once.history import History, Violation
from tests.campaign.exactly_once.kiosk import PULL, PUSH, DiskImage, Kiosk, Memory, watched_commits
from tests.campaign.exactly_once.network import FINE
from tests.campaign.exactly_once.quiet import become_quiet
from tests.campaign.exactly_once.slots import new_folder
from tests.campaign.exactly_once.template import enrol_in_place, template

OLDEST_BACKUP = timedelta(days=35)
"""An operator restores nothing older; acknowledged events stay on the kiosks as long."""
MOST_KIOSKS = 3
STAFF_ACTIONS: dict[str, dict[str, Any]] = {
    "touch": {},
    "block": {"blocked": True},
    "unblock": {"blocked": False},
    "revoke_card": {"card_revoked": True},
    "renew_card": {"card_revoked": False},
    "revoke_phone": {"phone_revoked": True},
    "erase": {"here": False},
    "admit": {"here": True, "blocked": False, "card_revoked": False, "phone_revoked": False},
}


class World:
    """To be closed. ``seed`` feeds ids, nonces and jitter; ``kind_of_cloud`` is what kiosks talk to.

    ``restores`` counts those of the cloud, ``restores_before`` how many there had been when an epoch began.
    """

    kind_of_cloud = Cloud

    def __init__(self, seed: int) -> None:
        made = template()
        self._opened = ExitStack()
        self.folder = new_folder("fit-world-")
        self._opened.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self._opened.enter_context(seeded_chance(seed))
        self._opened.enter_context(watched_commits())
        self.time = TrueTime()
        journal, known = Journal(self.folder / "journal.jsonl"), Known((Standing(),) * len(PEOPLE), {})
        self.cloud = self.kind_of_cloud(self.time, made.keys, journal, known, made.cloud)
        self.history = History()
        self.late: list[Callable[[], None]] = []
        self.images: list[tuple[int, DiskImage]] = []
        self.backups: list[Backup] = [self.cloud.as_first_backup()]
        self.kiosks: list[Kiosk] = []
        self.locked: set[UUID] = set()
        self.restores = 0
        self.restores_before = {self.cloud.head()[0]: 0}
        for files in made.kiosks:
            self._add_kiosk(DiskImage(files, Memory()))

    def close(self) -> None:
        for kiosk in self.kiosks:
            kiosk.close()
        self.cloud.close()
        self._opened.close()

    # at the door

    def scan(
        self,
        kiosk: int,
        *,
        member: int = 0,
        code: str = "card",
        after_s: int = 31,
        dies: str | None = None,
        hit: int = 0,
    ) -> None:
        """Show a code some seconds later: ``card``, ``live``, ``again`` (the last one shown) or ``foreign``."""
        self.time.advance(timedelta(seconds=after_s))
        machine = self._kiosk(kiosk)
        if not machine.is_running or machine.door_is_shut:
            return
        shown = machine.last_shown if code == "again" else None
        text, code, member = machine.last_shown = shown or (self._text(code, member), code, member)
        knows_all = machine.roster is not None and checks.is_current(machine.roster, self.cloud)
        verdict: Verdict | NotRecorded | None = None
        with self._working(machine), machine.dying_at(dies, hit):
            verdict = machine.scan(text)
        if isinstance(verdict, Verdict):
            checks.light_has_event(machine, verdict)
            if isinstance(verdict.decision, Granted):
                machine.last_grant = verdict.event_id
            if knows_all and code != "foreign":
                checks.verdict_fits(verdict.decision, self.cloud.known.standings[member % len(PEOPLE)], code)

    def did_not_pass(self, kiosk: int, dies: str | None = None, hit: int = 0) -> None:
        """The door's sensor takes the last check-in back."""
        machine = self._kiosk(kiosk)
        if not machine.is_running or machine.door_is_shut or machine.last_grant is None:
            return
        with self._working(machine), machine.dying_at(dies, hit):
            machine.door.did_not_pass(machine.last_grant)

    def turn_clock(self, kiosk: int, by_s: int) -> None:
        """Somebody turns the wall clock, and the kiosk notices."""
        machine = self._kiosk(kiosk)
        machine.clock.skew += timedelta(seconds=by_s)
        if machine.is_running and not machine.door_is_shut:
            with self._working(machine):
                machine.door.tick()

    # between kiosk and cloud

    def push(self, kiosk: int, **trouble: Any) -> None:
        """Some turns of a kiosk's upload loop; see :meth:`turn` for the trouble it may meet."""
        self.turn(self._kiosk(kiosk), PUSH, **trouble)

    def pull(self, kiosk: int, **trouble: Any) -> None:
        """Some turns of a kiosk's download loop."""
        self.turn(self._kiosk(kiosk), PULL, **trouble)

    def turn(
        self,
        machine: Kiosk,
        loop: str,
        *,
        turns: int = 1,
        fate: str = FINE,
        call: int = 0,
        dies: str | None = None,
        hit: int = 0,
    ) -> None:
        """Let a loop turn, with a fate for one of its calls, or until the program dies at a point."""
        if not machine.is_running:
            return
        before, was_shut = machine.roster, machine.door_is_shut
        with self._working(machine, loop, fate, call), machine.dying_at(dies, hit):
            for _ in range(turns):
                if machine.is_running:
                    machine.turn(loop)
        disturbed = machine.died or was_shut or not machine.is_running or machine.door_is_shut
        if loop == PULL and not (disturbed or machine.line.struck or machine.line.not_recognised):
            checks.made_progress(machine, before, self.cloud)

    def deliver_late(self, which: int) -> None:
        """A request that was thought lost arrives, in whatever order."""
        if self.late:
            self.late.pop(which % len(self.late))()

    # what befalls a kiosk

    def kill(self, kiosk: int) -> None:
        """The program dies between two operations."""
        self._restart(self._kiosk(kiosk))

    def cut_power(self, kiosk: int, skew_s: int) -> None:
        """The machine boots anew; its wall clock comes back off by that much."""
        self._restart(self._kiosk(kiosk), timedelta(seconds=skew_s))

    def take_image(self, kiosk: int) -> None:
        number = kiosk % len(self.kiosks)
        self.images.append((number, self.kiosks[number].image()))

    def put_image_back(self, image: int) -> None:
        """A kiosk's disk is what it was when the image was taken."""
        if not self.images:
            return
        number, disk = self.images[image % len(self.images)]
        machine = self.kiosks[number]
        before = set(machine.events)
        machine.restart(disk, skew=timedelta(0))
        self.history.note(machine.events)
        self.history.roll_back(before - self._on_disks(), self.cloud.event_ids())

    def clone(self, image: int) -> None:
        """An image is started on another machine, beside the first."""
        if self.images and len(self.kiosks) < MOST_KIOSKS:
            self._add_kiosk(self.images[image % len(self.images)][1])

    # staff and operator

    def staff(self, action: str, member: int) -> None:
        number = member % len(PEOPLE)
        old = self.cloud.known.standings[number]
        new = replace(old, **STAFF_ACTIONS[action], touched=old.touched + 1)
        rows = rows_of(PEOPLE[number], new, pepper=self.cloud.keys.pepper)
        self.cloud.put(rows, number=number, standing=new)

    def lock(self, kiosk: int) -> None:
        """Staff take a kiosk back."""
        machine = self._kiosk(kiosk)
        if machine.is_running:
            self.cloud.lock(machine.device_id)
            self.locked.add(machine.device_id)

    def back_up(self) -> None:
        self.backups.append(self.cloud.back_up())

    def restore(self, backup: int, by_hand: bool = False) -> None:
        chosen = self.backups[backup % len(self.backups)]
        if self.time.at - chosen.at > OLDEST_BACKUP:
            return
        before = self.cloud.event_ids()
        self.cloud.restore(chosen, by_hand=by_hand)
        self.restores += 1
        self.restores_before[self.cloud.head()[0]] = self.restores
        being_wiped = {event_id for machine in self.kiosks if machine.door_is_shut for event_id in machine.events}
        self.history.restore(before - self.cloud.event_ids(), being_wiped)

    def tidy(self) -> None:
        self.cloud.tidy()

    def wait(self, seconds: int) -> None:
        self.time.advance(timedelta(seconds=seconds))

    # the end

    def finish(self) -> None:
        """Mend the network, let everything become quiet, and check every promise."""
        while self.late:
            self.late.pop(0)()
        become_quiet(self)
        checks.events_arrived_once(self)
        self.check_what_was_told()
        checks.gaps_are_named(self)
        checks.rosters_agree(self)
        checks.wiped_are_bare(self)
        checks.doors_work(self)

    def check_what_was_told(self) -> None:
        checks.events_were_told_once(self)

    # what the parts of the world ask

    def let_pass(self, machine: Kiosk, *, restored: bool) -> None:
        """While a call of a kiosk is under way: a restore of the cloud or a scan, then a turn of its other loop."""
        if restored:
            self.restore(-1)
        elif not machine.door_is_shut:
            machine.scan(self._text("live", 0))
        machine.turn_of_other_loop()

    def forged_order(self, machine: Kiosk) -> WipeOrder:
        """An order that the gym never signed."""
        gym_id = self.cloud.keys.gym_id
        return WipeOrder(gym_id=gym_id, device_id=machine.device_id, ordered_at=self.time.now(), signature=bytes(64))

    def enrol_again(self, machine: Kiosk) -> None:
        """Staff enrol a kiosk that the cloud does not recognise: in place, or as another device when it has a twin."""
        twins = [other for other in self.kiosks if other is not machine and other.is_running]
        has_twin = any(twin.device_id == machine.device_id for twin in twins)
        device_id = self.cloud.new_device() if has_twin else machine.device_id
        with self._working(machine):
            machine.close()
            enrol_in_place(self.cloud, machine.folder, machine.clock, device_id)
            machine.restart()

    # inside

    def _restart(self, machine: Kiosk, skew: timedelta | None = None) -> None:
        if machine.is_running:
            with self._working(machine):
                machine.restart(skew=skew)

    def _kiosk(self, number: int) -> Kiosk:
        return self.kiosks[number % len(self.kiosks)]

    def _add_kiosk(self, disk: DiskImage) -> None:
        name = f"kiosk{len(self.kiosks)}"
        machine = Kiosk(self, name, KioskClock(self.time, name), disk)
        self.kiosks.append(machine)
        self.history.note(machine.events)

    def _on_disks(self) -> set[UUID]:
        return {event_id for machine in self.kiosks for event_id in machine.events}

    @contextmanager
    def _working(self, machine: Kiosk, loop: str = PUSH, fate: str = FINE, call: int = 0) -> Iterator[Kiosk]:
        """An operation at a kiosk: look at what it did to the disk, and whether it was allowed to."""
        before, was_gone, roster = machine.events, machine.is_gone, machine.roster
        machine.begin(loop, fate, call)
        yield machine
        machine.look_at_disk()
        self.history.note(machine.events)
        checks.roster_is_whole(machine)
        if machine.roster is not roster:
            checks.current_means_equal(machine, self.cloud)
        checks.acknowledged_rightly(machine)
        if machine.is_gone and not was_gone:
            checks.handed_in(machine, before)
            self.history.wipe(set(before))
        else:
            checks.kept_long_enough(machine, before)

    def _text(self, code: str, member: int) -> str:
        person = PEOPLE[member % len(PEOPLE)]
        match code:
            case "card":
                return person.card()
            case "live":
                return person.live_code(self.time.now(), self.cloud.keys.gym_id)
            case _:
                return f"foreign {member}"


__all__ = ["STAFF_ACTIONS", "Violation", "World"]
