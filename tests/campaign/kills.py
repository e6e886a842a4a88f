"""``kill -9`` at random moments: of the real kiosk while cards are held to its camera, and of the real cloud.

Both are started again on the same files, until the number of kills is reached; in between members and passes change.
At the end every event whose verdict was shown is in the cloud once, and the kiosk's roster is the cloud's.
"""

import argparse
import contextlib
import random
import shutil
import tempfile
import threading
import time
from pathlib import Path

from tests.support.live import (
    LiveGym,
    LiveKiosk,
    RealKiosk,
    assert_exactly_once,
    count_unsent,
    eventually,
    live_gym,
    stored_events,
    stored_roster,
)

MOMENTS = 500
CARDS = 120
AT_ONCE = 30
"""Cards held to the camera one after the other in one life of the kiosk."""
SHARE_OF_KIOSKS = 0.7
SHARE_AT_WORK = 0.7
LONGEST_WAIT_S, LONGEST_WAIT_FOR_ANSWER_S = 1.5, 4.0


class Siege:
    """A gym with one kiosk, and what is done to them."""

    def __init__(self, gym: LiveGym, stack: contextlib.ExitStack, folder: Path, rng: random.Random) -> None:
        self._gym = gym
        self._rng = rng
        self._cards = gym.cards(CARDS)
        parts = LiveKiosk(folder / "kiosk", stack).start()
        self._device_id = parts.enrol(gym.pairing())
        parts.sync()
        parts.kill()
        self._kiosk = RealKiosk(folder / "kiosk", stack)
        self._pause = threading.Event()
        self.killed = {"kiosk": 0, "cloud": 0}

    def run(self, moments: int) -> None:
        self._start_kiosk()
        for _ in range(moments):
            self._let_live()
            if self._rng.random() < SHARE_OF_KIOSKS:
                self._kill_kiosk()
            else:
                self._kill_cloud()

    def _let_live(self) -> None:
        """For a moment from here, or, mostly, from the next answer: a kiosk that only starts up has little to lose."""
        if self._rng.random() < SHARE_AT_WORK:
            self._kiosk.wait_for_answer(at_most_s=LONGEST_WAIT_FOR_ANSWER_S)
        self._pause.wait(self._rng.uniform(0, LONGEST_WAIT_S))

    def _start_kiosk(self, cards: int = AT_ONCE) -> None:
        for old in self._kiosk.folder.glob("pictures-*"):
            shutil.rmtree(old)
        self._kiosk.start(self._rng.sample(self._cards, cards), frames_each=5)

    def _kill_kiosk(self) -> None:
        self._kiosk.kill()
        self.killed["kiosk"] += 1
        self._start_kiosk()

    def _kill_cloud(self) -> None:
        assert self._gym.server is not None
        self._gym.server.kill()
        self.killed["cloud"] += 1
        self._gym.start()
        self._change_something()

    def _change_something(self) -> None:
        """A member joins, and sometimes a pass is revoked, so that there is always something to pull."""
        pass_id, card = self._gym.card(self._gym.member("New"))
        if self._rng.random() < 0.5:
            self._gym.call("POST", f"/v1/passes/{pass_id}/revoke")
        self._cards.append(card)

    def judge(self) -> int:
        """Wait until all is quiet, then compare; the number of events."""
        folder = self._kiosk.folder
        self._kiosk.kill()
        self._start_kiosk(cards=0)  # nobody at the door: it only syncs
        eventually(lambda: count_unsent(folder) == 0, deadline_s=120)
        eventually(lambda: stored_roster(folder) == self._gym.roster_of(self._gym.site_id), deadline_s=120)
        self._kiosk.kill()
        assert_exactly_once(self._gym, self._device_id, self._kiosk)
        assert len(self._kiosk.shown_events()) > sum(self.killed.values()) // 4, "too little happened to say anything"
        return len(stored_events(folder))


def kill(moments: int, seed: int) -> str:
    """Besiege for so many kills; what was done and seen.

    Raises:
        AssertionError: an event was lost or doubled, or the rosters differ.
    """
    with tempfile.TemporaryDirectory() as name, live_gym(Path(name)) as (gym, stack):
        siege = Siege(gym, stack, Path(name), random.Random(seed))
        siege.run(moments)
        events = siege.judge()
        done = ", ".join(f"{count} of the {what}" for what, count in siege.killed.items())
        return f"{done}; {events} events, 0 lost, 0 doubled, rosters equal"


def run(args: argparse.Namespace) -> bool:
    """500 kills at random moments (``args.seed``, where the campaign has one)."""
    started = time.perf_counter()
    try:
        done = kill(MOMENTS, getattr(args, "seed", None) or 1)
    except AssertionError as error:
        print(f"kill -9: FAILED: {error}", flush=True)
        return False
    print(f"kill -9 at {MOMENTS} random moments: {done} ({time.perf_counter() - started:.0f} s)", flush=True)
    return True
