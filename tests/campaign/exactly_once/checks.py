"""The promises, as checks: some after each operation, the rest when everything has become quiet."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from kiosk.entry.verdict import Verdict
from shared.domain.decision import Decision, Denied, Granted, Repeat
from tests.campaign.exactly_once.cloud import Cloud
from tests.campaign.exactly_once.disk import Fact, RosterState
from tests.campaign.exactly_once.gym import PEOPLE, Standing
from tests.campaign.exactly_once.history import Violation

if TYPE_CHECKING:
    from tests.campaign.exactly_once.kiosk import Kiosk
    from tests.campaign.exactly_once.world import World

KEPT_FOR = timedelta(days=35)


# after each operation


def light_has_event(machine: "Kiosk", verdict: Verdict) -> None:
    """Promise 2: what was shown is on the disk."""
    if verdict.event_id is not None and verdict.event_id not in machine.events:
        raise Violation(f"{machine.name} showed a light for an event that is not on its disk")


def kept_long_enough(machine: "Kiosk", before: Mapping[UUID, Fact]) -> None:
    """An event leaves the disk 35 days after the cloud's word on it, or in a wipe after it was handed in."""
    now = machine.world.time.now()
    for event_id in before.keys() - machine.events.keys():
        settled_at = machine.memory.settled_at.get(event_id)
        if settled_at is None:
            raise Violation(f"{machine.name} deleted an event that the cloud never confirmed")
        if now - settled_at < KEPT_FOR and not machine.is_gone:
            raise Violation(f"{machine.name} deleted an event {now - settled_at} after its acknowledgement")


def acknowledged_rightly(machine: "Kiosk") -> None:
    """An event counts as sent only once the cloud's final word on that very event arrived.

    And after a restore that the kiosk has heard of, only once the restored cloud said so.
    """
    roster, settled_by = machine.roster, machine.memory.settled_by
    since = 0 if roster is None else machine.world.restores_before[roster.epoch]
    for event_id, fact in machine.events.items():
        if fact.is_acknowledged and settled_by.get(event_id, -1) < since:
            raise Violation(f"{machine.name} counts an event as sent of which the cloud said no such thing")


def handed_in(machine: "Kiosk", before: Mapping[UUID, Fact]) -> None:
    """A wipe deletes nothing that the cloud has not got, or had and lost by a restore while the wipe was under way."""
    missing = before.keys() - machine.world.cloud.event_ids() - machine.world.history.excused
    if missing:
        raise Violation(f"{machine.name} was wiped with {len(missing)} events that the cloud never got")


def roster_is_whole(machine: "Kiosk") -> None:
    """Rows and cursor change together, and only as an answer said: never half an answer."""
    if machine.roster in machine.rosters or (machine.roster is None and not machine.must_have_roster):
        return
    raise Violation(f"{machine.name} holds a roster that is neither the old one nor what the cloud answered")


def current_means_equal(machine: "Kiosk", cloud: Cloud) -> None:
    """Promise 5: a roster that stands where the cloud stands holds the cloud's rows, or the checksum tells."""
    roster = machine.roster
    if roster is not None and is_current(roster, cloud) and roster.rows != cloud.rows():
        raise Violation(f"{machine.name} stands where the cloud stands and holds other rows")


def made_progress(machine: "Kiosk", before: RosterState | None, cloud: Cloud) -> None:
    """Promises 5 and 6: a pull that nothing disturbed gets the next changes, whatever becomes of the upload."""
    after = machine.roster
    moved = before is not None and after is not None and after.epoch == before.epoch and after.version > before.version
    if not (moved or (after is not None and is_current(after, cloud))):
        raise Violation(f"{machine.name} pulled undisturbed and is still behind the cloud")


def verdict_fits(decision: Decision, standing: Standing, code: str) -> None:
    """A kiosk that knows the newest roster refuses who is to be refused.

    Who was let in less than 30 s ago is told "you are in" also when staff have blocked them since.
    """
    revoked = standing.card_revoked if code == "card" else standing.phone_revoked
    if not standing.here or revoked:
        wrong = not isinstance(decision, Denied)
    elif standing.blocked:
        wrong = isinstance(decision, Granted) and not decision.reopened
    else:
        wrong = False
    if wrong:
        raise Violation(f"{standing} was answered {decision}")


