"""When the loops do what: who goes first after an outage, how long they wait, and that neither stops the other."""

import random
import threading

import pytest

from kiosk.sync.backoff import Backoff
from kiosk.sync.heartbeats import Heartbeats, Vitals
from kiosk.sync.loops import HEARTBEAT_EVERY_S, PUSH_EVERY_S, PullLoop, PushLoop, SyncThreads
from kiosk.sync.wipe import Wipe
from shared.client.errors import DeviceRevoked, ServerFailed
from shared.contracts.devices import CameraState, Hint, OpenOrder
from shared.errors import Unavailable
from tests.support.builders import NOON, an_id
from tests.support.kiosk import a_kiosk, a_wipe_order, an_identity
from tests.support.small_gym import SmallGym, a_person

LOST = Unavailable("the line is cut")


class HighRoller(random.Random):
    """Jitter at its top, so that a wait can be told."""

    def uniform(self, a, b):
        return b


@pytest.fixture
def nora():
    return a_person()


@pytest.fixture
def kiosk(tmp_path, nora):
    kiosk = a_kiosk(tmp_path, SmallGym(nora))
    kiosk.cloud.calls.clear()
    yield kiosk
    kiosk.store.close()


@pytest.fixture
def wipe(kiosk):
    return Wipe(kiosk.store, an_identity(), kiosk.secrets, kiosk.cloud)


@pytest.fixture
def push_loop(kiosk, wipe):
    return PushLoop(kiosk.pusher, wipe, kiosk.contact, Backoff(rng=HighRoller()))


@pytest.fixture
def pull_loop(kiosk, wipe):
    vitals = Vitals(CameraState.OK, 30.0, 0)
    beats = Heartbeats(kiosk.store, kiosk.cloud, lambda: vitals, program_version="1")
    backoff = Backoff(most_s=30, rng=HighRoller())
    return PullLoop(kiosk.puller, beats, wipe, backoff, monotonic=kiosk.clock.boot_s)


def test_the_wait_doubles_to_its_limit_and_starts_again():
    backoff = Backoff(base_s=1, most_s=20, rng=HighRoller())
    assert [backoff.after(LOST) for _ in range(7)] == [1, 2, 4, 8, 16, 20, 20]
    backoff.reset()
    assert backoff.after(LOST) == 1


def test_jitter_is_full():
    backoff = Backoff(base_s=1, most_s=64, rng=random.Random(1))
    waits = []
    for _ in range(200):
        backoff.reset()
        for _ in range(6):
            last = backoff.after(LOST)
        waits.append(last)
    assert min(waits) < 4
    assert max(waits) > 28
    assert all(0 <= wait <= 32 for wait in waits)


def test_the_servers_wish_is_kept_with_jitter_on_top_but_not_for_ever():
    backoff = Backoff(rng=HighRoller())
    assert backoff.after(Unavailable("busy", retry_after_s=30)) == 31
    assert backoff.after(Unavailable("busy", retry_after_s=10**9)) == 15 * 60 + 2


def test_events_are_sent_at_once_while_there_are_more_and_then_every_two_seconds(kiosk, nora, push_loop):
    kiosk.pusher._most = kiosk.pusher._limit = 2
    for _ in range(3):
        kiosk.clock.advance(60)
        kiosk.scan(nora.card)
    assert [push_loop.turn() for _ in range(4)] == [0, 0, PUSH_EVERY_S, PUSH_EVERY_S]
    assert kiosk.unsent == 0


def test_a_batch_the_cloud_fails_on_is_not_waited_for_like_an_outage(kiosk, nora, push_loop):
    for _ in range(2):
        kiosk.clock.advance(60)
        kiosk.scan(nora.card)
    kiosk.cloud.fail("upload", *[ServerFailed("500")] * 9)
    assert [push_loop.turn() for _ in range(6)] == [1, 2, 4, 5, 5, 5]


def test_an_outage_of_the_upload_is_waited_for_up_to_a_minute(kiosk, nora, push_loop):
    kiosk.scan(nora.card)
    kiosk.cloud.fail("upload", *[LOST] * 9)
    assert max(push_loop.turn() for _ in range(9)) == 60


def test_after_an_outage_the_upload_lets_the_roster_go_first(kiosk, nora, push_loop, pull_loop, monkeypatch):
    kiosk.scan(nora.card)
    kiosk.cloud.fail("feed", LOST)
    pull_loop.turn()
    kiosk.cloud.calls.clear()
    waits, wait = threading.Event(), kiosk.contact.wait
    monkeypatch.setattr("kiosk.sync.loops.ROSTER_FIRST_S", 30)
    monkeypatch.setattr(kiosk.contact, "wait", lambda timeout_s: (waits.set(), wait(timeout_s)))
    pushed = threading.Thread(target=push_loop.turn)
    pushed.start()
    assert waits.wait(30)
    pull_loop.turn()
    pushed.join(30)
    assert [call for call in kiosk.cloud.calls if call != "hint"] == ["heartbeat", "feed", "upload"]


def test_the_upload_does_not_wait_for_the_roster_for_ever(kiosk, nora, push_loop, monkeypatch):
    monkeypatch.setattr("kiosk.sync.loops.ROSTER_FIRST_S", 0.01)
    kiosk.scan(nora.card)
    kiosk.contact.lost()
    push_loop.turn()
    assert kiosk.unsent == 0


