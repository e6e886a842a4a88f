"""Visits, packs and sums come out the same whatever was uploaded first (hard case: packs are computed)."""

import itertools
import random
from datetime import timedelta

from sqlmodel import select

from cloud_api.gym.members import create_member
from cloud_api.gym.memberships import sell
from cloud_api.gym.recording import record
from cloud_api.gym.tables import VisitRow
from cloud_api.reports.drift import recompute
from shared.contracts.gym import NewMember, Sale
from shared.domain.device import Direction
from tests.support.builders import NOON, TODAY, an_id, days
from tests.support.reception import arrival, living_visits, ok, void_of

_HOUR = timedelta(hours=1)


def _story(site_id, **facts):
    """A day with a second entry within the dwell, a way out, a repeat that nobody passed, and a second visit."""
    first = arrival(site_id, at=NOON, **facts)
    again = arrival(site_id, at=NOON + _HOUR, **facts)
    out = arrival(site_id, at=NOON + 3 * _HOUR, direction=Direction.EXIT, **{**facts, "membership_id": None})
    evening = arrival(site_id, at=NOON + 6 * _HOUR, **facts)
    return [first, again, out, evening, void_of(first)]


def a_pack_member(session, gym, plan_id, *, starts_on):
    draft = NewMember(given_name="Nora", home_site_id=gym.site_id)
    member = create_member(session, gym.cloud.keys, draft, by="test")
    return member, sell(session, gym.cloud.keys, member.id, Sale(plan_id=plan_id, starts_on=starts_on), by="test")


def _shape(visits):
    return [(item.opened_at, item.closed_at, item.check_ins.count("-7")) for item in visits]


def test_every_order_of_uploads_gives_the_same_visits(desk, gym):
    """A third of the 120 orders; all of them, and many more, are tried without a database in test_visit_windows."""
    plan, seen = desk.pack(visits=10), set()
    for order in itertools.islice(itertools.permutations(range(5)), 0, None, 3):
        with gym.cloud.database.transaction() as session:
            member, held = a_pack_member(session, gym, plan, starts_on=TODAY - days(3))
            story = _story(desk.site_id, member_id=member.id, membership_id=held.id)
            for place in order:
                record(session, gym.cloud.keys, [story[place]])
            visits = [item for item in living_visits(session) if item.member_id == member.id]
            shape = tuple(_shape(sorted(visits, key=lambda item: item.opened_at)))
            seen.add((shape, held.counted, held.last_visit_at, held.counted_check_ins.count("-7")))
    first, evening = NOON + _HOUR, NOON + 6 * _HOUR
    assert seen == {(((first, NOON + 3 * _HOUR, 1), (evening, None, 1)), 2, evening, 2)}


def test_one_batch_or_many_gives_the_same_visits_and_no_drift(desk, gym):
    plan, rng = desk.pack(visits=50), random.Random(3)
    members = [(member_id, desk.sell(member_id, plan, starts_on=TODAY)["id"]) for member_id in _members(desk, 4)]
    story = [
        arrival(
            desk.site_id,
            at=NOON + timedelta(minutes=rng.randrange(4000)),
            member_id=member_id,
            membership_id=held,
            direction=rng.choice([Direction.ENTRY, Direction.ENTRY, Direction.EXIT]),
        )
        for member_id, held in members
        for _ in range(12)
    ]
    rng.shuffle(story)
    for size in (1, 5, 17, len(story)):
        desk.record(*story[:size])
        story = story[size:] + story[:size]
    whole = _all_visits(gym)
    desk.record(*story)
    assert _all_visits(gym) == whole
    assert whole
    gym.dispatch()
    with gym.cloud.database.transaction() as session:
        drift = recompute(session)
    assert (drift.visits, drift.refusals) == (0, 0)


def test_a_visit_that_comes_again_goes_on_with_its_version(desk, gym):
    member_id = desk.member()
    first = arrival(desk.site_id, at=NOON, member_id=member_id)
    second = arrival(desk.site_id, at=NOON + _HOUR, member_id=member_id)
    desk.record(second)
    desk.record(first)  # the visit of the second is taken back
    desk.record(void_of(first))  # and comes again
    with gym.cloud.database.reading() as session:
        rows = {row.id: row for row in session.exec(select(VisitRow))}
    assert rows[second.event.id].version == 3
    assert not rows[second.event.id].is_void
    assert rows[first.event.id].is_void
    assert [item["opened_at"] for item in desk.visits(member_id)] == ["2026-03-18T13:00:00Z"]


def test_a_void_of_another_site_takes_nothing_back(desk):
    member_id, other = desk.member(), desk.site()
    entry = arrival(desk.site_id, member_id=member_id)
    desk.record(entry)
    desk.record(void_of(entry).model_copy(update={"site_id": other}))
    assert len(desk.visits(member_id)) == 1


def test_visits_are_told_with_their_state_and_version(desk, gym):
    member_id = desk.member()
    story = _story(desk.site_id, member_id=member_id)
    for item in story:
        desk.record(item)
    types = [item for item in desk.published() if item.startswith("visit.")]
    assert types == [
        "visit.opened",
        "visit.corrected",  # a second entry within the dwell
        "visit.closed",
        "visit.opened",
        "visit.opened",  # the void: the second entry opens the visit now
        "visit.corrected",
    ]


def test_an_event_delivered_twice_counts_once(desk):
    member_id = desk.member()
    entry = arrival(desk.site_id, member_id=member_id)
    desk.record(entry)
    desk.record(entry, entry)
    assert [item["check_ins"] for item in desk.visits(member_id)] == [1]
    assert len(desk.attendance(member_id=str(member_id))) == 1


def test_days_and_hours_are_those_of_the_site(desk):
    member_id = desk.member()
    new_york = desk.site("Brooklyn", zone="America/New_York")
    desk.record(arrival(new_york, at=NOON.replace(hour=3), member_id=member_id))
    visit = desk.visits(member_id)[0]
    assert (visit["local_on"], visit["local_hour"]) == ("2026-03-17", 23)


def test_what_a_revoked_kiosk_hands_in_counts_once_someone_accepted_it(desk):
    member_id = desk.member()
    held = arrival(desk.site_id, member_id=member_id, flags=["salvaged"])
    void = void_of(held).model_copy(update={"flags": ["salvaged"]})
    desk.record(held, void)
    assert desk.visits(member_id) == []
    waiting = desk.attendance(held=True)
    assert {item["id"] for item in waiting} == {str(held.event.id), str(void.event.id)}
    body = {"event_ids": [str(held.event.id)]}
    accepted = ok(desk.client.post("/v1/attendance-acceptances", json=body))
    assert [item["held"] for item in accepted["items"]] == [False]
    assert len(desk.visits(member_id)) == 1
    ok(desk.client.post("/v1/attendance-acceptances", json={"event_ids": [str(void.event.id)]}))
    assert desk.visits(member_id) == []
    assert desk.actions("gym").count("attendance.accepted") == 2
    unknown = desk.client.post("/v1/attendance-acceptances", json={"event_ids": [str(an_id())]})
    assert unknown.status_code == 404


def _members(desk, count):
    return [desk.member() for _ in range(count)]


def _all_visits(gym):
    with gym.cloud.database.reading() as session:
        return sorted((item.opened_at, item.id, item.closed_at, item.check_ins) for item in living_visits(session))
