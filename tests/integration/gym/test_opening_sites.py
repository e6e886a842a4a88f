"""A site that is opened beside a change for all sites: whichever comes first, the new doors know all that the old ones do."""

import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlmodel import col, select

from cloud_api.common import roster
from cloud_api.gym.tables import MemberRow
from cloud_api.qr import issuer_keys
from tests.support.builders import an_id
from tests.support.cloud import GYM_DATABASE, a_gym
from tests.support.reception import Desk, ok
from tests.support.servers import shared as servers
from tests.support.servers.base import wait_until


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """On a database server: in a file all writers queue anyway."""
    monkeypatch.setenv(GYM_DATABASE, "mysql")
    with a_gym(tmp_path) as gym:
        yield Desk(gym)


@pytest.fixture
def hall(desk):
    """A gym with what can be changed: a plan, a member on it with a card, and one with nothing yet."""
    desk.plan_id = desk.plan()
    desk.holder = desk.member(plan=desk.plan_id)
    desk.pass_id = desk.card(desk.holder)["id"]
    desk.guest = desk.member()
    desk.gym.dispatch()
    return desk


def change_plan(desk):
    draft = {"name": "Dearer", "months": 1, "price_minor": 39_900, "currency": "DKK", "renews": True}
    return ok(desk.client.put(f"/v1/plans/{desk.plan_id}", json=draft))


def rotate_keys(desk):
    with desk.gym.cloud.database.transaction() as session:
        issuer_keys.rotate(session, desk.gym.cloud.keys, compromised=False, by="operator")


CHANGES = {
    "plan": lambda desk: desk.plan(name="New"),
    "plan-changed": change_plan,
    "sale": lambda desk: desk.sell(desk.guest, desk.plan_id),
    "card": lambda desk: desk.card(desk.guest),
    "card-revoked": lambda desk: ok(desk.client.post(f"/v1/passes/{desk.pass_id}/revoke")),
    "erasure": lambda desk: ok(desk.client.delete(f"/v1/members/{desk.holder}")),
    "voucher-key": rotate_keys,
}


@pytest.fixture
def held(monkeypatch):
    """The first transaction that comes to its end waits there: ``held.reached``, ``held.go``."""
    real = roster.write_queued

    class Held:
        reached, go = threading.Event(), threading.Event()

    def write_queued(session):
        if not Held.reached.is_set():
            Held.reached.set()
            assert Held.go.wait(30)
        real(session)

    monkeypatch.setattr(roster, "write_queued", write_queued)
    return Held


def told(desk, site_id):
    """What the doors of a site know, but for what is each site's own."""
    rows = {place: body for place, body in desk.roster(site_id).items() if place[0] != "site"}
    return {place: {**body, "site_wrap": None} if place[0] == "member" else body for place, body in rows.items()}


def everywhere(desk):
    """What the first site knows of those whose plans are good everywhere: so do all others."""
    rows = told(desk, desk.site_id)
    guests = {key for (kind, key), body in rows.items() if kind == "member" and not body["memberships"]}
    return {place for place in rows if place[1] not in guests}


@pytest.mark.parametrize("change", CHANGES)
def test_a_site_opened_beside_a_change_knows_of_it(hall, held, change):
    with ThreadPoolExecutor(2) as pool:
        changing = pool.submit(CHANGES[change], hall)
        assert held.reached.wait(30)
        opening = pool.submit(hall.site)
        wait_until(lambda: opening.done() or servers.mysql().is_waiting(), "the site is neither opened nor waited for")
        held.go.set()
        changing.result()
        site_id = opening.result()
    hall.gym.dispatch()
    new = told(hall, site_id)
    assert new.keys() == everywhere(hall)
    plans = {place: body for place, body in told(hall, hall.site_id).items() if place[0] in ("plan", "member")}
    assert all(new[place] == body for place, body in plans.items() if place in new)


def test_a_member_erased_while_a_site_is_opened_is_no_obstacle(hall):
    database = hall.gym.cloud.database
    last = hall.member(plan=hall.plan_id)
    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as session:
            session.exec(select(MemberRow).where(col(MemberRow.id) == hall.holder).with_for_update()).one()
            opening = pool.submit(hall.client.post, "/v1/sites", json={"name": "B", "zone": "Europe/Oslo"})
            wait_until(lambda: opening.done() or servers.mysql().is_waiting(), "nothing happens")
            ok(hall.client.delete(f"/v1/members/{last}"))
        site_id = UUID(ok(opening.result())["id"])
    hall.gym.dispatch()
    assert ("member", str(last)) not in hall.roster(site_id)
    assert told(hall, site_id).keys() == everywhere(hall)


def test_many_changes_and_several_new_sites_at_once_all_succeed_and_agree(hall):
    guests = [hall.member() for _ in range(6)]
    erased = [hall.member(plan=hall.plan_id) for _ in range(3)]
    calls = [
        *[lambda guest=guest: hall.sell(guest, hall.plan_id) for guest in guests],
        *[lambda guest=guest: hall.card(guest) for guest in guests],
        *[lambda member=member: ok(hall.client.delete(f"/v1/members/{member}")) for member in erased],
        *[lambda: hall.plan(name=f"New {an_id()}")] * 3,
        lambda: change_plan(hall),
    ]
    with ThreadPoolExecutor(8) as pool:
        sites = [pool.submit(hall.site, name) for name in ("B", "C", "D")]
        changes = [pool.submit(call) for call in calls]
        opened = [site.result() for site in sites]
        for change in changes:
            change.result()
    hall.gym.dispatch()
    assert [told(hall, site_id).keys() for site_id in opened] == [everywhere(hall)] * 3
    with hall.gym.cloud.database.reading() as session:
        heads = roster.known_sites(session)
        sums = [roster.recompute_checksum(session, site_id) for site_id in heads]
        assert len(sums) == len(opened) + 1
