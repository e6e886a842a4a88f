"""Check-ins by hand, and taking one back."""

from datetime import timedelta

from shared.domain.ids import uuid7
from tests.support.builders import NOON, an_id
from tests.support.reception import arrival, ok, void_of


def _check_in(desk, member_id, **changes):
    body = {"member_id": str(member_id), "site_id": str(desk.site_id), **changes}
    return desk.client.post("/v1/attendance", json=body)


def test_a_check_in_by_hand_is_a_visit_on_the_membership_that_lets_in(desk):
    pack = desk.member(plan=desk.pack())
    event = ok(_check_in(desk, pack, note="forgot the card"))
    assert (event["kind"], event["device_id"], event["note"]) == ("manual", None, "forgot the card")
    assert event["member"]["name"] == "Nora Berg"
    assert desk.read(pack)["memberships"][0]["visits_counted"] == 1
    assert desk.actions("gym")[-1] == "attendance.entered"


def test_it_counts_when_the_site_is_closed_and_on_nothing_when_nothing_is_paid(desk):
    site = ok(desk.client.get(f"/v1/sites/{desk.site_id}"))
    ok(desk.client.put(f"/v1/sites/{desk.site_id}", json={**site, "exceptions": {"2026-03-18": []}}))
    pack, nothing = desk.member(plan=desk.pack()), desk.member()
    assert ok(_check_in(desk, pack))["membership_id"] is not None
    assert ok(_check_in(desk, nothing))["membership_id"] is None
    assert len(desk.visits()) == 2


def test_the_same_id_counts_once(desk):
    member_id, event_id = desk.member(), str(uuid7(1))
    first = ok(_check_in(desk, member_id, id=event_id))
    assert ok(_check_in(desk, member_id, id=event_id)) == first
    other = _check_in(desk, desk.member(), id=event_id)
    assert (other.status_code, other.json()["code"]) == (409, "id_taken")
    assert len(desk.visits()) == 1


def test_a_time_ahead_or_long_past_is_refused(desk):
    member_id = desk.member()
    for at in (NOON + timedelta(seconds=1), NOON - timedelta(days=36)):
        answer = _check_in(desk, member_id, at=at.isoformat())
        assert answer.json()["errors"][0]["field"] == "at"
    ok(_check_in(desk, member_id, at=(NOON - timedelta(days=34)).isoformat()))
    assert _check_in(desk, an_id()).status_code == 404
    assert _check_in(desk, member_id, site_id=str(an_id())).status_code == 404


def test_what_is_taken_back_stays_on_record_and_counts_no_more(desk):
    member_id = desk.member(plan=desk.pack())
    event = ok(_check_in(desk, member_id))
    for _ in range(2):
        void = ok(desk.client.post(f"/v1/attendance/{event['id']}/void", json={"note": "wrong Nora"}))
        assert void["voided"]
    assert desk.visits() == []
    assert desk.read(member_id)["memberships"][0]["visits_counted"] == 0
    kinds = [(item["kind"], item["voided"]) for item in desk.attendance()]
    assert kinds.count(("manual", True)) == 1
    assert kinds.count(("void", False)) == 1
    assert desk.actions("gym").count("attendance.voided") == 1
    assert "attendance.voided" in desk.published()


def test_only_a_check_in_can_be_taken_back(desk):
    refused = arrival(desk.site_id, outcome="denied", reason="unknown_pass", member_id=None)
    desk.record(refused)
    answer = desk.client.post(f"/v1/attendance/{refused.event.id}/void", json={})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_a_check_in")


def test_lists_are_bounded_by_site_member_and_day_and_come_in_pages(desk):
    other_site, member_id = desk.site("Second"), desk.member()
    entries = [
        arrival(site_id, at=NOON + timedelta(days=day, hours=3 * hour), member_id=who)
        for site_id in (desk.site_id, other_site)
        for day in range(2)
        for hour in range(2)
        for who in (member_id, an_id(9))
    ]
    desk.record(*entries, void_of(entries[0]))
    assert len(desk.visits()) == 15
    assert len(desk.visits(member_id)) == 7
    day = {"first": "2026-03-18", "last": "2026-03-18", "site_id": str(desk.site_id)}
    assert len(desk.attendance(**day)) == 5
    seen, after = [], {}
    while after is not None:
        page = ok(desk.client.get("/v1/visits", params={"limit": 4, **after}))
        seen += [item["id"] for item in page["items"]]
        after = {"after": page["next"]} if page["next"] else None
    assert len(seen) == len(set(seen)) == 15
    times = [item["at"] for item in desk.attendance()]
    assert times == sorted(times)
    assert sum(item["voided"] for item in desk.attendance()) == 1


def test_the_newest_come_first_when_asked_for_so_in_pages_and_by_what_the_door_said(desk):
    member_id = desk.member()
    facts = [{"member_id": member_id}, {"outcome": "denied", "reason": "unknown_pass", "member_id": None}]
    desk.record(
        *(arrival(desk.site_id, at=NOON + timedelta(minutes=minute), **facts[minute % 2]) for minute in range(7))
    )
    oldest_first = [item["id"] for item in desk.attendance()]
    seen, after = [], {}
    while after is not None:
        params = {"newest_first": True, "site_id": str(desk.site_id), "limit": 3, **after}
        page = ok(desk.client.get("/v1/attendance", params=params))
        seen += [item["id"] for item in page["items"]]
        after = {"after": page["next"]} if page["next"] else None
    assert seen == list(reversed(oldest_first))
    assert [item["outcome"] for item in desk.attendance(outcome="denied")] == ["denied"] * 3
    assert desk.attendance(direction="exit") == []
    visits = ok(desk.client.get("/v1/visits", params={"newest_first": True}))["items"]
    assert [item["opened_at"] for item in visits] == sorted((item["opened_at"] for item in visits), reverse=True)