def test_status_and_clock_come_before_the_roster_and_then_once_a_minute(kiosk, pull_loop):
    pull_loop.turn()
    assert kiosk.cloud.calls == ["heartbeat", "feed", "hint"]
    kiosk.cloud.calls.clear()
    kiosk.clock.advance(HEARTBEAT_EVERY_S - 1)
    pull_loop.turn()
    kiosk.clock.advance(2)
    pull_loop.turn()
    assert kiosk.cloud.calls == ["feed", "hint", "heartbeat", "feed", "hint"]


def test_a_heartbeat_that_fails_does_not_stop_the_pulling(kiosk, pull_loop):
    kiosk.cloud.fail("heartbeat", ServerFailed("500"))
    pull_loop.turn()
    assert kiosk.cloud.calls == ["heartbeat", "feed", "hint"]


def test_an_unchanged_roster_is_asked_for_every_half_minute_at_the_latest(kiosk, pull_loop):
    assert pull_loop.turn() == 25  # the hint came back at once: the rest is waited here
    original = kiosk.cloud.hint

    def waits(*args):
        kiosk.clock.advance(25)
        return original(*args)

    kiosk.cloud.hint = waits
    assert pull_loop.turn() == 0


def test_a_change_is_fetched_at_once(kiosk, pull_loop):
    pull_loop.turn()
    kiosk.cloud.gym.put_policy(grace_days=3)
    kiosk.cloud.fail("feed", LOST)
    pull_loop.turn()
    kiosk.cloud.calls.clear()
    pull_loop.turn()
    assert kiosk.store.roster.head.version == kiosk.cloud.gym.version


def test_what_changed_at_the_kiosk_is_told_with_the_next_turn(kiosk, pull_loop):
    pull_loop.turn()
    kiosk.cloud.calls.clear()
    pull_loop.beat_soon()
    pull_loop.turn()
    assert kiosk.cloud.calls[0] == "heartbeat"


def test_after_an_order_to_open_it_waits_at_the_server_again_at_once(kiosk, pull_loop):
    order = OpenOrder(id=an_id(), gym_id=an_id(), device_id=an_id(), ordered_at=NOON, signature=bytes(64))
    gym, orders = kiosk.cloud.gym, []
    kiosk.puller._on_open = orders.append
    kiosk.cloud.hint = lambda *_args: Hint(epoch=gym.epoch, version=gym.version, open=order)
    pull_loop.turn()
    assert pull_loop.turn() == 0
    assert order in orders


def test_a_hint_of_a_change_that_is_not_there_does_not_spin(kiosk, pull_loop):
    gym = kiosk.cloud.gym
    kiosk.cloud.hint = lambda *_args: Hint(epoch=gym.epoch, version=gym.version + 1)
    waits = [pull_loop.turn() for _ in range(8)]
    assert waits[0] == 0
    assert sum(waits) > 10


def test_snapshot_after_snapshot_does_not_spin(kiosk, pull_loop):
    honest = kiosk.cloud.feed
    kiosk.cloud.feed = lambda *args: honest(*args).model_copy(update={"checksum": 1})
    waits = [pull_loop.turn() for _ in range(8)]
    assert waits[0] == 0
    assert sum(waits) > 30


def test_pulling_backs_off_up_to_half_a_minute(kiosk, pull_loop):
    kiosk.cloud.fail("feed", *[LOST] * 10)
    assert [pull_loop.turn() for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]


def test_a_wipe_order_ends_both_loops_and_is_carried_out(kiosk, nora, push_loop, pull_loop, wipe):
    kiosk.scan(nora.card)
    kiosk.cloud.fail("feed", DeviceRevoked("revoked", wipe_order=a_wipe_order()))
    pull_loop.turn()
    assert wipe.is_ordered
    assert pull_loop.turn() == HEARTBEAT_EVERY_S
    assert [push_loop.turn() for _ in range(5)] == [0, 0, 0, PUSH_EVERY_S, PUSH_EVERY_S]
    assert wipe.is_done
    assert "upload" not in kiosk.cloud.calls
    assert "salvage" in kiosk.cloud.calls


def test_a_bad_wipe_order_changes_nothing_but_the_wait(kiosk, nora, push_loop, wipe):
    kiosk.scan(nora.card)
    order = a_wipe_order(device_id=an_id())
    kiosk.cloud.fail("upload", DeviceRevoked("revoked", wipe_order=order))
    assert push_loop.turn() > 0
    assert not wipe.is_ordered
    push_loop.turn()
    assert kiosk.unsent == 0


def test_threads_turn_until_stopped_and_survive_an_unforeseen_error(caplog):
    turned, failed = threading.Event(), threading.Event()

    def turn():
        if not failed.is_set():
            failed.set()
            raise KeyError("a bug")
        turned.set()
        return 0.001

    threads = SyncThreads({"push": turn})
    threads.start()
    assert turned.wait(30)
    assert threads.stop()
    assert "nobody thought of" in caplog.text


def test_threads_end_when_it_is_over():
    over = threading.Event()

    def turn():
        over.set()
        return 0.0

    threads = SyncThreads({"wipe": turn}, is_over=over.is_set)
    threads.start()
    threads._threads[0].join(30)
    assert not threads._threads[0].is_alive()


def test_real_threads_bring_a_revocation_and_the_events(kiosk, nora, push_loop, pull_loop):
    kiosk.scan(nora.card)
    changed = threading.Event()
    threads = SyncThreads({"push": push_loop.turn, "pull": pull_loop.turn})
    original = kiosk.cloud.upload

    def upload(batch):
        answer = original(batch)
        changed.set()
        return answer

    kiosk.pusher._send = upload
    threads.start()
    assert changed.wait(30)
    threads._stopped.set()
    for thread in threads._threads:
        thread.join(30)
    assert len(kiosk.cloud.events) == 1
