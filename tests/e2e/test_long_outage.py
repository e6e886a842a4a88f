"""Forty days without contact, with clocks of the test's own: the same parts, the same HTTP, no sockets."""

from datetime import timedelta

import pytest

from cloud_api.common.tables import RosterHead
from cloud_api.operate.housekeeping import tidy
from kiosk.enrolment.enrolling import become
from kiosk.enrolment.pairing import parse_pairing
from kiosk.store.folder import open_store
from shared.client.devices import enrol
from shared.client.transport import Transport
from shared.domain.roles import Group
from shared.secret_store.files import FileSecrets
from tests.support.builders import NOON
from tests.support.cloud import a_gym
from tests.support.kiosk_driver import Kiosk

DAYS = 40


@pytest.fixture
def gym(tmp_path):
    with a_gym(tmp_path) as gym:
        yield gym


def _kiosk(gym, folder) -> Kiosk:
    """An enrolled kiosk whose clocks are the gym's."""
    store = open_store(folder / "data", gym.clock, reserve_size=2**20)
    new = {"site_id": str(gym.site_id), "name": "Front door"}
    pairing = parse_pairing(gym.owner.post("/v1/devices", json=new).json()["pairing"])
    become(
        lambda request: enrol(Transport(gym.client()), request),
        pairing=pairing,
        certificate=None,
        store=store,
        secrets=FileSecrets(folder / "secrets"),
        program_version="test",
    )
    return Kiosk(folder, store, lambda _identity: gym.client())


def _member_with_card(gym) -> tuple[str, str, str]:
    """Ids of a member paid for a year and of the card, and its text."""
    plan = {"name": "Year", "months": 12, "price_minor": 349_900, "currency": "DKK"}
    plan_id = gym.owner.post("/v1/plans", json=plan).json()["id"]
    member = {"given_name": "Nora", "home_site_id": str(gym.site_id)}
    member_id = gym.owner.post("/v1/members", json=member).json()["id"]
    gym.owner.post(f"/v1/members/{member_id}/memberships", json={"plan_id": plan_id}).raise_for_status()
    card = gym.owner.post(f"/v1/members/{member_id}/cards", json={}).json()
    return member_id, card["member_pass"]["id"], card["code"]["text"]


def test_a_kiosk_forty_days_offline_comes_back_by_itself_with_its_queue(gym, tmp_path):
    _, pass_id, card = _member_with_card(gym)
    leaver, _, _ = _member_with_card(gym)
    kiosk = _kiosk(gym, tmp_path / "kiosk")
    synced = kiosk.sync()
    assert (synced["pull"], synced["push"]) == (None, None)

    verdicts = [_a_day_later(gym, kiosk, card) for _ in range(DAYS - 1)]
    reasons = [item["reason"] for item in verdicts]
    assert reasons == [None] * 2 + ["roster_too_old"] * (DAYS - 3)  # from 72 hours on, by the owner's policy
    gym.clock.at -= timedelta(days=DAYS - 3)
    owner = gym.client_of(Group.OWNER)
    assert owner.post(f"/v1/passes/{pass_id}/revoke").is_success
    assert owner.delete(f"/v1/members/{leaver}").is_success  # leaves a tombstone ...
    gym.clock.at += timedelta(days=DAYS - 3)
    tidy(gym.cloud)  # ... which is gone when the kiosk comes back
    verdicts.append(_a_day_later(gym, kiosk, card))

    assert kiosk.puller.step().snapshot
    state = kiosk.sync()
    assert (state["pull"], state["push"], state["unsent"], state["last_number"]) == (None, None, 0, DAYS)
    gym.dispatch()
    owner = gym.client_of(Group.OWNER)
    found = owner.get("/v1/attendance", params={"limit": 200}).json()["items"]
    assert [item["id"] for item in found] == [item["event_id"] for item in verdicts]
    assert [item["at"][:10] for item in found] == [str((NOON + timedelta(days=n + 1)).date()) for n in range(DAYS)]
    with gym.cloud.database.reading() as session:
        head = session.get_one(RosterHead, gym.site_id)
    assert state["roster"] == [str(head.epoch), head.version, str(head.checksum)]
    gym.clock.advance(timedelta(minutes=1))
    assert kiosk.scan("QRCode", card)["reason"] == "pass_revoked"


def _a_day_later(gym, kiosk: Kiosk, card: str) -> dict:
    gym.clock.advance(timedelta(days=1))
    return kiosk.scan("QRCode", card)
