"""The way to the lock: the gym's own program, run once for each opening, and orders that count once and now."""

import threading
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.door.relay import Relay
from kiosk.entry.verdict import NotRecorded, Timings, Verdict, opens
from kiosk.sync.opening import Orders
from shared.contracts.devices import DoorState, OpenOrder
from shared.domain.decision import DenialReason, Denied, Granted
from shared.domain.time import TimeQuality
from shared.errors import Unavailable
from shared.passtoken.signing import open_message
from tests.support.builders import NOON, an_id
from tests.support.servers.base import wait_until

GYM_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@pytest.fixture
def relay(request):
    """Started with the command of the test's marker."""
    made = []

    def make(*command, **options):
        relay = Relay(command, **options)
        relay.start()
        made.append(relay)
        return relay

    yield make
    for each in made:
        each.stop()


def heard(relay):
    """Open, and wait for what the door's thread says."""
    told, said = threading.Event(), []
    relay.open(lambda opened: (said.append(opened), told.set()))
    assert told.wait(30)
    return said[0]


def test_the_program_runs_once_for_each_opening(relay, tmp_path):
    log = tmp_path / "opened"
    door = relay("sh", "-c", f"echo x >> {log}")
    assert [heard(door), heard(door)] == [True, True]
    assert log.read_text() == "x\nx\n"
    assert door.state is DoorState.READY


@pytest.mark.parametrize("command", [["false"], ["/no/such/program"]])
def test_a_program_that_fails_is_told_and_the_next_success_mends_it(relay, tmp_path, command):
    door = relay(*command)
    assert heard(door) is False
    assert door.state is DoorState.FAILED
    switch = tmp_path / "on"
    door = relay("test", "-e", str(switch))
    assert heard(door) is False
    switch.touch()
    assert heard(door) is True
    assert door.state is DoorState.READY


def test_a_program_that_hangs_is_ended_and_holds_up_nobody(relay):
    door = relay("sleep", "600", runs_at_most_s=0.2)
    assert heard(door) is False


def test_an_opening_that_waited_too_long_is_dropped(relay, tmp_path):
    log, gate, now = tmp_path / "opened", tmp_path / "gate", [0.0]
    door = relay("sh", "-c", f"echo x >> {log}; until [ -e {gate} ]; do :; done", monotonic=lambda: now[0])
    said, done = [], threading.Event()
    door.open(said.append)
    door.open(lambda opened: (said.append(opened), done.set()))
    wait_until(log.exists, "the first one never ran")
    now[0] = 2.5  # while the first one runs
    gate.touch()
    assert done.wait(30)
    assert said == [True, False]
    assert log.read_text() == "x\n"


def test_without_a_command_there_is_no_door(relay):
    door = relay()
    assert door.state is DoorState.NONE
    assert heard(door) is False


def test_only_who_is_let_in_now_opens_it():
    timings = Timings(0, 0)

    def verdict(decision):
        return Verdict(decision, None, None, None, None, False, timings)

    assert opens(verdict(Granted()))
    assert not opens(verdict(Denied(DenialReason.PASS_REVOKED)))
    assert opens(NotRecorded(opens=True, site=None, offline=False))
    assert not opens(NotRecorded(opens=False, site=None, offline=False))


class Door:
    def __init__(self):
        self.opened = 0

    def open(self, told):
        self.opened += 1
        told(True)


class Kiosk:
    """Who the kiosk is and what time it is there, as far as an order asks."""

    gym_id, device_id = an_id(1), an_id(2)
    gym_public_key = GYM_KEY.public_key().public_bytes_raw()

    def __init__(self):
        self.door, self.quality, self.at = Door(), TimeQuality.SYNCED, NOON
        self.reports = []
        self.orders = Orders(self.door, self, self._look, self._report)

    def _look(self):
        time = type("Time", (), {"at": self.at, "quality": self.quality})
        return type("Look", (), {"door": time})

    def _report(self, order_id, opened):
        self.reports.append((order_id, opened))
        raise Unavailable("the line is cut")


def an_order(**changes):
    facts = {"id": an_id(), "gym_id": Kiosk.gym_id, "device_id": Kiosk.device_id, "ordered_at": NOON, **changes}
    message = open_message(
        gym_id=facts["gym_id"],
        device_id=facts["device_id"],
        order_id=facts["id"],
        ordered_at=facts["ordered_at"],
    )
    return OpenOrder(**{"signature": GYM_KEY.sign(message), **facts})


def test_an_order_opens_once_and_a_lost_report_costs_nothing():
    kiosk, order = Kiosk(), an_order()
    kiosk.orders.take(order)
    kiosk.orders.take(order)
    assert kiosk.door.opened == 1
    assert kiosk.reports == [(order.id, True), (order.id, False)]


@pytest.mark.parametrize("late_s", [-2, 0, 10])
def test_an_order_counts_for_ten_seconds(late_s):
    kiosk = Kiosk()
    kiosk.at = NOON + timedelta(seconds=late_s)
    kiosk.orders.take(an_order())
    assert kiosk.door.opened == 1


@pytest.mark.parametrize(
    "spoil",
    [
        lambda kiosk: setattr(kiosk, "at", NOON + timedelta(seconds=11)),
        lambda kiosk: setattr(kiosk, "at", NOON - timedelta(seconds=3)),
        lambda kiosk: setattr(kiosk, "quality", TimeQuality.LOST),
        lambda kiosk: setattr(kiosk, "device_id", an_id(3)),
        lambda kiosk: setattr(kiosk, "gym_id", an_id(3)),
        lambda kiosk: setattr(kiosk, "gym_public_key", Ed25519PrivateKey.generate().public_key().public_bytes_raw()),
    ],
)
def test_an_order_of_another_moment_kiosk_or_gym_opens_nothing(spoil):
    kiosk = Kiosk()
    spoil(kiosk)
    kiosk.orders.take(an_order())
    assert kiosk.door.opened == 0
    assert [opened for _, opened in kiosk.reports] == [False]


@pytest.mark.parametrize("changed", [{"id": an_id()}, {"ordered_at": NOON + timedelta(seconds=1)}])
def test_a_signature_covers_all_of_an_order(changed):
    kiosk = Kiosk()
    kiosk.orders.take(an_order().model_copy(update=changed))
    assert kiosk.door.opened == 0
