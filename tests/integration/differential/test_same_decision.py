"""The same facts give the same decision at the door and in the cloud (promise 7)."""

import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.domain.decision import Decision, Denied
from tests.integration.differential.doors import CloudDoor, KioskDoor, Wallet
from tests.integration.differential.world import START, World, worlds
from tests.support.cloud import Gym, StillClock, a_gym

EXAMPLES = 150


MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  # where nothing waits for a disk


@pytest.fixture(scope="module")
def gym():
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder, a_gym(Path(folder), clock=StillClock(START)) as gym:
        yield gym


def _verdicts(gym: Gym, data: st.DataObject) -> list[tuple[Decision, Decision]]:
    """What kiosk and cloud say to each scan of a generated world."""
    gym.clock.at = START
    cloud = CloudDoor(gym)
    world: World = data.draw(worlds(cloud.site_id))
    wallet = Wallet(gym, world.passes, START)
    cloud.take_in(world, wallet)
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        kiosk = KioskDoor(Path(folder), gym, cloud)
        kiosk.take_in(cloud, server_was_heard=world.server_was_heard)
        gym.clock.advance(world.roster_age)
        found = []
        for scan in world.scans:
            gym.clock.advance(scan.pause)
            answered = kiosk.scan(wallet.code(scan, gym.clock.now()))
            if answered is not None:
                decision, event = answered
                found.append((decision, cloud.judge(event)))
        kiosk.store.close()
    return found


def test_kiosk_and_cloud_say_the_same(gym):
    said: Counter[str] = Counter()

    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def compare(data: st.DataObject) -> None:
        for at_the_door, in_the_cloud in _verdicts(gym, data):
            assert in_the_cloud == at_the_door
            said[at_the_door.reason.value if isinstance(at_the_door, Denied) else "granted"] += 1

    compare()
    assert said["granted"] > 30
    assert len(said) >= 12, said  # the worlds are varied enough to mean something
