"""The promises on MySQL, Kafka and Redis with two API processes, while one of these is killed with -9."""

import pytest

from tests.campaign.component_kills import VICTIMS, Siege, refused_cards
from tests.support.components import a_gym_on_components
from tests.support.live import LiveKiosk, eventually

pytestmark = pytest.mark.xdist_group("components")  # one set of servers, in one process


@pytest.fixture(scope="module")
def hall(tmp_path_factory):
    """One gym for all tests of this file, its components, and cards to show."""
    with a_gym_on_components(tmp_path_factory.mktemp("hall")) as (gym, components, _):
        yield gym, components, refused_cards(gym)


@pytest.mark.parametrize("victim", VICTIMS)
def test_nothing_is_lost_or_doubled_when_it_is_killed(hall, stack, tmp_path, victim):
    gym, components, cards = hall
    siege = Siege(gym, components, stack, tmp_path, cards=cards, seed=VICTIMS.index(victim))
    siege.kill(victim)
    assert siege.judge() > 0


def test_while_the_broker_is_dead_a_revocation_reaches_the_door_and_events_wait(hall, stack, tmp_path):
    gym, components, _ = hall
    kiosk = LiveKiosk(tmp_path / "kiosk", stack).start()
    device_id = kiosk.enrol(gym.pairing("Side door"))
    pass_id, card = gym.card(gym.member())
    other = gym.card(gym.member())[1]
    kiosk.sync()
    components.kafka.kill()
    assert kiosk.scan(other)["verdict"] == "Granted"
    gym.call("POST", f"/v1/passes/{pass_id}/revoke")
    kiosk.sync()
    assert kiosk.scan(card)["reason"] == "pass_revoked"
    kiosk.sync()
    assert len(gym.events_of(device_id)) == 2
    assert gym.attendance_of(device_id) == []  # whoever counts has not heard of it
    components.kafka.start()
    eventually(lambda: len(gym.attendance_of(device_id)) == 2, deadline_s=60)
