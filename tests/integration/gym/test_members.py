"""Members over the API: taking in, finding, changing, blocking."""

import json
from datetime import timedelta

import pytest
from sqlmodel import select

from cloud_api.common.tables import MemberPlace
from shared.contracts.base import from_base64
from shared.domain.ids import uuid7
from shared.passtoken.sealing import unseal, unwrap_with_site
from tests.support.builders import NOON, an_id
from tests.support.reception import ok


def _card(desk, member_id):
    """What a site's staff key opens of a member."""
    row = desk.member_row(member_id)
    key = unwrap_with_site(from_base64(row["site_wrap"]), desk.gym.cloud.keys.site_key(desk.site_id))
    return json.loads(unseal(key, from_base64(row["sealed"]), about=member_id.bytes))


def test_a_new_member_gets_the_next_number_and_a_sealed_card(desk):
    first, second = desk.member(), desk.member(given_name="Åse", family_name="Øster")
    assert [desk.read(item)["number"] for item in (first, second)] == ["1001", "1002"]
    assert _card(desk, second) == ["Åse Ø."]
    assert desk.member_row(second)["memberships"] == []
    assert desk.actions("gym")[-2:] == ["member.created", "member.created"]
    assert "member.created" in desk.published()


def test_a_number_of_their_own_is_kept_and_never_given_twice(desk):
    taken = desk.member(number="1001")
    assert desk.read(desk.member())["number"] == "1002"
    draft = {"given_name": "Ida", "home_site_id": str(desk.site_id), "number": "1001"}
    answer = desk.client.post("/v1/members", json=draft)
    assert (answer.status_code, answer.json()["code"]) == (409, "number_taken")
    assert desk.read(taken)["number"] == "1001"


@pytest.mark.parametrize("name", ["Nora", "Ida"])
def test_a_number_of_another_member_is_refused_when_one_is_changed(desk, name):
    desk.member(number="N-1")
    member_id = desk.member(given_name="Nora", number="N-2")
    draft = {"given_name": name, "home_site_id": str(desk.site_id), "number": "N-1"}
    answer = desk.client.put(f"/v1/members/{member_id}", json=draft)
    assert (answer.status_code, answer.json()["code"]) == (409, "number_taken")
    assert desk.read(member_id)["number"] == "N-2"


def test_asking_twice_with_one_id_makes_one_member(desk):
    member_id = uuid7(1)
    draft = {"id": str(member_id), "given_name": "Ida", "home_site_id": str(desk.site_id)}
    first = ok(desk.client.post("/v1/members", json=draft))
    assert ok(desk.client.post("/v1/members", json=draft)) == first
    assert len(ok(desk.client.get("/v1/members"))["items"]) == 1


def test_a_change_is_told_and_the_card_is_sealed_anew_only_with_another_name(desk):
    member_id = desk.member(email="nora@fit.test")
    before = desk.member_row(member_id)
    draft = {"given_name": "Nora", "family_name": "Bergum", "phone": "+45 1234", "home_site_id": str(desk.site_id)}
    changed = ok(desk.client.put(f"/v1/members/{member_id}", json=draft))
    assert (changed["email"], changed["phone"], changed["number"]) == (None, "+45 1234", "1001")
    assert desk.member_row(member_id) == before  # "Nora B." still
    ok(desk.client.put(f"/v1/members/{member_id}", json={**draft, "given_name": "Nina"}))
    assert _card(desk, member_id) == ["Nina B."]
    assert desk.actions("gym").count("member.changed") == 2
    ok(desk.client.put(f"/v1/members/{member_id}", json={**draft, "given_name": "Nina"}))
    assert desk.actions("gym").count("member.changed") == 2


def test_members_are_found_by_parts_of_what_is_known_of_them(desk):
    nora = desk.member(email="nora.berg@fit.test", phone="+45 20 30")
    desk.member(given_name="Emil", family_name="Krog", email="emil@fit.test")

    def found(text):
        return [item["id"] for item in ok(desk.client.get("/v1/members", params={"search": text}))["items"]]

    for text in ("nora", "BERG", "berg nora", "20 30", "nora.berg@", "1001"):
        assert found(text) == [str(nora)], text
    assert len(found("fit.test")) == 2
    assert found("100%") == []
    assert found("_") == []


