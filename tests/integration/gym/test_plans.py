"""Plans: made once, and changed by who has seen the newest."""

from tests.support.builders import an_id
from tests.support.reception import ok

DRAFT = {"name": "Monthly", "months": 1, "price_minor": 34_900, "currency": "DKK"}


def test_a_plan_asked_for_twice_with_one_id_is_one(desk):
    new = {**DRAFT, "id": str(an_id())}
    first = ok(desk.client.post("/v1/plans", json=new))
    assert ok(desk.client.post("/v1/plans", json={**new, "name": "Other"})) == first
    assert [plan["id"] for plan in ok(desk.client.get("/v1/plans"))["items"]] == [new["id"]]
    assert desk.actions("gym").count("plan.created") == 1


def test_whoever_was_overtaken_changes_nothing(desk):
    path = f"/v1/plans/{ok(desk.client.post('/v1/plans', json=DRAFT))['id']}"
    ok(desk.client.put(path, json={**DRAFT, "price_minor": 39_900, "version": 1}))
    late = desk.client.put(path, json={**DRAFT, "name": "Late", "version": 1})
    assert (late.status_code, late.json()["code"]) == (409, "plan_changed")
    assert (ok(desk.client.get(path))["name"], ok(desk.client.get(path))["price_minor"]) == ("Monthly", 39_900)


def test_a_program_that_knows_no_versions_still_changes_a_plan(desk):
    path = f"/v1/plans/{ok(desk.client.post('/v1/plans', json=DRAFT))['id']}"
    ok(desk.client.put(path, json={**DRAFT, "price_minor": 39_900}))
    assert ok(desk.client.put(path, json={**DRAFT, "name": "Month"}))["version"] == 3


def test_names_by_id_leave_out_who_is_unknown(desk):
    nora = desk.member(given_name="Nora", family_name="Berg")
    items = ok(desk.client.get("/v1/member-refs", params={"ids": [str(nora), str(an_id())]}))["items"]
    assert [(item["id"], item["name"]) for item in items] == [(str(nora), "Nora Berg")]
    assert desk.client.get("/v1/member-refs").status_code == 422
