"""Who works here is a member on a plan for staff: let in by its hours, given without money, counted in no report."""

import json

from sqlmodel import select

from cloud_api.common.tables import OutboxMessage
from tests.support.reception import ok

STAFF = {"name": "Trainers", "months": 12, "price_minor": 0, "currency": "DKK", "for_staff": True}
MORNINGS = [{"weekday": 0, "opens": 360, "closes": 720}]


def plan(desk, **changes):
    return ok(desk.client.post("/v1/plans", json={**STAFF, **changes}))


def told(gym, kind):
    with gym.cloud.database.reading() as session:
        rows = session.exec(select(OutboxMessage).where(OutboxMessage.type == kind)).all()
        return [item[2] for row in rows for item in json.loads(row.items)]


def test_a_trainer_is_told_as_staff_and_comes_in_by_the_hours_of_the_plan(desk, gym):
    made = plan(desk, windows=MORNINGS)
    trainer = desk.member(given_name="Tove")
    desk.sell(trainer, made["id"])
    desk.sell(desk.member(), desk.plan())
    assert [each["for_staff"] for each in told(gym, "membership.sold")] == [True, False]
    assert desk.roster()["plan", made["id"]]["windows"] == MORNINGS
    assert len(desk.member_row(trainer)["memberships"]) == 1


def test_it_is_never_sold_for_money(desk, gym):
    made = plan(desk)
    assert [each["on_sale"] for each in told(gym, "plan.created")] == [False]
    for wrong in ({"price_minor": 100}, {"renews": True}):
        assert desk.client.post("/v1/plans", json={**STAFF, **wrong}).status_code == 422
    gym.dispatch()
    line = {"kind": "sale", "plan_id": made["id"], "membership_id": made["id"], "price_minor": 0}
    order = {"id": made["id"], "site_id": str(desk.site_id), "member_id": str(desk.member()), "lines": [line]}
    gym.dispatch()
    assert desk.client.post("/v1/orders", json=order).json()["code"] == "plan_not_on_sale"


def test_a_plan_is_for_staff_from_its_beginning(desk):
    made = plan(desk)
    draft = {**STAFF, "for_staff": False, "version": made["version"]}
    answer = desk.client.put(f"/v1/plans/{made['id']}", json=draft)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "for_staff")
    assert ok(desk.client.put(f"/v1/plans/{made['id']}", json={**STAFF, "name": "Cleaners"}))["for_staff"]


def test_who_works_here_is_no_member_in_reports(desk, gym):
    desk.sell(desk.member(given_name="Tove"), plan(desk)["id"])
    desk.sell(desk.member(), desk.plan())
    gym.dispatch()
    report = ok(desk.client.get("/v1/reports/plans"))
    assert report["members"] == 1
    assert [each["name"] for each in report["plans"]] == ["Monthly"]
