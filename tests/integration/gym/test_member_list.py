"""The long list of members: words, states of a day, orders and pages."""

from datetime import timedelta

import pytest

from shared.domain.site import DoorPolicy
from tests.support.builders import NOON, TODAY
from tests.support.reception import arrival, ok

DAY = timedelta(days=1)


def ask(desk, **wanted):
    return ok(desk.client.get("/v1/members", params={name: str(value) for name, value in wanted.items()}))


def names(desk, **wanted):
    """The given names of all pages, two at a time."""
    found, after = [], {}
    while True:
        page = ask(desk, limit=2, **wanted, **after)
        found += [item["given_name"] for item in page["items"]]
        if page["next"] is None:
            return found
        after = {"after": page["next"]}


BEGINNINGS = (
    *("Åse", "ase", "ØST", "ost", "vinter", "øster-vinter", "ase øst", "vinter aase."),
    *("vinter 7", "2040", "20 40 60", "+45 2040", "aase@", "fit.test", "0815", "815"),
)


def test_a_member_is_found_by_the_beginning_of_any_word(desk):
    desk.member(
        given_name="Åse Aase",
        family_name="Øster-Vinter 7",
        email="Aase@fit.test",
        phone="+45 20 40 60 80",
        number="0815",
    )
    desk.member(given_name="Bo", family_name="Krog", email="bo@other.test", phone="+45 99 99 99 99", number="77")
    for typed in BEGINNINGS:
        assert names(desk, search=typed) == ["Åse Aase"], typed


def test_the_middle_of_a_word_and_wildcards_find_nobody(desk):
    desk.member(given_name="Nora", family_name="Berg")
    assert [names(desk, search=each) for each in ("ora", "n%", "_", "%", "nora krog", "ora@")] == [[]] * 6


def test_a_changed_name_is_found_and_the_old_one_is_not(desk):
    member_id = desk.member(given_name="Nora", family_name="Berg")
    draft = {"given_name": "Nora", "family_name": "Dahl", "home_site_id": str(desk.site_id)}
    ok(desk.client.put(f"/v1/members/{member_id}", json=draft))
    assert (names(desk, search="dahl"), names(desk, search="berg")) == (["Nora"], [])


def test_an_erased_member_is_in_no_list(desk):
    member_id = desk.member(given_name="Gone", plan=desk.plan())
    desk.member(given_name="Here", plan=desk.plan())
    ok(desk.client.delete(f"/v1/members/{member_id}"))
    for sort in ("name", "number", "joined", "last_visit", "until"):
        assert names(desk, sort=sort) == ["Here"], sort
    assert names(desk, search="gone") == []
    assert ask(desk)["found"] == 1


def test_numbers_come_in_their_order(desk):
    for number in ("1000", "999", "B-2", "7"):
        desk.member(given_name=number, number=number)
    assert names(desk, sort="number") == ["7", "999", "1000", "B-2"]
    assert names(desk, sort="number", descending=True) == ["B-2", "1000", "999", "7"]


def test_the_last_visit_orders_and_follows_what_is_taken_back(desk):
    early, late = desk.member(given_name="Early"), desk.member(given_name="Late")
    desk.member(given_name="Never")
    desk.record(
        arrival(desk.site_id, member_id=early, at=NOON - 3 * DAY), arrival(desk.site_id, member_id=late, at=NOON - DAY)
    )
    last = arrival(desk.site_id, member_id=early, at=NOON)
    desk.record(last)
    assert names(desk, sort="last_visit", descending=True) == ["Early", "Late", "Never"]
    assert desk.read(early)["last_visit_at"] == "2026-03-18T12:00:00Z"
    ok(desk.client.post(f"/v1/attendance/{last.event.id}/void", json={}))
    assert names(desk, sort="last_visit", descending=True) == ["Late", "Early", "Never"]
    assert desk.read(early)["last_visit_at"] == "2026-03-15T12:00:00Z"


def test_an_old_visit_that_comes_late_is_not_the_last_one(desk):
    member_id = desk.member()
    desk.record(arrival(desk.site_id, member_id=member_id, at=NOON))
    desk.record(arrival(desk.site_id, member_id=member_id, at=NOON - 3 * DAY))
    assert desk.read(member_id)["last_visit_at"] == "2026-03-18T12:00:00Z"


