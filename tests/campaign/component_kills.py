"""``kill -9`` of what the cloud stands on, while kiosks push: an API process, the broker, the cache, the database.

Two kiosks scan and sync without a pause against two API processes. After each kill the victim is started again on its
data. At the end every event whose verdict was shown is in the cloud once and counted once, and the rosters are equal.
"""

import contextlib
import itertools
import random
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from tests.support.components import Components, a_gym_on_components
from tests.support.live import LiveGym, LiveKiosk, assert_exactly_once, eventually

VICTIMS = ("api", "kafka", "redis", "mysql")
KILLS = 200
CARDS, PACE_S = 60, 0.1
"""Cards that go round, and how soon one follows another: each is out of sight for longer than the door remembers it."""
LONGEST_AWAY_S = 3.0


class Pusher:
    """A kiosk that does nothing but scan and sync, whatever comes back."""

    def __init__(
        self, gym: LiveGym, folder: Path, stack: contextlib.ExitStack, cards: Sequence[str], seed: int
    ) -> None:
        self.kiosk = LiveKiosk(folder, stack).start()
        self.device_id = self.kiosk.enrol(gym.pairing(folder.name))
        self.kiosk.sync()
        self.failures = 0
        self._cards = itertools.cycle(cards)
        self._rng = random.Random(seed)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._push, name=folder.name, daemon=True)
        self._thread.start()

    def _push(self) -> None:
        while not self._stopping.is_set():
            for card in itertools.islice(self._cards, self._rng.randint(1, 5)):
                self.kiosk.scan(card)
                self._stopping.wait(PACE_S)
            answer = self.kiosk.ask("sync")
            self.failures += answer is not None and (answer["pull"], answer["push"]) != (None, None)

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    @property
    def shown(self) -> int:
        return len(self.kiosk.shown)


class Siege:
    """A gym on components of its own, two kiosks that push, and what is killed meanwhile."""

    def __init__(
        self,
        gym: LiveGym,
        components: Components,
        stack: contextlib.ExitStack,
        folder: Path,
        *,
        cards: Sequence[str],
        seed: int,
    ) -> None:
        self._gym, self._components = gym, components
        self._rng = random.Random(seed)
        self._pause = threading.Event()
        self.epoch = gym.roster_of(gym.site_id)[0]
        self.pushers = [Pusher(gym, folder / f"kiosk-{n}", stack, cards, seed + n) for n in range(2)]
        self.killed: dict[str, int] = dict.fromkeys(VICTIMS, 0)

    def kill(self, victim: str) -> None:
        """Strike at a random moment while both push, and bring it back after another."""
        self._go_on(scans=2)
        self._pause.wait(self._rng.uniform(0, 1))
        self.killed[victim] += 1
        if victim == "api":
            number = self._rng.randrange(len(self._gym.ports))
            self._gym.servers[number].kill()
            self._pause.wait(self._rng.uniform(0, LONGEST_AWAY_S))
            self._gym.start_one(number)
            return
        server = self._components.all()[victim]
        server.kill()
        self._pause.wait(self._rng.uniform(0, LONGEST_AWAY_S))
        server.start()

    def _go_on(self, *, scans: int) -> None:
        """Until each kiosk has shown so many more verdicts: the door waits for nothing, whoever is dead."""
        wanted = [pusher.shown + scans for pusher in self.pushers]
        eventually(
            lambda: all(pusher.shown >= count for pusher, count in zip(self.pushers, wanted, strict=True)),
            deadline_s=120,
        )

    def judge(self) -> int:
        """Let all come to rest, then compare; the number of events.

        Raises:
            AssertionError: something was lost, doubled, not counted, or the epoch changed.
        """
        for pusher in self.pushers:
            pusher.stop()
        roster: list[object] = []
        for pusher in self.pushers:
            eventually(lambda kiosk=pusher.kiosk: _is_synced(kiosk), deadline_s=120)  # type: ignore[misc]
            state = pusher.kiosk.ask("state")
            assert state is not None
            assert (state["unsent"], state["quarantined"], state["sound"]) == (0, 0, True), state
            roster = self._gym.roster_of(self._gym.site_id)
            assert state["roster"] == roster
            assert_exactly_once(self._gym, pusher.device_id, pusher.kiosk)
        assert roster[0] == self.epoch, "a killed server is no restored one"
        return sum(pusher.shown for pusher in self.pushers)


def refused_cards(gym: LiveGym) -> list[str]:
    """Cards of members who have not paid: each showing is an event, where a second entry would be a mere repeat."""
    return [gym.card(gym.member("Unpaid", paid=False))[1] for _ in range(CARDS)]


def _is_synced(kiosk: LiveKiosk) -> bool:
    answer = kiosk.ask("sync")
    return answer is not None and (answer["pull"], answer["push"]) == (None, None)


def kill(kills: int, seed: int) -> str:
    """Besiege for so many kills, the victims in turn; what was done and seen.

    Raises:
        AssertionError: a promise was broken.
    """
    with (
        tempfile.TemporaryDirectory(prefix="fit-") as name,
        a_gym_on_components(Path(name)) as (gym, components, stack),
    ):
        siege = Siege(gym, components, stack, Path(name), cards=refused_cards(gym), seed=seed)
        for number in range(kills):
            siege.kill(VICTIMS[number % len(VICTIMS)])
        events = siege.judge()
        done = ", ".join(f"{count} of {what}" for what, count in siege.killed.items())
        failures = sum(pusher.failures for pusher in siege.pushers)
        return f"{done}; {events} events, 0 lost, 0 doubled, each counted once; {failures} syncs failed meanwhile"


def run(*, kills: int = KILLS, seed: int = 1) -> bool:
    """The campaign's form."""
    started = time.perf_counter()
    try:
        done = kill(kills, seed)
    except AssertionError as error:
        print(f"kill -9 of components: FAILED: {error}", flush=True)
        return False
    print(f"kill -9 of components: {done} ({time.perf_counter() - started:.0f} s)", flush=True)
    return True
