"""Memberships over the API: selling, renewing, pausing, ending; the doors know at once."""

from datetime import date, timedelta

import pytest

from shared.domain.ids import uuid7
from tests.support.builders import TODAY, days
from tests.support.reception import ok


@pytest.fixture
def plan(desk):
    return desk.plan()


def _told(desk, member_id):
    """What the doors know of the one membership."""
    (row,) = desk.member_row(member_id)["memberships"]
    return row


def test_a_sale_starts_today_at_the_home_site_with_its_first_period_paid(desk, gym, plan):
    gym.clock.at = gym.clock.at.replace(hour=23, minute=30)  # the 19th already in Copenhagen
    member_id = desk.member()
    sold = desk.sell(member_id, plan)
    assert (sold["starts_on"], sold["paid_through_on"]) == ("2026-03-19", "2026-04-18")
    assert (sold["standing"], sold["plan_name"], sold["renews"]) == ("active", "Monthly", True)
    assert _told(desk, member_id)["paid_through_on"] == "2026-04-18"
    assert "membership.sold" in desk.published()


def test_selling_twice_with_one_id_sells_once(desk, plan):
    member_id, sale = desk.member(), {"id": str(uuid7(1)), "plan_id": str(plan)}
    path = f"/v1/members/{member_id}/memberships"
    first = ok(desk.client.post(path, json=sale))
    assert ok(desk.client.post(path, json=sale)) == first
    other = desk.client.post(f"/v1/members/{desk.member()}/memberships", json=sale)
    assert (other.status_code, other.json()["code"]) == (409, "id_taken")


def test_a_plan_that_is_no_longer_sold_stays_good_for_those_who_have_it(desk, plan):
    member_id = desk.member(plan=plan)
    draft = {"name": "Monthly", "months": 1, "price_minor": 1, "currency": "DKK", "on_sale": False, "renews": True}
    ok(desk.client.put(f"/v1/plans/{plan}", json=draft))
    refused = desk.client.post(f"/v1/members/{desk.member()}/memberships", json={"plan_id": str(plan)})
    assert (refused.status_code, refused.json()["code"]) == (409, "plan_not_on_sale")
    assert desk.read(member_id)["memberships"][0]["standing"] == "active"
    assert ("plan", str(plan)) in desk.roster()


def test_renewing_twice_from_one_screen_pays_once(desk, plan):
    member_id = desk.member()
    sold = desk.sell(member_id, plan)
    path, seen = f"/v1/memberships/{sold['id']}/renew", {"paid_through_on": sold["paid_through_on"]}
    assert ok(desk.client.post(path, json=seen))["paid_through_on"] == "2026-05-17"
    again = desk.client.post(path, json=seen)
    assert (again.status_code, again.json()["code"]) == (409, "membership_changed")
    assert _told(desk, member_id)["paid_through_on"] == "2026-05-17"


def test_a_lapsed_membership_is_renewed_from_today(desk, plan):
    member_id = desk.member()
    sold = desk.sell(member_id, plan, starts_on=TODAY - days(60))
    assert sold["standing"] == "overdue"
    body = {"paid_through_on": sold["paid_through_on"]}
    renewed = ok(desk.client.post(f"/v1/memberships/{sold['id']}/renew", json=body))
    assert (renewed["starts_on"], renewed["standing"]) == ("2026-03-18", "active")


def test_a_pause_gives_its_days_back_and_must_fit(desk, plan):
    member_id = desk.member()
    sold = desk.sell(member_id, plan)
    path = f"/v1/memberships/{sold['id']}/pause"
    paused = ok(desk.client.post(path, json={"first": "2026-03-18", "end": "2026-03-28"}))
    assert (paused["standing"], paused["paid_through_on"]) == ("frozen", "2026-04-27")
    assert _told(desk, member_id)["freezes"] == [["2026-03-18", "2026-03-28"]]
    for first, end in (("2026-03-20", "2026-03-30"), ("2026-06-01", "2026-06-02"), ("2026-03-30", "2026-03-30")):
        answer = desk.client.post(path, json={"first": first, "end": end})
        assert answer.status_code == 422, (first, end)