def test_pages_follow_the_names_and_miss_nobody(desk):
    names = [("Ida", "Berg"), ("Ida", "Berg"), ("Bo", "Abel"), ("Zoe", "Berg"), ("Amir", "Chen")]
    for given, family in names:
        desk.member(given_name=given, family_name=family)
    seen, after = [], None
    while True:
        params = {"limit": 2, **({"after": after} if after else {})}
        page = ok(desk.client.get("/v1/members", params=params))
        seen += [(item["family_name"], item["given_name"]) for item in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert seen == sorted((family, given) for given, family in names)
    for cursor in ("x", "W10=", "bnVsbA==", "WyJhIiwiYiIsImMiXQ=="):
        answer = desk.client.get("/v1/members", params={"after": cursor})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "after"), cursor


def test_a_block_reaches_the_doors_and_is_lifted_again(desk):
    member_id = desk.member()
    until = (NOON + timedelta(days=2)).isoformat()
    view = ok(desk.client.post(f"/v1/members/{member_id}/block", json={"until": until, "note": "towels"}))
    assert (view["blocked"], view["block_note"]) == (True, "towels")
    row = desk.member_row(member_id)
    assert (row["blocked"], row["blocked_until"]) == (True, "2026-03-20T12:00:00Z")
    ok(desk.client.post(f"/v1/members/{member_id}/unblock"))
    assert desk.member_row(member_id)["blocked"] is False
    ok(desk.client.post(f"/v1/members/{member_id}/unblock"))
    actions = [item for item in desk.actions("gym") if "block" in item]
    assert actions == ["member.blocked", "member.unblocked"]


def test_host_and_missing_document_reach_the_doors(desk):
    host = desk.member()
    guest = desk.member(host_id=str(host), document_missing=True)
    row = desk.member_row(guest)
    assert (row["host_id"], row["document_missing"]) == (str(host), True)
    draft = {"given_name": "Ida", "home_site_id": str(desk.site_id)}
    for nobody in (str(an_id()), str(guest)):
        answer = desk.client.put(f"/v1/members/{guest}", json={**draft, "host_id": nobody})
        assert answer.json()["errors"][0]["field"] == "host_id"


def test_the_content_key_lies_sealed(desk, gym):
    member_id = desk.member()
    row = desk.member_row(member_id)
    content_key = unwrap_with_site(from_base64(row["site_wrap"]), gym.cloud.keys.site_key(desk.site_id))
    with gym.cloud.database.reading() as session:
        place = session.exec(select(MemberPlace).where(MemberPlace.member_id == member_id)).one()
    assert content_key not in place.sealed_key
    assert unseal(gym.cloud.keys.master_key, place.sealed_key, about=member_id.bytes) == content_key


def test_what_is_not_there_is_said_to_be_unknown(desk):
    nobody = an_id()
    draft = {"given_name": "Ida", "home_site_id": str(desk.site_id)}
    calls = [
        ("GET", f"/v1/members/{nobody}", None, "member_unknown"),
        ("PUT", f"/v1/members/{nobody}", draft, "member_unknown"),
        ("POST", f"/v1/members/{nobody}/block", {}, "member_unknown"),
        ("POST", f"/v1/members/{nobody}/unblock", None, "member_unknown"),
        ("DELETE", f"/v1/members/{nobody}", None, "member_unknown"),
        ("GET", f"/v1/members/{nobody}/notes", None, "member_unknown"),
        ("POST", f"/v1/members/{nobody}/memberships", {"plan_id": str(nobody)}, "member_unknown"),
        ("POST", "/v1/members", {**draft, "home_site_id": str(nobody)}, "site_unknown"),
        ("GET", f"/v1/plans/{nobody}", None, "plan_unknown"),
        ("GET", f"/v1/sites/{nobody}", None, "site_unknown"),
        ("GET", f"/v1/memberships/{nobody}", None, "membership_unknown"),
        ("POST", f"/v1/attendance/{nobody}/void", {}, "event_unknown"),
    ]
    for method, path, body, code in calls:
        answer = desk.client.request(method, path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (404, code), path


def test_staff_may_not_do_what_is_the_admins(desk, gym):
    member_id = desk.member()
    plan = {"name": "x", "months": 1, "price_minor": 1, "currency": "DKK"}
    refused = [
        ("POST", "/v1/plans", plan),
        ("POST", "/v1/sites", {"name": "x", "zone": "UTC"}),
        ("DELETE", f"/v1/members/{member_id}", None),
        ("GET", "/v1/reports/visits?first=2026-03-01&last=2026-03-02", None),
        ("POST", "/v1/issuer-keys", {}),
    ]
    for method, path, body in refused:
        assert gym.staff.request(method, path, json=body).status_code == 403, path
    assert gym.staff.get(f"/v1/members/{member_id}").status_code == 200
