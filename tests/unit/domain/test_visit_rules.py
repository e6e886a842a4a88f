"""Visits are the same whoever uploads first, and a pack's balance with them."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.device import Direction
from shared.domain.ids import EventId, MemberId, SiteId
from shared.domain.roster import Uncounted
from shared.domain.site import DoorPolicy
from shared.domain.visits import LONGEST_VISIT, Visit, derive_visits, visits_left
from tests.support.builders import (
    MEMBER_ID,
    MEMBERSHIP_ID,
    NOON,
    SITE_ID,
    a_check_in,
    a_holder,
    a_holding,
    a_pack,
    a_presence,
    an_entry,
    an_id,
    ask,
    seconds,
)

DWELL = DoorPolicy().dwell
HOUR = timedelta(hours=1)


@st.composite
def check_ins(draw):
    """Entries and exits of two members at two sites over two days, at times that often tie."""
    minutes = draw(st.lists(st.integers(0, 96), max_size=12))
    return [
        a_check_in(
            NOON + 30 * timedelta(minutes=at),
            event_id=EventId(an_id(1000 + number)),
            member_id=MemberId(an_id(draw(st.integers(5, 6)))),
            site_id=SiteId(an_id(draw(st.integers(1, 2)))),
            direction=draw(st.sampled_from([Direction.ENTRY, Direction.ENTRY, Direction.EXIT])),
        )
        for number, at in enumerate(minutes)
    ]


def visits_of(*items, voided=()):
    return derive_visits(items, dwell=DWELL, voided=frozenset(voided))


def entry(hours: float, number: int):
    return a_check_in(NOON + hours * HOUR, event_id=EventId(an_id(number)))


def leave(hours: float, number: int):
    return a_check_in(NOON + hours * HOUR, event_id=EventId(an_id(number)), direction=Direction.EXIT)


@given(items=check_ins(), data=st.data())
def test_every_upload_order_gives_the_same_visits(items, data):
    shuffled = data.draw(st.permutations(items))
    assert derive_visits(shuffled, dwell=DWELL) == derive_visits(items, dwell=DWELL)


@given(items=check_ins(), data=st.data())
def test_what_is_sent_twice_or_voided_is_as_if_sent_once_or_never(items, data):
    voided = frozenset(data.draw(st.sets(st.sampled_from([item.event_id for item in items])) if items else st.just(())))
    kept = [item for item in items if item.event_id not in voided]
    assert derive_visits(items + items, dwell=DWELL, voided=voided) == derive_visits(kept, dwell=DWELL)


@given(items=check_ins())
def test_each_entry_belongs_to_one_visit_that_began_less_than_the_dwell_before(items):
    visits = derive_visits(items, dwell=DWELL)
    by_id = {item.event_id: item for item in items}
    entries = sorted(item.event_id for item in items if item.direction is Direction.ENTRY)
    assert sorted(event_id for visit in visits for event_id in visit.check_ins) == entries
    for visit in visits:
        assert visit.opened_by == visit.check_ins[0]
        assert visit.opened_at == by_id[visit.opened_by].at
        for event_id in visit.check_ins:
            item = by_id[event_id]
            assert (item.member_id, item.site_id) == (visit.member_id, visit.site_id)
            assert timedelta(0) <= item.at - visit.opened_at < DWELL


@given(items=check_ins())
def test_visits_of_one_member_at_one_site_begin_at_least_the_dwell_apart(items):
    visits = derive_visits(items, dwell=DWELL)
    for one, next_one in pairwise(visits):
        if (one.member_id, one.site_id) == (next_one.member_id, next_one.site_id):
            assert next_one.opened_at - one.opened_at >= DWELL


@given(items=check_ins(), bought=st.integers(0, 20), data=st.data())
def test_a_pack_s_balance_does_not_depend_on_who_uploads_first(items, bought, data):
    shuffled = data.draw(st.permutations(items))
    balance = visits_left(bought=bought, visits=derive_visits(items, dwell=DWELL))
    assert balance == visits_left(bought=bought, visits=derive_visits(shuffled, dwell=DWELL))


@given(
    minutes=st.lists(st.integers(-5000, 0), max_size=8, unique=True),
    uploaded=st.integers(0, 8),
    bought=st.integers(1, 12),
)
def test_the_door_counts_as_the_cloud_does_however_much_it_has_uploaded(minutes, uploaded, bought):
    """The kiosk's balance after an entry is what the cloud derives once everything has arrived."""
    past = [
        a_check_in(NOON + timedelta(minutes=at), event_id=EventId(an_id(2000 + number)))
        for number, at in enumerate(sorted(minutes))
    ]
    known = past[: min(uploaded, len(past))]
    counted = derive_visits(known, dwell=DWELL)
    pack = a_pack(
        bought=bought,
        counted=len(counted),
        counted_check_ins=frozenset(item.event_id for item in known),
        last_visit_at=counted[-1].opened_at if counted else None,
    )
    own = tuple(Uncounted(MEMBERSHIP_ID, item.event_id, item.at) for item in past)
    decision = ask(entry=an_entry(a_holder(a_holding(pack=pack))), presence=a_presence(own_grants=own))
    in_the_end = derive_visits([*past, a_check_in(NOON)], dwell=DWELL)
    expected = visits_left(bought=bought, visits=in_the_end)
    assert getattr(decision, "visits_left", -1) == max(expected, -1)


