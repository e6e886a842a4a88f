"""The wipe: only the gym's signed order for this device, in safe steps, and the events are handed in first."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.enrolment.identity import find_identity, save_identity
from kiosk.enrolment.keys import KIOSK, NEXT, find_keys, put_keys
from kiosk.store.meta import WIPE
from kiosk.sync.wipe import Wipe, finish_wipe
from shared import faults
from shared.client.errors import DeviceRevoked, NotRecognised, ServerFailed
from shared.contracts.devices import EventStatus, EventUpload
from shared.errors import Unavailable
from shared.passtoken.signing import is_signed, salvage_message
from shared.secret_store.port import read_only
from tests.support.builders import NOON, an_id, days
from tests.support.kiosk import DEVICE_ID, DEVICE_KEYS, Crash, a_kiosk, a_wipe_order, an_identity, crash_at
from tests.support.small_gym import SmallGym, a_person

POINTS = (
    "wipe.ordered",
    "wipe.keys_gone",
    "wipe.roster_gone",
    "wipe.bare",
    "push.sent",
    "push.marking",
    "wipe.handed_in",
    "wipe.device_key_gone",
    "wipe.identity_gone",
)


@pytest.fixture
def nora():
    return a_person()


@pytest.fixture
def kiosk(tmp_path, nora):
    kiosk = a_kiosk(tmp_path, SmallGym(nora))
    save_identity(tmp_path, an_identity())
    kiosk.scan(nora.card)
    kiosk.push()
    for _ in range(3):
        kiosk.clock.advance(60)
        kiosk.scan(nora.card)
    yield kiosk
    kiosk.store.close()


def a_wipe(kiosk, **changes):
    return Wipe(kiosk.store, an_identity(**changes), kiosk.secrets, kiosk.cloud)


def carry_out(wipe):
    rounds = []
    while not wipe.is_done and len(rounds) < 50:
        rounds.append(wipe.step())
    return rounds


def obey(wipe):
    wipe.accept(a_wipe_order())
    return carry_out(wipe)


def untouched(kiosk):
    return (
        kiosk.store.roster.head is not None
        and find_keys(kiosk.secrets, DEVICE_KEYS.public_key) == DEVICE_KEYS
        and find_identity(kiosk.folder) == an_identity()
        and len(kiosk.events()) == 4
    )


@pytest.mark.parametrize(
    "order",
    [
        a_wipe_order(device_id=an_id()),
        a_wipe_order(gym_id=an_id()),
        a_wipe_order(key=Ed25519PrivateKey.generate()),
        a_wipe_order(signature=b""),
        a_wipe_order(signature=bytes(64)),
        a_wipe_order(device_id=an_id()).model_copy(update={"device_id": DEVICE_ID}),
        a_wipe_order(ordered_at=NOON + days(1)).model_copy(update={"ordered_at": NOON}),
        a_wipe_order(ordered_at=NOON - days(2)),
    ],
    ids=["other device", "other gym", "other key", "unsigned", "zeros", "renamed", "redated", "before the enrolment"],
)
def test_an_order_that_is_not_the_gyms_for_this_device_does_nothing(kiosk, order):
    wipe = a_wipe(kiosk)
    assert not wipe.accept(order)
    assert not wipe.is_ordered
    assert wipe.step().done == 0
    assert untouched(kiosk)
    assert not a_wipe(kiosk.restart()).is_ordered


@pytest.mark.parametrize(
    "error",
    [Unavailable("portal"), ServerFailed("500"), NotRecognised("401", code="x"), NotRecognised("404", code="y")],
)
def test_no_other_answer_ever_wipes(kiosk, error):
    for call in ("feed", "upload", "hint", "heartbeat"):
        kiosk.cloud.fail(call, *[error] * 5)
    for _ in range(5):
        assert kiosk.pusher.step().wipe is None
        assert kiosk.puller.step().wipe is None
        assert kiosk.puller.listen().wipe is None
    assert untouched(kiosk)


def test_a_revoked_device_hears_its_order_in_every_call(kiosk):
    order = a_wipe_order()
    for call in ("feed", "upload", "hint"):
        kiosk.cloud.fail(call, DeviceRevoked("revoked", wipe_order=order))
    assert kiosk.pusher.step().wipe == order
    assert kiosk.puller.step().wipe == order
    assert kiosk.puller.listen().wipe == order


def test_a_wipe_deletes_keys_and_roster_hands_in_the_events_and_goes(kiosk):
    kept = {event.id for event in kiosk.events()}  # an acknowledged one among them: the cloud may have been restored
    told = []
    wipe = Wipe(kiosk.store, an_identity(), kiosk.secrets, kiosk.cloud, on_ordered=lambda: told.append(True))
    assert wipe.accept(a_wipe_order())
    assert wipe.accept(a_wipe_order())
    assert told == [True]
    carry_out(wipe)
    assert wipe.is_done
    assert kiosk.secrets.secrets == {}
    assert list(kiosk.folder.iterdir()) == []
    handed_in = [
        event.id for call in kiosk.cloud.salvaged for event in EventUpload.model_validate_json(call.payload).events
    ]
    assert set(handed_in) == kept
    assert len(handed_in) == len(kept)
    for call in kiosk.cloud.salvaged:
        assert is_signed(DEVICE_KEYS.public_key, salvage_message(DEVICE_ID, call.payload), call.signature)


def test_keys_and_roster_go_before_any_contact_and_the_device_key_stays(kiosk):
    kiosk.cloud.fail("salvage", *[Unavailable("no line")] * 100)
    put_keys(kiosk.secrets, NEXT, DEVICE_KEYS)
    wipe = a_wipe(kiosk)
    wipe.accept(a_wipe_order())
    carry_out(wipe)
    assert not wipe.is_done
    left = find_keys(kiosk.secrets, DEVICE_KEYS.public_key)
    assert (left.device_key, left.pepper, left.site_key) == (DEVICE_KEYS.device_key, None, None)
    assert list(kiosk.secrets.secrets) == [KIOSK]
    assert kiosk.store.roster.head is None
    assert list(kiosk.folder.glob("roster*")) == []
    assert len(kiosk.events()) == 4
    kiosk.cloud.before.clear()
    carry_out(wipe)
    assert wipe.is_done


def test_nothing_is_deleted_while_an_event_waits(kiosk):
    stuck = kiosk.events()[2].id
    kiosk.cloud.status_of = lambda event_id: EventStatus.LATER if event_id == stuck else None
    wipe = a_wipe(kiosk)
    wipe.accept(a_wipe_order())
    carry_out(wipe)
    assert not wipe.is_done
    assert kiosk.unsent == 1
    kiosk.cloud.status_of = lambda _event_id: None
    kiosk.clock.advance(timedelta(hours=2))
    carry_out(wipe)
    assert wipe.is_done


@pytest.mark.parametrize("point", POINTS)
def test_a_power_cut_at_any_step_is_no_way_out(kiosk, point):
    unsent = {event.id for event in kiosk.events()[1:]}
    with crash_at(point), pytest.raises(Crash):
        obey(a_wipe(kiosk))
    kiosk.start()
    identity = find_identity(kiosk.folder)
    if identity is None or find_keys(kiosk.secrets, identity.public_key) is None:
        assert finish_wipe(kiosk.store, identity)
    else:
        again = a_wipe(kiosk)
        assert again.is_ordered
        carry_out(again)
        assert again.is_done
    assert kiosk.secrets.secrets == {}
    assert list(kiosk.folder.iterdir()) == []
    assert unsent <= set(kiosk.cloud.events)


def test_a_start_without_identity_wipes_nothing_by_itself(kiosk):
    assert not finish_wipe(kiosk.store, None)
    assert untouched(kiosk)


def test_a_wipe_of_an_earlier_enrolment_is_not_ended_in_a_later_one(kiosk):
    kiosk.store.meta.set({WIPE: '{"stage": "handed_in", "ordered_at": 1000}'})
    assert not finish_wipe(kiosk.store, an_identity())
    assert untouched(kiosk)


def test_a_device_that_was_enrolled_again_is_not_wiped_by_the_old_order(kiosk):
    kiosk.cloud.fail("salvage", *[Unavailable("no line")] * 100)
    wipe = a_wipe(kiosk)
    wipe.accept(a_wipe_order())
    carry_out(wipe)
    again = a_wipe(kiosk, enrolled_at=NOON + timedelta(hours=1))
    assert not again.is_ordered
    assert not again.accept(a_wipe_order())
    assert again.accept(a_wipe_order(ordered_at=NOON + timedelta(hours=2)))


def test_a_roster_on_its_way_is_not_taken_after_the_order(kiosk):
    """The pull thread has its snapshot already when the order comes over the other line."""
    wipe = a_wipe(kiosk)
    kiosk.cloud.gym.epoch = an_id()

    def strike(point):
        if point == "pull.snapshot_built":
            wipe.accept(a_wipe_order())
            wipe.step()

    remove = faults.install(strike)
    try:
        kiosk.puller.step()
    finally:
        remove()
    assert kiosk.store.roster.head is None
    assert list(kiosk.folder.glob("roster*")) == []


def test_credentials_that_only_systemd_can_delete_do_not_stop_a_wipe(kiosk, caplog):
    def refuse(*_args):
        raise read_only("The credential fit-kiosk-kiosk")

    kiosk.secrets.put = kiosk.secrets.delete = refuse
    wipe = a_wipe(kiosk)
    wipe.accept(a_wipe_order())
    carry_out(wipe)
    assert wipe.is_done
    assert "Remove it from the service's unit" in caplog.text
