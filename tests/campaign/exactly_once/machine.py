"""The search: Hypothesis draws operations, the world plays them, and every call is written down to be played again."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from tests.campaign.exactly_once.grown import new_world
from tests.campaign.exactly_once.kiosk import AFTER_COMMIT, BEFORE_COMMIT
from tests.campaign.exactly_once.network import PULL_FATES, UPLOAD_FATES
from tests.campaign.exactly_once.scenario import Step
from tests.campaign.exactly_once.slots import COMPONENTS, database_kind
from tests.campaign.exactly_once.world import STAFF_ACTIONS

SEED = 7
HOUR, DAY = 3600, 86_400

_NUMBERS = st.integers(0, 2)
_PROCESSES = st.integers(0, 1)
_ANY = st.integers(0, 5)
_CALLS = st.sampled_from((0, 1, 0, 2))
_TURNS = st.sampled_from((1, 1, 3))
_MORE = st.sampled_from((0, 2, 3))
_HITS = st.sampled_from((0, 1, 2, 3))
_WIPE_POINTS = ("wipe.ordered", "wipe.keys_gone", "wipe.roster_gone", "wipe.bare", "wipe.handed_in",
                "wipe.device_key_gone", "wipe.identity_gone")  # fmt: skip
_COMMITS = (BEFORE_COMMIT, AFTER_COMMIT)


def _dies(*points: str) -> st.SearchStrategy[str | None]:
    return st.sampled_from((None, None, *points, *_COMMITS))


_SCAN_DIES = _dies("entry.before_commit", "entry.after_commit", "entry.before_light")
_PUSH_DIES = _dies("push.sent", "push.marking", *_WIPE_POINTS)
_PULL_DIES = _dies("pull.delta", "pull.snapshot_built", "pull.snapshot_swapped", "wipe.ordered")


class ExactlyOnce(RuleBasedStateMachine):
    """Every rule is one operation of the world. ``played`` holds the steps of the example that ran last.

    ``examples`` and ``steps`` count what was tried; ``found_at`` is the number of the first example that failed.
    """

    played: tuple[Step, ...] = ()
    examples = steps = 0
    found_at: int | None = None

    def __init__(self) -> None:
        super().__init__()
        kind = type(self)
        kind.examples += 1
        kind.played = ()
        self._failed = False
        self._world = new_world(SEED)

    def do(self, operation: str, **arguments: Any) -> None:
        kind = type(self)
        kind.steps += 1
        kind.played = (*kind.played, (operation, arguments))
        self._watch(lambda: getattr(self._world, operation)(**arguments))

    def teardown(self) -> None:
        try:
            if not self._failed:
                self._watch(self._world.finish)
        finally:
            self._world.close()

    def _watch(self, work: Any) -> None:
        try:
            work()
        except Exception:
            kind = type(self)
            self._failed, kind.found_at = True, kind.found_at or kind.examples
            raise

    @rule(kiosk=_NUMBERS, code=st.sampled_from(("card", "live", "again", "foreign")), member=_NUMBERS,
          after_s=st.sampled_from((4, 31, 1, HOUR)))  # fmt: skip
    def scan(self, **arguments: Any) -> None:
        self.do("scan", **arguments)

    @rule(kiosk=_NUMBERS, member=_NUMBERS, dies=_SCAN_DIES, hit=_HITS)
    def scan_and_perhaps_die(self, **arguments: Any) -> None:
        self.do("scan", **arguments)

    @rule(kiosk=_NUMBERS, turns=_TURNS)
    def push(self, **arguments: Any) -> None:
        self.do("push", **arguments)

    @rule(
        kiosk=_NUMBERS,
        scans=_MORE,
        fate=st.sampled_from((*UPLOAD_FATES, "some_later", "restored_meanwhile")),
        call=_CALLS,
        turns=_TURNS,
    )
    def push_badly(self, kiosk: int, scans: int, **arguments: Any) -> None:
        for member in range(scans):
            self.do("scan", kiosk=kiosk, member=member)
        self.do("push", kiosk=kiosk, **arguments)

    @rule(kiosk=_NUMBERS, dies=_PUSH_DIES, hit=_HITS, turns=_TURNS)
    def push_and_perhaps_die(self, **arguments: Any) -> None:
        self.do("push", **arguments)

    @rule(kiosk=_NUMBERS, turns=_TURNS)
    def pull(self, **arguments: Any) -> None:
        self.do("pull", **arguments)

    @rule(kiosk=_NUMBERS, changes=_MORE, fate=st.sampled_from(PULL_FATES), call=_CALLS, turns=_TURNS)
    def pull_badly(self, kiosk: int, changes: int, **arguments: Any) -> None:
        for member in range(changes):
            self.do("staff", action="touch", member=member)
        self.do("pull", kiosk=kiosk, **arguments)

    @rule(kiosk=_NUMBERS, changes=_MORE, dies=_PULL_DIES, hit=_HITS, turns=_TURNS)
    def pull_and_perhaps_die(self, kiosk: int, changes: int, **arguments: Any) -> None:
        for member in range(changes):
            self.do("staff", action="touch", member=member)
        self.do("pull", kiosk=kiosk, **arguments)

    @rule(kiosk=_NUMBERS, scans=_TURNS, meanwhile=st.sampled_from(("nothing", "pull", "push")))
    def scan_and_lose_the_disk(self, kiosk: int, scans: int, meanwhile: str) -> None:
        """A week-old image put back, told in one breath: by chance alone it seldom happens in this order."""
        self.do("take_image", kiosk=kiosk)
        for member in range(scans):
            self.do("scan", kiosk=kiosk, member=member)
        if meanwhile != "nothing":
            self.do(meanwhile, kiosk=kiosk)
        self.do("put_image_back", image=-1)

    @rule(kiosk=_NUMBERS, scans=_TURNS, then=st.sampled_from(("pull", "push", "lock", "wait", "nothing")),
          by_hand=st.booleans())  # fmt: skip
    def scan_and_lose_the_cloud(self, kiosk: int, scans: int, then: str, by_hand: bool) -> None:
        """A restore that takes back what was sent since the backup."""
        self.do("back_up")
        for member in range(scans):
            self.do("scan", kiosk=kiosk, member=member)
        self.do("push", kiosk=kiosk)
        self.do("restore", backup=-1, by_hand=by_hand)
        if then == "wait":
            self.do("wait", seconds=36 * DAY)
            self.do("push", kiosk=kiosk)
        elif then != "nothing":
            self.do(then, kiosk=kiosk)

    @rule(which=_ANY)
    def deliver_late(self, **arguments: Any) -> None:
        self.do("deliver_late", **arguments)

    @rule(what=st.sampled_from(("kill", "cut_power", "turn_clock", "did_not_pass")), kiosk=_NUMBERS,
          by_s=st.sampled_from((0, 3, -HOUR, 40 * DAY, -9000 * DAY)))  # fmt: skip
    def trouble_a_kiosk(self, what: str, kiosk: int, by_s: int) -> None:
        more = {"cut_power": {"skew_s": by_s}, "turn_clock": {"by_s": by_s}}.get(what, {})
        self.do(what, kiosk=kiosk, **more)

    @rule(what=st.sampled_from(("take_image", "put_image_back", "clone")), which=_ANY)
    def handle_a_disk(self, what: str, which: int) -> None:
        self.do(what, **{"kiosk" if what == "take_image" else "image": which})

    @rule(what=st.sampled_from(("back_up", "restore", "restore_by_hand", "tidy")), backup=_ANY)
    def operate(self, what: str, backup: int) -> None:
        if what.startswith("restore"):
            self.do("restore", backup=backup, by_hand=what == "restore_by_hand")
        else:
            self.do(what)

    @rule(action=st.sampled_from((*STAFF_ACTIONS, *STAFF_ACTIONS, "lock")), member=_NUMBERS)
    def staff(self, action: str, member: int) -> None:
        if action == "lock":
            self.do("lock", kiosk=member)
        else:
            self.do("staff", action=action, member=member)

    @rule(kiosk=_NUMBERS, really=st.sampled_from((*(False,) * 5, True)), dies=st.sampled_from(_WIPE_POINTS + _COMMITS),
          hit=_HITS)  # fmt: skip
    def take_a_kiosk_back(self, kiosk: int, really: bool, dies: str, hit: int) -> None:
        """A wipe, cut off somewhere. Seldom, for a kiosk that is gone meets nothing more."""
        if really:
            self.do("lock", kiosk=kiosk)
            self.do("pull", kiosk=kiosk)
            self.do("push", kiosk=kiosk, turns=5, dies=dies, hit=hit)

    @rule(seconds=st.sampled_from((61, 2 * HOUR, DAY, 20 * DAY, 36 * DAY)))
    def wait(self, **arguments: Any) -> None:
        self.do("wait", **arguments)


class OnComponents(ExactlyOnce):
    """With two processes that relay, hear and are asked, between the other rules."""

    @rule(process=_PROCESSES)
    def relay(self, **arguments: Any) -> None:
        self.do("relay", **arguments)

    @rule(process=_PROCESSES, consumer=st.sampled_from((0, 0, 1, 2)), dies=st.booleans())
    def hear(self, process: int, **arguments: Any) -> None:
        """A consumer that dies is heard again elsewhere, unless the scenario has something else befall it first."""
        self.do("hear", process=process, **arguments)

    @rule(kiosk=_NUMBERS, member=_NUMBERS, first=_PROCESSES, second=_PROCESSES, dies=st.booleans())
    def come_in_and_be_seen(self, kiosk: int, member: int, first: int, second: int, dies: bool) -> None:
        """The whole way of an event, told in one breath: by chance alone it is seldom gone to its end."""
        self.do("scan", kiosk=kiosk, member=member)
        self.do("push", kiosk=kiosk)
        self.do("relay", process=first)
        self.do("look", process=first)
        self.do("hear", process=second, consumer=0, dies=dies)
        self.do("look", process=first)
        self.do("relay", process=second)

    @rule(process=_PROCESSES)
    def look(self, **arguments: Any) -> None:
        self.do("look", **arguments)


def machine() -> type[ExactlyOnce]:
    """For what the tests' environment names."""
    return OnComponents if database_kind() == COMPONENTS else ExactlyOnce