def test_entries_within_the_dwell_are_one_visit_and_at_the_dwell_two():
    within = visits_of(entry(0, 1), entry(1.99, 2))
    assert within == (Visit(MEMBER_ID, SITE_ID, an_id(1), NOON, None, (an_id(1), an_id(2))),)
    assert [visit.opened_by for visit in visits_of(entry(0, 1), entry(2, 2))] == [an_id(1), an_id(2)]


def test_the_dwell_runs_from_the_first_entry():
    assert len(visits_of(entry(0, 1), entry(1.5, 2), entry(3, 3))) == 2


def test_entries_of_one_instant_are_ordered_by_their_ids():
    assert visits_of(entry(0, 2), entry(0, 1))[0].opened_by == an_id(1)


def test_an_exit_closes_the_visit_and_the_last_one_counts():
    assert visits_of(entry(0, 1), leave(1, 2))[0].closed_at == NOON + HOUR
    assert visits_of(entry(0, 1), leave(1, 2), leave(3, 3))[0].closed_at == NOON + 3 * HOUR


@pytest.mark.parametrize(("after", "closes"), [(LONGEST_VISIT - seconds(1), True), (LONGEST_VISIT, False)])
def test_a_way_out_16_hours_later_was_forgotten(after, closes):
    visit = visits_of(entry(0, 1), leave(after / HOUR, 2))[0]
    assert (visit.closed_at is not None) is closes


def test_an_exit_without_an_entry_opens_nothing():
    assert visits_of(leave(0, 1)) == ()


def test_who_fetches_a_towel_goes_on_with_the_visit():
    (visit,) = visits_of(entry(0, 1), leave(0.5, 2), entry(1, 3))
    assert visit.closed_at is None
    assert visit.check_ins == (an_id(1), an_id(3))


def test_a_voided_entry_opens_no_visit():
    assert [v.opened_by for v in visits_of(entry(0, 1), entry(0.5, 2), voided=[an_id(1)])] == [an_id(2)]


@pytest.mark.parametrize("field", ["member_id", "site_id"])
def test_another_member_or_site_is_another_visit(field):
    other = a_check_in(NOON, event_id=EventId(an_id(2)), **{field: an_id(77)})
    assert len(visits_of(entry(0, 1), other)) == 2


def test_a_balance_is_bought_minus_derived_and_may_be_below_zero():
    assert visits_left(bought=1, visits=visits_of(entry(0, 1), entry(9, 2))) == -1
