"""An upload reports the past: who should not have been let in is stored, counted and flagged (promise 4)."""

from datetime import timedelta
from uuid import UUID

from shared.domain.device import Direction
from tests.support.builders import NOON, TODAY, an_id, days
from tests.support.reception import arrival, ok

_MINUTE = timedelta(minutes=1)


def _flags(desk, event):
    return next(item["flags"] for item in desk.attendance() if item["id"] == str(event.event.id))


def _entry(desk, member_id, **changes):
    held = desk.read(member_id)["memberships"]
    facts = {"member_id": member_id, "membership_id": UUID(held[0]["id"]) if held else None, **changes}
    event = arrival(desk.site_id, **facts)
    desk.record(event)
    return event


def test_an_entry_that_the_rule_book_agrees_with_has_no_flag(desk):
    member_id = desk.member(plan=desk.plan())
    card = desk.card(member_id)
    event = _entry(desk, member_id, lookup=card["lookup"])
    assert _flags(desk, event) == []


def test_an_entry_after_a_block_is_told_from_one_before_it(desk, gym):
    member_id = desk.member(plan=desk.plan())
    card = desk.card(member_id)
    ok(desk.client.post(f"/v1/members/{member_id}/block", json={}))
    before = _entry(desk, member_id, at=NOON - _MINUTE, lookup=card["lookup"])
    after = _entry(desk, member_id, at=NOON + 3 * timedelta(hours=1), lookup=card["lookup"])
    assert _flags(desk, before) == ["now_blocked_by_staff"]
    assert _flags(desk, after) == ["admitted_after_block"]
    assert len(desk.visits(member_id)) == 2


def test_an_entry_on_what_has_ended_meanwhile_is_flagged_with_the_reason(desk):
    plan = desk.plan(renews=False)
    member_id = desk.member(plan=plan, starts_on=TODAY - days(60))
    card = desk.card(member_id)
    assert _flags(desk, _entry(desk, member_id, lookup=card["lookup"])) == ["now_membership_ended"]


def test_an_entry_with_a_pass_revoked_since_is_flagged(desk):
    member_id = desk.member(plan=desk.plan())
    card = desk.card(member_id)
    ok(desk.client.post(f"/v1/passes/{card['id']}/revoke"))
    assert _flags(desk, _entry(desk, member_id, lookup=card["lookup"])) == ["now_pass_revoked"]
    told = arrival(
        desk.site_id, at=NOON + _MINUTE, lookup=card["lookup"], member_id=member_id, flags=["admitted_after_revocation"]
    )
    desk.record(told)
    assert _flags(desk, told) == ["admitted_after_revocation"]


def test_an_unknown_member_is_stored_and_counted(desk):
    nobody = an_id()
    event = arrival(desk.site_id, member_id=nobody, flags=["unknown_member"])
    desk.record(event)
    assert _flags(desk, event) == ["unknown_member"]
    assert [item["member"] for item in desk.visits(nobody)] == [{"id": str(nobody), "number": None, "name": ""}]


def test_refusals_exits_and_voids_are_not_judged(desk):
    member_id = desk.member()
    refused = arrival(desk.site_id, outcome="denied", reason="unknown_pass", member_id=None, membership_id=None)
    left = arrival(desk.site_id, at=NOON + _MINUTE, direction=Direction.EXIT, member_id=member_id)
    desk.record(refused, left)
    assert _flags(desk, refused) == []
    assert _flags(desk, left) == []


def test_a_grant_within_one_batch_is_seen_by_the_next_verdict(desk):
    """A card shown again a minute later is no new visit of a used-up pack."""
    member_id = desk.member(plan=desk.pack(visits=1))
    card, held = desk.card(member_id), UUID(desk.read(member_id)["memberships"][0]["id"])
    facts = {"member_id": member_id, "membership_id": held, "lookup": card["lookup"]}
    first = arrival(desk.site_id, at=NOON, **facts)
    again = arrival(desk.site_id, at=NOON + 5 * _MINUTE, **facts)
    later = arrival(desk.site_id, at=NOON + timedelta(hours=4), **facts)
    desk.record(first, again, later)
    assert [_flags(desk, item) for item in (first, again, later)] == [[], [], ["now_visits_used_up"]]
