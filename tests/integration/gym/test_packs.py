"""Packs are computed: bought minus visits, corrected by itself, told to the doors, noted for staff (hard case)."""

from datetime import timedelta
from uuid import UUID

from cloud_api.gym.packs import NAMED_CHECK_INS
from tests.support.builders import NOON, TODAY, an_id, days
from tests.support.reception import arrival, ok, void_of


def _member_with_pack(desk, visits=10):
    member_id = desk.member()
    held = desk.sell(member_id, desk.pack(visits=visits), starts_on=TODAY - days(20))
    return member_id, UUID(held["id"])


def _pack(desk, member_id):
    return desk.member_row(member_id)["memberships"][0]["pack"]


def test_a_visit_is_counted_and_the_doors_are_told_which_check_ins_are_in_the_number(desk):
    member_id, held = _member_with_pack(desk)
    entries = [
        arrival(desk.site_id, at=NOON + timedelta(minutes=minute), member_id=member_id, membership_id=held)
        for minute in (0, 30, 600)
    ]
    desk.record(*entries)
    assert _pack(desk, member_id) == {
        "bought": 10,
        "counted": 2,
        "counted_check_ins": sorted(str(item.event.id) for item in entries),
        "last_visit_at": "2026-03-18T22:00:00Z",
    }
    view = desk.read(member_id)["memberships"][0]
    assert (view["visits_bought"], view["visits_counted"], view["visits_left"]) == (10, 2, 8)


def test_visits_on_a_period_leave_the_pack_alone(desk):
    member_id, held = _member_with_pack(desk)
    monthly = UUID(desk.sell(member_id, desk.plan())["id"])
    desk.record(arrival(desk.site_id, member_id=member_id, membership_id=monthly))
    assert _pack(desk, member_id)["counted"] == 0
    desk.record(arrival(desk.site_id, at=NOON + timedelta(hours=5), member_id=member_id, membership_id=held))
    assert _pack(desk, member_id)["counted"] == 1


def test_a_visit_counts_on_the_pack_of_its_own_member_only(desk):
    owner, pack = _member_with_pack(desk)
    member_id, _ = _member_with_pack(desk)
    desk.record(arrival(desk.site_id, member_id=member_id, membership_id=pack))
    assert _pack(desk, owner)["counted"] == 0
    assert _pack(desk, member_id)["counted"] == 0
    assert len(desk.visits(member_id)) == 1


def test_a_new_visit_is_no_correction_and_a_late_one_is(desk):
    member_id, held = _member_with_pack(desk)
    desk.record(arrival(desk.site_id, at=NOON, member_id=member_id, membership_id=held))
    assert _notes(desk, member_id) == []
    late = arrival(desk.site_id, at=NOON - timedelta(hours=30), member_id=member_id, membership_id=held)
    desk.record(late)
    assert _notes(desk, member_id) == [("pack_corrected", 9, 8)]
    desk.gym.clock.advance(timedelta(seconds=1))
    desk.record(void_of(late))
    assert _notes(desk, member_id) == [("pack_corrected", 8, 9), ("pack_corrected", 9, 8)]
    assert desk.actions("gym").count("membership.corrected") == 2
    assert len(desk.visits(member_id)) == 1


def test_the_balance_goes_below_zero_when_two_doors_let_a_last_visit_in(desk):
    member_id, held = _member_with_pack(desk, visits=1)
    for hours in (0, 5):
        entry = arrival(desk.site_id, at=NOON + timedelta(hours=hours), member_id=member_id, membership_id=held)
        desk.record(entry)
    assert desk.read(member_id)["memberships"][0]["visits_left"] == -1


def test_two_kiosks_that_saw_the_same_visit_cost_one(desk):
    member_id, held = _member_with_pack(desk)
    facts = {"member_id": member_id, "membership_id": held}
    desk.record(arrival(desk.site_id, at=NOON, **facts))
    desk.record(arrival(desk.site_id, at=NOON + timedelta(minutes=3), device_id=an_id(77), **facts))
    assert _pack(desk, member_id)["counted"] == 1
    assert len(_pack(desk, member_id)["counted_check_ins"]) == 2


def test_only_the_newest_check_ins_are_named(desk):
    member_id, held = _member_with_pack(desk, visits=200)
    entries = [
        arrival(desk.site_id, at=NOON + timedelta(hours=3 * place), member_id=member_id, membership_id=held)
        for place in range(NAMED_CHECK_INS + 5)
    ]
    desk.record(*entries)
    pack = _pack(desk, member_id)
    assert pack["counted"] == NAMED_CHECK_INS + 5
    assert set(pack["counted_check_ins"]) == {str(item.event.id) for item in entries[5:]}


def test_a_renewed_pack_goes_on_counting(desk):
    member_id, held = _member_with_pack(desk, visits=2)
    for hours in (0, 5):
        entry = arrival(desk.site_id, at=NOON + timedelta(hours=hours), member_id=member_id, membership_id=held)
        desk.record(entry)
    seen = desk.read(member_id)["memberships"][0]
    body = {"paid_through_on": seen["paid_through_on"]}
    renewed = ok(desk.client.post(f"/v1/memberships/{held}/renew", json=body))
    assert (renewed["visits_bought"], renewed["visits_left"]) == (4, 2)
    assert _pack(desk, member_id)["bought"] == 4


def _notes(desk, member_id):
    notes = ok(desk.client.get(f"/v1/members/{member_id}/notes"))["items"]
    return [(note["code"], note["detail"]["left_before"], note["detail"]["left_now"]) for note in notes]