def is_current(roster: RosterState, cloud: Cloud) -> bool:
    return (roster.epoch, roster.version) == cloud.head()[:2]


# when all is quiet


def events_arrived_once(world: "World") -> None:
    """Promise 3: each event is in the cloud exactly once with its content, and nothing that no kiosk made."""
    stored = world.cloud.events()
    counts = Counter(event.content_id for event in stored)
    doubled = [event_id for event_id, count in counts.items() if count > 1]
    if doubled:
        raise Violation(f"{len(doubled)} events are in the cloud more than once")
    made = world.history.made
    if unmade := counts.keys() - made.keys():
        raise Violation(f"{len(unmade)} events in the cloud were made by no kiosk")
    for event in stored:
        fact = made[event.content_id]
        if (event.stream, event.number, event.body) != (fact.stream, fact.number, fact.content):
            raise Violation(f"event {event.id} is not what the kiosk wrote down")
    owed = made.keys() - world.history.excused
    owed |= {event_id for machine in world.kiosks for event_id in machine.events}
    if lost := owed - counts.keys():
        raise Violation(f"{len(lost)} events are lost: number {sorted(made[item].number for item in lost)}")


def events_were_told_once(world: "World") -> None:
    """Other services hear of each stored event once."""
    told, stored = Counter(world.cloud.published()), Counter(world.cloud.event_ids())
    if told != stored:
        raise Violation("what was told to other services is not what is stored")


def gaps_are_named(world: "World") -> None:
    """The numbers closed are those stored; every number heard of that is not stored is named as a gap."""
    numbers = defaultdict(set)
    for event in world.cloud.events():
        numbers[event.stream].add(event.number)
    closed = {}
    for stream, (high, gaps) in world.cloud.numbers().items():
        missing = {number for first, last in gaps for number in range(first, last + 1)}
        closed[stream] = set(range(1, high + 1)) - missing
        if closed[stream] != numbers[stream]:
            raise Violation(f"numbers closed {sorted(closed[stream])}, stored {sorted(numbers[stream])}")
        heard = world.cloud.known.heard.get(stream, 0)
        if heard > high:
            raise Violation(f"number {heard} was heard of, but only {high} are accounted for")


def rosters_agree(world: "World") -> None:
    """Promise 5: every kiosk has the cloud's rows, and both checksums are those of the rows."""
    rows, (epoch, version, checksum) = world.cloud.rows(), world.cloud.head()
    wanted = RosterState(epoch, version, rows)
    if wanted.checksum != checksum:
        raise Violation("the cloud's checksum is not that of its rows")
    for machine in world.kiosks:
        if machine.is_running and machine.roster != wanted:
            raise Violation(f"{machine.name} has another roster than the cloud")


def wiped_are_bare(world: "World") -> None:
    """Hard case wipe: a locked kiosk is gone to the last file, and nobody else is."""
    for machine in world.kiosks:
        if machine.is_gone:
            left = [path.name for path in machine.folder.rglob("*") if path.is_file()]
            if left:
                raise Violation(f"{machine.name} was wiped and still holds {sorted(left)}")
            never_ran = machine.device_id.int == 0  # started from an image that was all but wiped: it is nobody
            if not never_ran and machine.device_id not in world.locked:
                raise Violation(f"{machine.name} was wiped and nobody ordered it")


def doors_work(world: "World") -> None:
    """After all that, whoever may come in comes in, and nobody else."""
    world.wait(3600)
    for machine in world.kiosks:
        if not machine.is_running:
            continue
        world.turn(machine, "pull")
        for one, standing in zip(PEOPLE, world.cloud.known.standings, strict=True):
            verdict = machine.scan(one.card())
            if not isinstance(verdict, Verdict):
                raise Violation(f"{machine.name} does not answer")
            welcome = standing.here and not standing.blocked and not standing.card_revoked
            if welcome != isinstance(verdict.decision, Granted | Repeat):
                raise Violation(f"{standing} was answered {verdict.decision}")
