"""Who comes less than usual, against the own habit; and who was contacted about it."""

from datetime import timedelta

import pytest

from cloud_api.reports import habits
from cloud_api.reports.drift import Drift, recompute
from tests.support.builders import NOON, TODAY, an_id
from tests.support.reception import arrival, ok, void_of

WEEK = timedelta(weeks=1)
MONDAY = NOON - timedelta(days=2)


@pytest.fixture
def plan(desk):
    return desk.plan(months=12)


def come(desk, member_id, *weeks_ago):
    """A visit in each of the whole weeks before this one; 1 is the last."""
    told = [arrival(desk.site_id, at=MONDAY - number * WEEK, member_id=member_id) for number in weeks_ago]
    desk.record(*told)
    return told


def at_risk(desk, **params):
    desk.gym.dispatch()
    with desk.gym.cloud.database.transaction() as session:
        habits.go_on(session)
    return ok(desk.client.get("/v1/reports/at-risk", params=params))


def test_who_comes_at_most_half_as_often_as_the_own_habit_is_at_risk(desk, plan):
    regular, gone, halved, rare, new = (desk.member(plan=plan) for _ in range(5))
    come(desk, regular, *range(1, 17))
    come(desk, gone, *range(5, 17))
    come(desk, halved, 1, 2, *range(5, 17))
    come(desk, rare, 5, 9, 13, 15, 16)
    come(desk, new, 1, 2, 3)
    told = at_risk(desk)
    assert [item["member_id"] for item in told["items"]] == [str(gone), str(halved)]
    first = told["items"][0]
    assert (first["recent"], first["before"], first["weeks"]) == (0, 12, [1, 1, 1, 1, 0, 0, 0, 0])
    assert (first["last_visit_on"], first["contact"]) == (str((MONDAY - 5 * WEEK).date()), None)
    assert (told["total"], told["until"]) == (2, "2026-03-15")
    page = at_risk(desk, limit=1)
    assert [item["member_id"] for item in at_risk(desk, limit=1, after=page["next"])["items"]] == [str(halved)]
    assert at_risk(desk, site_id=str(an_id()))["total"] == 0
    table = desk.client.get("/v1/reports/at-risk.csv").text
    assert table.count("\r\n") == 3


def test_a_visit_that_comes_late_or_is_taken_back_counts_at_once(desk, plan, gym):
    who = desk.member(plan=plan)
    come(desk, who, *range(5, 17))
    assert at_risk(desk)["total"] == 1
    late = come(desk, who, 1, 2, 3, 4)
    gym.dispatch()
    assert ok(desk.client.get("/v1/reports/at-risk"))["total"] == 0
    desk.record(*(void_of(entry) for entry in late))
    assert at_risk(desk)["total"] == 1
    with gym.cloud.database.transaction() as session:
        assert recompute(session) == Drift()


def test_weeks_go_on(desk, plan, gym):
    who = desk.member(plan=plan)
    come(desk, who, *range(1, 13))
    assert at_risk(desk)["total"] == 0
    gym.clock.advance(4 * WEEK)
    told = at_risk(desk)
    assert [(item["recent"], item["before"]) for item in told["items"]] == [(0, 12)]


def test_nobody_is_at_risk_who_left_or_had_a_pause(desk, plan):
    left, paused = desk.member(plan=desk.plan(months=0, days=1), starts_on=TODAY - timedelta(days=9)), desk.member()
    held = desk.sell(paused, plan, starts_on=TODAY - timedelta(days=60))["id"]
    pause = {"first": str(TODAY - timedelta(days=20)), "end": str(TODAY - timedelta(days=5))}
    ok(desk.client.post(f"/v1/memberships/{held}/pause", json=pause))
    for who in (left, paused):
        come(desk, who, *range(5, 17))
    assert at_risk(desk)["total"] == 0


def test_a_contact_is_kept_put_right_taken_back_and_written_down(desk, plan, gym):
    who, contact = desk.member(plan=plan), str(an_id())
    come(desk, who, *range(5, 17))
    gym.dispatch()
    wanted = {"id": contact, "member_id": str(who), "how": "called", "outcome": "open", "note": "nobody there"}
    for outcome in ("open", "open", "leaves"):
        kept = ok(desk.client.post("/v1/reports/contacts", json={**wanted, "outcome": outcome}))
    assert (kept["outcome"], kept["note"], kept["at"]) == ("leaves", "nobody there", "2026-03-18T12:00:00Z")
    assert at_risk(desk)["items"][0]["contact"] == kept
    assert ok(desk.client.get(f"/v1/reports/members/{who}/contacts"))["items"] == [kept]
    other = desk.member()
    gym.dispatch()
    taken = desk.client.post("/v1/reports/contacts", json={**wanted, "member_id": str(other)})
    assert (taken.status_code, taken.json()["code"]) == (409, "id_taken")
    for _ in range(2):
        assert desk.client.delete(f"/v1/reports/contacts/{contact}").status_code == 204
    assert at_risk(desk)["items"][0]["contact"] is None
    assert desk.actions("reports") == ["contact.kept", "contact.kept", "contact.forgotten"]


def test_what_was_noted_of_a_member_goes_with_the_name(desk, gym):
    who = desk.member()
    gym.dispatch()
    contact = {"id": str(an_id()), "member_id": str(who), "how": "talked", "note": "her knee"}
    ok(desk.client.post("/v1/reports/contacts", json=contact))
    ok(desk.client.delete(f"/v1/members/{who}"))
    gym.dispatch()
    assert [item["note"] for item in ok(desk.client.get(f"/v1/reports/members/{who}/contacts"))["items"]] == [None]
    again = desk.client.post("/v1/reports/contacts", json={**contact, "id": str(an_id())})
    assert (again.status_code, again.json()["code"]) == (409, "member_erased")