@pytest.fixture
def states(desk):
    """One member for each state, named by it. The plan lasts a month; three days of grace."""
    desk.policy(grace_days=3)
    monthly, once = desk.plan(renews=True), desk.plan(name="Once", renews=False)
    desk.member(given_name="active", plan=monthly, starts_on=TODAY - 5 * DAY)
    desk.member(given_name="grace", plan=monthly, starts_on=TODAY - 30 * DAY)
    desk.member(given_name="overdue", plan=monthly, starts_on=TODAY - 60 * DAY)
    desk.member(given_name="ended", plan=once, starts_on=TODAY - 60 * DAY)
    desk.member(given_name="later", plan=once, starts_on=TODAY + 9 * DAY)
    desk.member(given_name="none")
    frozen = desk.member(given_name="frozen", plan=monthly, starts_on=TODAY - 5 * DAY)
    held = desk.read(frozen)["memberships"][0]["id"]
    pause = {"first": str(TODAY), "end": str(TODAY + 4 * DAY)}
    ok(desk.client.post(f"/v1/memberships/{held}/pause", json=pause))
    blocked = desk.member(given_name="blocked", plan=monthly)
    ok(desk.client.post(f"/v1/members/{blocked}/block", json={}))
    return {"monthly": monthly, "once": once}


STATES = {
    "active": {"active", "grace"},
    "overdue": {"overdue"},
    "ended": {"ended"},
    "not_started": {"later"},
    "none": {"none"},
    "frozen": {"frozen"},
    "blocked": {"blocked"},
}


def test_a_state_finds_those_who_are_in_it_today(desk, states):
    for state, expected in STATES.items():
        for sort in ("name", "until"):
            assert set(names(desk, state=state, sort=sort)) == expected, (state, sort)
        assert ask(desk, state=state)["found"] == len(expected), state


def test_a_state_is_that_of_today_without_anything_written(desk, gym, states):
    gym.clock.advance(4 * DAY)
    assert set(names(desk, state="active")) == {"active", "frozen"}
    assert set(names(desk, state="overdue")) == {"overdue", "grace"}
    gym.clock.advance(5 * DAY)
    assert "later" in names(desk, state="active")


def test_days_of_grace_are_those_of_the_home_site(desk, states):
    desk.policy(grace_days=DoorPolicy().grace_days + 40)
    assert {"grace", "overdue", "ended"} <= set(names(desk, state="active"))
    assert names(desk, state="overdue") == []
    other = desk.site("Other")
    desk.member(given_name="elsewhere", home_site_id=str(other), plan=states["monthly"], starts_on=TODAY - 60 * DAY)
    assert names(desk, state="overdue") == ["elsewhere"]


def test_plan_site_and_days_bound_the_list(desk, states):
    assert set(names(desk, plan_id=states["once"])) == {"ended", "later"}
    other = desk.site("Other")
    desk.member(given_name="elsewhere", home_site_id=str(other), plan=states["once"])
    assert names(desk, site_id=other) == ["elsewhere"]
    assert names(desk, site_id=other, plan_id=states["once"], search="else") == ["elsewhere"]
    assert names(desk, joined_first=TODAY + DAY) == []
    assert len(names(desk, joined_first=TODAY, joined_last=TODAY)) == 9
    assert set(names(desk, until_last=TODAY, state="overdue")) == {"overdue"}


def test_a_later_membership_counts_from_its_first_day_on(desk, gym):
    plan = desk.plan(renews=True)
    member_id = desk.member(given_name="Ida", plan=plan, starts_on=TODAY - 20 * DAY)
    until = TODAY + 10 * DAY
    desk.sell(member_id, desk.plan(name="Next"), starts_on=until)
    assert names(desk, state="active") == ["Ida"]
    gym.clock.advance(15 * DAY)
    assert names(desk, state="active") == ["Ida"]
    assert names(desk, state="overdue") == []


def test_a_cursor_of_another_order_is_refused(desk):
    for name in ("A", "B", "C"):
        desk.member(given_name=name)
    after = ask(desk, limit=1)["next"]
    assert desk.client.get("/v1/members", params={"after": after, "sort": "until"}).status_code == 422
