"""``kill -9`` at named points of the product's own code: nothing whose light was shown is lost, nothing is doubled.

The kiosk's parts and the real ``fit-cloud serve`` are processes of their own that talk over TLS. After each kill the
program is started again on the same files and syncs.
"""

from collections.abc import Iterator

import pytest

from tests.support.live import LiveGym, LiveKiosk, assert_exactly_once, live_gym
from tests.support.processes import Strike

CARDS = 4


@pytest.fixture(scope="module")
def hall(tmp_path_factory) -> Iterator[tuple[LiveGym, list[str]]]:
    """One gym for all tests of this file, and the texts of some members' cards."""
    with live_gym(tmp_path_factory.mktemp("hall")) as (gym, _):
        yield gym, gym.cards(CARDS)


def _enrolled(gym: LiveGym, tmp_path, stack, *strikes: Strike, roster: bool = True) -> tuple[LiveKiosk, str]:
    """A new kiosk with its roster, about to be struck."""
    kiosk = LiveKiosk(tmp_path / "kiosk", stack).start()
    device_id = kiosk.enrol(gym.pairing(tmp_path.name))
    if roster:
        kiosk.sync()
    return kiosk.restart(*strikes), device_id


def _assert_whole(gym: LiveGym, kiosk: LiveKiosk, device_id: str, *, events: int) -> None:
    """The kiosk, started again, syncs to the same roster, and each event is there and in the cloud once."""
    state = kiosk.sync()
    assert state["roster"] == gym.roster_of(gym.site_id)
    assert state["sound"]
    assert (state["unsent"], state["quarantined"], state["last_number"]) == (0, 0, events)
    assert_exactly_once(gym, device_id, kiosk)


@pytest.mark.parametrize(
    ("point", "on_disk"), [("entry.before_commit", 1), ("entry.after_commit", 2), ("entry.before_light", 2)]
)
def test_a_kiosk_killed_while_it_decides(hall, tmp_path, stack, point, on_disk):
    gym, cards = hall
    kiosk, device_id = _enrolled(gym, tmp_path, stack, Strike(point, nth=2))
    assert kiosk.scan(cards[0])["verdict"] == "Granted"
    assert kiosk.scan(cards[1]) is None  # no light
    kiosk.start()
    assert kiosk.scan(cards[2])["number"] == on_disk + 1
    _assert_whole(gym, kiosk, device_id, events=on_disk + 1)


@pytest.mark.parametrize("point", ["push.sent", "push.marking"])
def test_a_kiosk_killed_between_the_answer_and_its_mark(hall, tmp_path, stack, point):
    gym, cards = hall
    kiosk, device_id = _enrolled(gym, tmp_path, stack, Strike(point))
    for card in cards[:3]:
        kiosk.scan(card)
    assert kiosk.ask("push") is None
    assert len(gym.events_of(device_id)) == 3  # the cloud had them before the kiosk knew
    kiosk.start()
    assert kiosk.ask("state")["unsent"] == 3
    kiosk.scan(cards[3])
    _assert_whole(gym, kiosk, device_id, events=4)


def test_a_kiosk_killed_inside_a_delta(hall, tmp_path, stack):
    gym, cards = hall
    kiosk, device_id = _enrolled(gym, tmp_path, stack, Strike("pull.delta"))
    before = kiosk.ask("state")["roster"]
    kiosk.scan(cards[0])
    _, card = gym.card(gym.member("New"))
    assert kiosk.ask("pull") is None
    kiosk.start()
    assert kiosk.ask("state")["roster"] == before
    _assert_whole(gym, kiosk, device_id, events=1)
    assert kiosk.scan(card)["verdict"] == "Granted"


@pytest.mark.parametrize(("point", "has_roster"), [("pull.snapshot_built", False), ("pull.snapshot_swapped", True)])
def test_a_kiosk_killed_while_it_takes_its_first_snapshot(hall, tmp_path, stack, point, has_roster):
    gym, cards = hall
    kiosk, device_id = _enrolled(gym, tmp_path, stack, Strike(point), roster=False)
    assert kiosk.ask("pull") is None
    kiosk.start()
    assert (kiosk.ask("state")["roster"] is not None) is has_roster
    verdict = kiosk.scan(cards[0])
    assert verdict["verdict"] == ("Granted" if has_roster else "Denied")
    _assert_whole(gym, kiosk, device_id, events=verdict["number"])


@pytest.mark.parametrize(("point", "in_cloud"), [("ingest.before_commit", 0), ("ingest.after_commit", 3)])
def test_a_cloud_killed_while_it_takes_events_in(tmp_path, stack, point, in_cloud):
    with live_gym(tmp_path, Strike(point)) as (gym, _):
        cards = gym.cards(CARDS)
        kiosk, device_id = _enrolled(gym, tmp_path, stack)
        for card in cards[:3]:
            kiosk.scan(card)
        assert kiosk.ask("push")["error"] == "Unavailable"
        assert gym.server.wait() == -9
        gym.start()
        assert len(gym.events_of(device_id)) == in_cloud
        kiosk.scan(cards[3])
        _assert_whole(gym, kiosk, device_id, events=4)
