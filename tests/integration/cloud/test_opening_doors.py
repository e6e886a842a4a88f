"""An order to open a door reaches the kiosk that waits for it, once, within ten seconds, or nobody."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from cloud_api.devices import opening
from shared.contracts.devices import Hint, Snapshot
from shared.domain.roles import Group
from shared.passtoken.signing import is_signed, open_message
from tests.support.answers import refusal
from tests.support.builders import an_id
from tests.support.heartbeats import WELL
from tests.support.reception import Desk, ok

HINT = "/v1/devices/self/hint"


@pytest.fixture
def running(gym):
    """The gym with its background tasks."""
    with gym.loop.lifespan():
        yield gym


def beat(kiosk, **facts):
    body = WELL | {"stream_id": str(kiosk.enrolment.stream_id), "door": "ready"} | facts
    kiosk.client.post("/v1/devices/self/heartbeat", json=body).raise_for_status()


def path(kiosk):
    return f"/v1/devices/{kiosk.enrolment.device_id}/openings"


def an_order(staff, kiosk, **facts):
    return ok(staff.post(path(kiosk), json={"id": str(an_id()), **facts}))


def ask(kiosk, *, wait):
    known = Snapshot.model_validate(kiosk.client.get("/v1/devices/self/snapshot").json())
    params = {"epoch": str(known.epoch), "version": known.version, "wait": wait}
    return Hint.model_validate(kiosk.client.get(HINT, params=params, timeout=40).json())


def test_a_kiosk_that_waits_is_told_once_in_the_name_of_the_gym(running, kiosk):
    beat(kiosk)
    staff = running.client_of(Group.STAFF)
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(ask, kiosk, wait=25)
        made = an_order(staff, kiosk)
        order = waiting.result(30).open
    assert (str(order.id), order.device_id) == (made["id"], kiosk.enrolment.device_id)
    message = open_message(
        gym_id=order.gym_id, device_id=order.device_id, order_id=order.id, ordered_at=order.ordered_at
    )
    assert is_signed(kiosk.enrolment.gym_public_key, message, order.signature)
    assert ok(staff.get(f"{path(kiosk)}/{order.id}"))["state"] == "fetched"
    assert ask(kiosk, wait=0).open is None
    for opened in (True, False):
        answer = kiosk.client.post(f"/v1/devices/self/openings/{order.id}", json={"opened": opened})
        assert answer.status_code == 204
    assert ok(staff.get(f"{path(kiosk)}/{order.id}"))["state"] == "opened"
    assert Desk(running).actions("devices").count("device.open_ordered") == 1


def test_asked_again_with_its_id_it_is_the_same_order(running, kiosk):
    beat(kiosk)
    staff = running.client_of(Group.STAFF)
    made = an_order(staff, kiosk)
    assert an_order(staff, kiosk, id=made["id"]) == made
    with running.cloud.database.transaction() as session:
        assert opening.fetch(session, running.cloud.keys, kiosk.enrolment.device_id) is not None
        assert opening.fetch(session, running.cloud.keys, kiosk.enrolment.device_id) is None


def test_an_order_waits_for_nobody(running, kiosk):
    beat(kiosk)
    staff = running.client_of(Group.STAFF)
    made = an_order(staff, kiosk)
    running.clock.advance(timedelta(seconds=11))
    with running.cloud.database.transaction() as session:
        assert opening.fetch(session, running.cloud.keys, kiosk.enrolment.device_id) is None
    assert ok(staff.get(f"{path(kiosk)}/{made['id']}"))["state"] == "missed"


def test_of_several_who_ask_at_once_one_is_told(running, kiosk):
    beat(kiosk)
    an_order(running.client_of(Group.STAFF), kiosk)

    def fetch(_):
        with running.cloud.database.transaction() as session:
            return opening.fetch(session, running.cloud.keys, kiosk.enrolment.device_id)

    with ThreadPoolExecutor(4) as threads:
        told = [order for order in threads.map(fetch, range(4)) if order is not None]
    assert len(told) == 1


def test_a_kiosk_without_a_door_and_one_that_is_silent_are_told_apart(running, kiosk):
    staff, body = running.client_of(Group.STAFF), {"id": str(an_id())}
    refusal(staff.post(path(kiosk), json=body), 409, "no_door")
    beat(kiosk, door="none")
    refusal(staff.post(path(kiosk), json=body), 409, "no_door")
    beat(kiosk, door="failed")
    assert staff.post(path(kiosk), json={"id": str(an_id())}).status_code == 201
    running.clock.advance(timedelta(minutes=3))
    refusal(staff.post(path(kiosk), json=body), 409, "no_contact")
    assert staff.post(f"/v1/devices/{an_id()}/openings", json=body).status_code == 404


def test_what_another_kiosk_says_of_an_order_counts_for_nothing(running, kiosk):
    beat(kiosk)
    made = an_order(running.client_of(Group.STAFF), kiosk)
    other = running.kiosk("Side door")
    answer = other.client.post(f"/v1/devices/self/openings/{made['id']}", json={"opened": True})
    refusal(answer, 404, "opening_unknown")
