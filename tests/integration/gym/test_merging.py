"""Two members who are one person: both histories go on under one, doors and late messages included."""

from datetime import timedelta

from sqlmodel import select

from cloud_api.common.tables import AuditRow
from shared.domain.ids import uuid7
from tests.support.builders import NOON, TODAY
from tests.support.reception import arrival, ok

DAY = timedelta(days=1)


def merge(desk, kept, other):
    versions = {"version": desk.read(kept)["version"], "other_version": desk.read(other)["version"]}
    return desk.client.post(f"/v1/members/{kept}/merge", json={"other_id": str(other), **versions})


def two(desk, **other):
    return desk.member(given_name="Nora", phone="+45 1234"), desk.member(
        given_name="Nora", **{"email": "nora@fit.test", **other}
    )


def test_the_kept_member_has_both_histories(desk, gym):
    kept, other = two(desk, plan=desk.plan(), born_on="1990-02-11")
    for member_id, days in ((kept, 1), (other, 2), (other, 3)):
        desk.record(arrival(desk.site_id, member_id=member_id, at=NOON - days * DAY))
    remark = {"id": str(uuid7(1)), "text": "Likes mornings"}
    ok(desk.client.post(f"/v1/members/{other}/remarks", json=remark))
    view = ok(merge(desk, kept, other))
    assert (view["phone"], view["email"], view["born_on"]) == ("+45 1234", "nora@fit.test", "1990-02-11")
    assert len(view["memberships"]) == 1
    assert len(desk.visits(kept)) == 3
    assert desk.visits(other) == []
    assert view["last_visit_at"] == "2026-03-17T12:00:00Z"
    told = ok(desk.client.get(f"/v1/members/{kept}/remarks"))["items"]
    assert [item["text"] for item in told] == ["Likes mornings"]
    gone = desk.read(other)
    assert (gone["erased"], gone["merged_into"], gone["given_name"]) == (True, str(kept), "")
    assert [item["id"] for item in ok(desk.client.get("/v1/members"))["items"]] == [str(kept)]
    assert ok(desk.client.get("/v1/members", params={"search": "nora@fit"}))["found"] == 1
    assert ok(desk.client.get("/v1/members", params={"state": "active"}))["found"] == 1


def test_both_old_cards_open_as_the_kept_member(desk, gym):
    kept, other = two(desk)
    mine, theirs = desk.card(kept), desk.card(other)
    ok(merge(desk, kept, other))
    for card in (mine, theirs):
        assert desk.credential_row(card["lookup"])["member_id"] == str(kept)
    assert desk.credential_row(mine["lookup"])["wrapped_key"] is not None
    assert desk.credential_row(theirs["lookup"])["wrapped_key"] is None
    assert desk.member_row(other) is None
    gym.dispatch()
    assert len(ok(desk.client.get(f"/v1/members/{kept}/passes"))["items"]) == 2
    ok(desk.client.post(f"/v1/passes/{theirs['id']}/revoke"))
    assert desk.credential_row(theirs["lookup"])["status"] == "revoked"


def test_a_door_that_comes_late_with_the_old_member_counts_for_the_kept_one(desk, gym):
    kept, other = two(desk)
    ok(merge(desk, kept, other))
    desk.record(arrival(desk.site_id, member_id=other, at=NOON))
    assert len(desk.visits(kept)) == 1
    third = desk.member(given_name="Nora")
    ok(merge(desk, third, kept))
    desk.record(arrival(desk.site_id, member_id=other, at=NOON - DAY))
    assert len(desk.visits(third)) == 2


def test_visits_that_overlap_become_one_and_a_pack_is_counted_anew(desk, gym):
    kept, other = two(desk)
    pack = desk.sell(kept, desk.pack(), starts_on=TODAY - 9 * DAY)
    for member_id, minutes in ((kept, 0), (other, 5), (other, -2 * 1440)):
        entry = arrival(desk.site_id, member_id=member_id, membership_id=pack["id"], at=NOON + minutes * DAY / 1440)
        desk.record(entry)
    assert len(desk.visits()) == 3
    assert desk.read(kept)["memberships"][0]["visits_left"] == 9
    ok(merge(desk, kept, other))
    assert len(desk.visits(kept)) == 2
    assert desk.read(kept)["memberships"][0]["visits_left"] == 8