def test_a_pause_taken_back_or_ended_sooner_keeps_only_the_days_it_held(desk, gym, plan):
    member_id = desk.member()
    sold = desk.sell(member_id, plan)
    path = f"/v1/memberships/{sold['id']}"
    planned, running = ({"first": f"2026-03-{a}", "end": f"2026-03-{b}"} for a, b in (("25", "30"), ("18", "22")))
    for pause in (planned, running):
        ok(desk.client.post(f"{path}/pause", json=pause))
    for _ in range(2):  # a lost answer
        back = ok(desk.client.post(f"{path}/thaw", json=planned | {"back_on": "2026-03-25"}))
        assert (back["freezes"], back["paid_through_on"]) == ([["2026-03-18", "2026-03-22"]], "2026-04-21")
    gym.clock.advance(days(2))
    for back_on, status in (("2026-03-19", 422), ("2026-03-22", 422), ("2026-03-20", 200), ("2026-03-20", 200)):
        answer = desk.client.post(f"{path}/thaw", json=running | {"back_on": back_on})
        assert answer.status_code == status, answer.text
    assert (answer.json()["standing"], answer.json()["paid_through_on"]) == ("active", "2026-04-19")
    assert _told(desk, member_id)["freezes"] == [["2026-03-18", "2026-03-20"]]
    assert desk.published().count("membership.thawed") == 2
    other = desk.client.post(f"{path}/thaw", json=running | {"back_on": "2026-03-21"})
    assert (other.status_code, other.json()["code"]) == (409, "membership_changed")


def test_a_cancelled_membership_ends_with_its_paid_time_without_grace_and_may_go_on(desk, gym, plan):
    member_id = desk.member()
    sold = desk.sell(member_id, plan)
    cancelled = ok(desk.client.post(f"/v1/memberships/{sold['id']}/cancel"))
    assert cancelled["ends_on"] == sold["paid_through_on"]
    gym.clock.advance(timedelta(days=32))
    assert ok(desk.client.get(f"/v1/memberships/{sold['id']}"))["standing"] == "ended"
    resumed = ok(desk.client.post(f"/v1/memberships/{sold['id']}/resume"))
    assert (resumed["ends_on"], resumed["standing"]) == (None, "in_grace")
    assert _told(desk, member_id)["ends_on"] is None


def test_doing_what_is_done_writes_nothing(desk, plan):
    member_id = desk.member()
    sold = desk.sell(member_id, plan)
    for _ in range(2):
        ok(desk.client.post(f"/v1/memberships/{sold['id']}/cancel"))
    assert desk.actions("gym").count("membership.cancelled") == 1


def test_days_beyond_reason_are_refused_in_words(desk, plan):
    member_id = desk.member()
    body = {"plan_id": str(plan), "starts_on": "9999-12-31"}
    assert desk.client.post(f"/v1/members/{member_id}/memberships", json=body).status_code == 422
    path = f"/v1/memberships/{desk.sell(member_id, plan)['id']}/pause"
    ok(desk.client.post(path, json={"first": "2026-03-20", "end": "2199-01-01"}))  # until 2199
    ok(desk.client.post(path, json={"first": "2199-01-02", "end": "2199-12-31"}))
    answer = desk.client.post(path, json={"first": "2000-01-01", "end": "2199-12-31"})
    assert answer.status_code == 422


def test_no_membership_lasts_for_centuries(desk):
    member_id = desk.member()
    sold = desk.sell(member_id, desk.plan(months=120), starts_on=date(2199, 1, 1))
    path, last = f"/v1/memberships/{sold['id']}/renew", sold["paid_through_on"]
    answers = []
    for _ in range(25):
        answer = desk.client.post(path, json={"paid_through_on": last})
        answers.append(answer.status_code)
        last = answer.json().get("paid_through_on", last)
    assert answers[0] == 200
    assert answers[-1] == 422
    assert last < "2400"


def test_doors_hear_of_memberships_that_ended_not_long_ago_and_of_the_newest(desk, plan):
    member_id = desk.member()
    desk.sell(member_id, plan, starts_on=TODAY - days(400))
    assert len(desk.member_row(member_id)["memberships"]) == 1
    desk.sell(member_id, plan)
    assert [item["paid_through_on"] for item in desk.member_row(member_id)["memberships"]] == ["2026-04-17"]
    desk.sell(member_id, plan, starts_on=TODAY - days(90))
    assert len(desk.member_row(member_id)["memberships"]) == 2
