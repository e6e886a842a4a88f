"""Who is known where: in full at the own sites, elsewhere as a hash and "other site" (hard case: the roster)."""

from cloud_api.common import roster
from cloud_api.common.tables import RosterHead
from tests.support.builders import TODAY, days
from tests.support.reception import ok

OTHER_SITE = {
    "kind": "card",
    "status": "active",
    "member_id": None,
    "other_site": True,
    "algorithm": None,
    "public_key": None,
    "wrapped_key": None,
}


def test_a_member_is_known_at_the_home_site_and_where_the_plan_is_good(desk):
    second, third = desk.site("Second"), desk.site("Third")
    member_id = desk.member(plan=desk.plan(site_ids=[str(second)]))
    card = desk.card(member_id)
    for site_id in (desk.site_id, second):
        assert desk.member_row(member_id, site_id) is not None
        assert desk.credential_row(card["lookup"], site_id)["member_id"] == str(member_id)
    assert desk.member_row(member_id, third) is None
    assert desk.credential_row(card["lookup"], third) == OTHER_SITE


def test_the_content_key_is_wrapped_for_each_site_by_its_own_key(desk):
    second = desk.site("Second")
    member_id = desk.member(plan=desk.plan())
    here, there = desk.member_row(member_id), desk.member_row(member_id, second)
    assert here["site_wrap"] != there["site_wrap"]
    assert {**here, "site_wrap": None} == {**there, "site_wrap": None}


def test_a_plan_for_more_sites_takes_member_and_passes_along_in_one_transaction(desk):
    second = desk.site("Second")
    plan = desk.plan(site_ids=[str(desk.site_id)])
    member_id = desk.member(plan=plan)
    card = desk.card(member_id)
    assert desk.credential_row(card["lookup"], second) == OTHER_SITE
    draft = {"name": "Monthly", "months": 1, "price_minor": 1, "currency": "DKK", "renews": True}
    ok(desk.client.put(f"/v1/plans/{plan}", json=draft))
    assert desk.member_row(member_id, second) is not None
    assert desk.credential_row(card["lookup"], second)["member_id"] == str(member_id)
    ok(desk.client.put(f"/v1/plans/{plan}", json={**draft, "site_ids": [str(desk.site_id)]}))
    assert desk.member_row(member_id, second) is None
    assert desk.credential_row(card["lookup"], second) == OTHER_SITE


def test_a_sale_at_another_site_makes_the_member_known_there(desk):
    second = desk.site("Second")
    member_id = desk.member()
    card = desk.card(member_id)
    assert desk.credential_row(card["lookup"], second) == OTHER_SITE
    desk.sell(member_id, desk.plan(site_ids=[str(second)]))
    assert desk.credential_row(card["lookup"], second)["other_site"] is False


def test_moving_home_moves_the_member(desk):
    second = desk.site("Second")
    member_id = desk.member()
    card = desk.card(member_id)
    draft = {"given_name": "Nora", "family_name": "Berg", "home_site_id": str(second)}
    ok(desk.client.put(f"/v1/members/{member_id}", json=draft))
    assert desk.member_row(member_id) is None
    assert desk.credential_row(card["lookup"]) == OTHER_SITE
    assert desk.credential_row(card["lookup"], second)["member_id"] == str(member_id)


def test_a_long_ended_plan_for_another_site_is_forgotten_there_with_the_next_change(desk):
    second = desk.site("Second")
    member_id = desk.member(plan=desk.plan(site_ids=[str(second)]), starts_on=TODAY - days(300))
    assert desk.member_row(member_id, second) is not None
    desk.sell(member_id, desk.plan(site_ids=[str(desk.site_id)]))
    assert desk.member_row(member_id, second) is None


def test_a_new_site_knows_plans_members_passes_and_voucher_keys_from_the_start(desk, gym):
    everywhere, here = desk.plan(), desk.plan(site_ids=[str(desk.site_id)])
    known = desk.member(plan=everywhere)
    other = desk.member(plan=here)
    known_card, other_card = desk.card(known), desk.card(other)
    second = desk.site("Second")
    gym.dispatch()
    roster = desk.roster(second)
    assert {
        ("plan", str(everywhere)),
        ("plan", str(here)),
        ("member", str(known)),
        ("issuer_key", "1"),
    } <= roster.keys()
    assert ("member", str(other)) not in roster
    assert desk.credential_row(known_card["lookup"], second)["member_id"] == str(known)
    assert desk.credential_row(other_card["lookup"], second) == OTHER_SITE
    sites = [body for (kind, _), body in roster.items() if kind == "site"]
    assert [(body["number"], body["name"]) for body in sites] == [(2, "Second")]


def test_all_rosters_add_up(desk, gym):
    second = desk.site("Second")
    member_id = desk.member(plan=desk.plan(site_ids=[str(second)]))
    desk.card(member_id)
    ok(desk.client.delete(f"/v1/members/{member_id}"))
    gym.dispatch()
    with gym.cloud.database.reading() as session:
        for site_id in (desk.site_id, second):
            assert session.get(RosterHead, site_id).checksum == roster.recompute_checksum(session, site_id)