def test_the_money_follows_and_what_was_paid_meanwhile_is_given(desk, gym):
    kept, other = two(desk)
    plan = desk.plan()
    gym.dispatch()
    line = {"kind": "sale", "plan_id": str(plan), "membership_id": str(uuid7(5))}
    order = {"id": str(uuid7(6)), "site_id": str(desk.site_id), "member_id": str(other), "lines": [line]}
    ok(desk.client.post("/v1/orders", json=order))
    ok(desk.client.post(f"/v1/orders/{order['id']}/payments", json={"id": str(uuid7(7)), "method": "transfer"}))
    ok(merge(desk, kept, other))
    gym.dispatch()
    assert len(desk.read(kept)["memberships"]) == 1
    assert len(ok(desk.client.get(f"/v1/members/{kept}/receipts"))["items"]) == 1
    refund = {"id": str(uuid7(8)), "method": "transfer", "reason": "moved", "ends_membership": True}
    ok(desk.client.post(f"/v1/orders/{order['id']}/refunds", json=refund))
    gym.dispatch()
    assert desk.read(kept)["memberships"][0]["standing"] == "ended"


def test_reports_count_one_member_and_do_not_drift(desk, gym):
    kept, other = two(desk, plan=desk.plan())
    desk.record(arrival(desk.site_id, member_id=other, at=NOON - DAY))
    gym.dispatch()
    ok(merge(desk, kept, other))
    gym.dispatch()
    report = ok(desk.client.get("/v1/reports/members", params={"first": str(TODAY), "last": str(TODAY)}))
    assert report["joined"] == 1
    assert ok(desk.client.get("/v1/reports/plans"))["members"] == 1


def test_it_is_asked_for_once_with_what_was_seen_and_written_down(desk, gym):
    kept, other = two(desk)
    stale = {"other_id": str(other), "version": 99, "other_version": 1}
    assert desk.client.post(f"/v1/members/{kept}/merge", json=stale).json()["code"] == "member_changed"
    assert desk.client.post(f"/v1/members/{kept}/merge", json={**stale, "other_id": str(kept)}).status_code == 422
    ok(merge(desk, kept, other))
    again = {"other_id": str(other), "version": 1, "other_version": 1}
    ok(desk.client.post(f"/v1/members/{kept}/merge", json=again))
    assert desk.actions("gym").count("member.merged") == 1
    with gym.cloud.database.reading() as session:
        row = session.exec(select(AuditRow).where(AuditRow.action == "member.merged")).one()
    assert str(other) in row.after
    assert "nora@fit.test" not in row.model_dump_json(exclude={"sealed"})


def test_a_block_stays_and_wards_and_guests_follow(desk):
    kept, other = two(desk)
    ok(desk.client.post(f"/v1/members/{other}/block", json={"note": "towels"}))
    ward = desk.member(given_name="Ida", guardian_id=str(other), host_id=str(other))
    assert ok(merge(desk, kept, other))["blocked"]
    assert (desk.read(ward)["guardian_id"], desk.read(ward)["host_id"]) == (str(kept), str(kept))


def test_who_may_be_one_person_is_found_by_address_phone_and_name(desk):
    desk.member(given_name="Åse", family_name="Øster", email="ase@fit.test")
    desk.member(given_name="Aase", family_name="O.", email="ASE@fit.test")
    desk.member(given_name="Bo", family_name="Krog", phone="+45 20 30 40 50")
    desk.member(given_name="B.", family_name="Krogh", phone="20304050")
    desk.member(given_name="Øster", family_name="Ase")
    mother = desk.member(given_name="Nora", family_name="Quist", email="home@fit.test")
    desk.member(given_name="Ida", family_name="Quist", email="home@fit.test", guardian_id=str(mother))
    found = ok(desk.client.get("/v1/member-duplicates"))["items"]
    assert [(each["why"], [who["name"] for who in each["members"]]) for each in found] == [
        ("mail", ["Åse Øster", "Aase O."]),
        ("phone", ["Bo Krog", "B. Krogh"]),
        ("name", ["Åse Øster", "Øster Ase"]),
    ]


def test_whoever_was_merged_is_forgotten_with_the_kept_one_also_by_a_backup(desk, gym):
    kept, other = two(desk)
    ok(merge(desk, kept, other))
    ok(desk.client.delete(f"/v1/members/{kept}"))
    lines = (gym.settings.data / "objects").rglob("*")
    said = "".join(path.read_text(errors="ignore") for path in lines if path.is_file())
    assert str(other) in said
