"""Changes that are to come: made on their day at the site, once, and whatever changed until then stays."""

import pytest

from cloud_api.gym.planned import make_due
from shared.domain.roles import Group
from tests.support.builders import an_id
from tests.support.reception import ok

DRAFT = {"name": "Monthly", "months": 1, "price_minor": 34_900, "currency": "DKK"}
DEARER = {**DRAFT, "price_minor": 39_900}


@pytest.fixture
def plan(desk):
    return ok(desk.client.post("/v1/plans", json=DRAFT))


@pytest.fixture
def days(desk):
    """Days from today, as the site has them."""
    today = desk.gym.clock.at.date()
    return lambda number: str(today.fromordinal(today.toordinal() + number))


def path_of(thing, kind="plans"):
    return f"/v1/{kind}/{thing['id']}/planned-change"


def until(desk, day, *, hour):
    """Move the clock to an hour of a day in UTC, one before that of the site in its winter."""
    desk.gym.clock.at = desk.gym.clock.at.fromisoformat(f"{day}T{hour:02}:59:50+00:00")
    return make_due(desk.gym.cloud.database, desk.gym.cloud.keys)


def price(desk, plan):
    return ok(desk.client.get(f"/v1/plans/{plan['id']}"))["price_minor"]


def test_a_price_changes_when_its_day_begins_at_the_site_and_not_before(desk, plan, days):
    planned = ok(desk.client.put(path_of(plan), json={"from_on": days(3), "plan": DEARER, "version": 1}))
    assert (planned["kind"], planned["from_on"], planned["facts"]) == ("plan", days(3), {"price_minor": 39_900})
    assert until(desk, days(2), hour=21) == 0
    assert price(desk, plan) == 34_900
    assert until(desk, days(2), hour=23) == 1
    assert price(desk, plan) == 39_900
    assert desk.roster()[("plan", plan["id"])]["price_minor"] == 39_900
    assert make_due(desk.gym.cloud.database, desk.gym.cloud.keys) == 0
    assert ok(desk.client.get("/v1/planned-changes"))["items"] == []


def test_what_else_changed_until_then_stays(desk, plan, days):
    ok(desk.client.put(path_of(plan), json={"from_on": days(1), "plan": DEARER}))
    ok(desk.client.put(f"/v1/plans/{plan['id']}", json={**DRAFT, "name": "Month", "visits": 12}))
    until(desk, days(1), hour=12)
    now = ok(desk.client.get(f"/v1/plans/{plan['id']}"))
    assert (now["name"], now["visits"], now["price_minor"]) == ("Month", 12, 39_900)


def test_rules_of_a_site_reach_its_doors_on_their_day(desk, days):
    site = ok(desk.client.get(f"/v1/sites/{desk.site_id}"))
    rules = {**site["policy"], "grace_days": 9, "dwell_s": 1800}
    hours = [{"weekday": 0, "opens": 360, "closes": 720}]
    wanted = {"from_on": days(1), "site": {**site, "policy": rules, "hours": hours}, "version": site["version"]}
    planned = ok(desk.client.put(path_of(site, "sites"), json=wanted))
    assert planned["facts"] == {"hours": hours, "policy": {"grace_days": 9, "dwell_s": 1800}}
    desk.policy(show_names=not site["policy"]["show_names"])
    before = desk.roster()[("site", str(desk.site_id))]["policy"]
    until(desk, days(1), hour=12)
    after = desk.roster()[("site", str(desk.site_id))]
    assert after["policy"] == {**before, "grace_days": 9, "dwell_s": 1800}
    assert after["hours"] == hours


def test_planning_again_takes_the_place_of_what_was_planned_and_withdrawing_ends_it(desk, plan, days):
    ok(desk.client.put(path_of(plan), json={"from_on": days(1), "plan": DEARER}))
    ok(desk.client.put(path_of(plan), json={"from_on": days(2), "plan": {**DRAFT, "on_sale": False}}))
    items = ok(desk.client.get("/v1/planned-changes"))["items"]
    assert [(each["from_on"], each["facts"]) for each in items] == [(days(2), {"on_sale": False})]
    for _ in range(2):
        assert desk.client.delete(path_of(plan)).status_code == 204
    assert until(desk, days(5), hour=12) == 0
    assert price(desk, plan) == 34_900


def test_it_is_written_down_who_planned_it_and_that_it_was_made_in_that_name(desk, plan, days):
    ok(desk.client.put(path_of(plan), json={"from_on": days(1), "plan": DEARER}))
    until(desk, days(1), hour=12)
    rows = [row for row in desk.audit("gym") if row.subject == plan["id"]]
    assert [row.action for row in rows] == ["plan.created", "plan.change_planned", "plan.changed"]
    assert rows[2].actor == rows[1].actor
    assert rows[2].actor.startswith("person:")


@pytest.mark.parametrize(("day", "changes"), [(0, {"price_minor": 1}), (-1, {"price_minor": 1}), (1, {})])
def test_a_day_that_is_not_to_come_and_a_change_of_nothing_are_refused(desk, plan, days, day, changes):
    answer = desk.client.put(path_of(plan), json={"from_on": days(day), "plan": {**DRAFT, **changes}})
    assert answer.status_code == 422
    assert ok(desk.client.get("/v1/planned-changes"))["items"] == []


def test_whoever_was_overtaken_plans_nothing(desk, plan, days):
    ok(desk.client.put(f"/v1/plans/{plan['id']}", json=DEARER))
    late = desk.client.put(path_of(plan), json={"from_on": days(1), "plan": DRAFT, "version": 1})
    assert (late.status_code, late.json()["code"]) == (409, "plan_changed")
    missing = {"id": str(an_id())}
    assert desk.client.put(path_of(missing), json={"from_on": days(1), "plan": DRAFT}).status_code == 404


def test_staff_read_what_is_to_come_and_plan_nothing(desk, plan, days):
    staff = desk.gym.client_of(Group.STAFF)
    assert staff.get("/v1/planned-changes").status_code == 200
    assert staff.put(path_of(plan), json={"from_on": days(1), "plan": DEARER}).status_code == 403
    assert staff.delete(path_of(plan)).status_code == 403


def test_a_plan_for_staff_stays_one(desk, days):
    staff = {**DRAFT, "price_minor": 0, "for_staff": True}
    plan = ok(desk.client.post("/v1/plans", json=staff))
    refused = desk.client.put(path_of(plan), json={"from_on": days(1), "plan": {**staff, "for_staff": False}})
    assert refused.status_code == 422
    ok(desk.client.put(path_of(plan), json={"from_on": days(1), "plan": {**staff, "name": "Cleaners"}}))
    assert until(desk, days(1), hour=12) == 1
    now = ok(desk.client.get(f"/v1/plans/{plan['id']}"))
    assert (now["name"], now["for_staff"]) == ("Cleaners", True)
