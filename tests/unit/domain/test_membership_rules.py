"""Periods, renewals, grace and freezes: the last paid day counts, and nobody loses a day that was paid."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shared.domain.ids import MembershipId, PlanId
from shared.domain.membership import (
    Given,
    Membership,
    Pack,
    Standing,
    bring_over,
    freeze,
    given_by,
    last_day,
    renew,
    sell,
    standing_on,
    take_back,
    thaw,
    thaws_on,
)
from shared.domain.plan import Period
from shared.domain.time import DayInterval
from tests.support.builders import MEMBERSHIP_ID, TODAY, a_membership, a_plan, an_id, days

DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))
PERIODS = st.builds(Period, months=st.integers(1, 24)) | st.builds(Period, days=st.integers(1, 400))
PLANS = st.builds(
    lambda period, visits, renews: a_plan(period=period, visits=visits, renews=renews),
    PERIODS,
    st.none() | st.integers(1, 50),
    st.booleans(),
)
GRACE = st.integers(0, 30)
OPEN = {Standing.ACTIVE, Standing.IN_GRACE, Standing.FROZEN, Standing.NOT_STARTED}


@st.composite
def held(draw):
    """A plan and a membership on it, sold and perhaps renewed, paused and cancelled."""
    plan = draw(PLANS)
    membership = sell(MEMBERSHIP_ID, plan, starts_on=draw(DAYS))
    for _ in range(draw(st.integers(0, 2))):
        membership = renew(membership, plan, today=membership.paid_through_on, grace_days=0)
    if draw(st.booleans()):
        membership = freeze(membership, draw(pauses(membership)))
    if draw(st.booleans()):
        thawed = max((pause.end for pause in membership.freezes), default=membership.starts_on)
        ends_on = thawed + days(draw(st.integers(0, 800)))
        membership = a_membership(**{**_facts(membership), "ends_on": ends_on})
    return plan, membership


def _facts(membership: Membership) -> dict:
    return {name: getattr(membership, name) for name in Membership.__slots__}


@st.composite
def pauses(draw, membership):
    room = (last_day(membership) - membership.starts_on).days
    first = membership.starts_on + days(draw(st.integers(0, room)))
    return DayInterval(first, first + days(draw(st.integers(1, 60))))


def days_let_in(membership: Membership, *, grace_days: int = 0) -> int:
    span = (membership.paid_through_on - membership.starts_on).days + grace_days + 3
    standings = (standing_on(membership, membership.starts_on + days(n), grace_days=grace_days) for n in range(span))
    return sum(standing in (Standing.ACTIVE, Standing.IN_GRACE) for standing in standings)


# -- periods --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "period", "last"),
    [
        (date(2026, 3, 1), Period(months=1), date(2026, 3, 31)),
        (date(2026, 1, 31), Period(months=1), date(2026, 2, 27)),
        (date(2026, 3, 18), Period(months=12), date(2027, 3, 17)),
        (date(2024, 2, 29), Period(months=12), date(2025, 2, 27)),
        (date(2026, 3, 18), Period(days=1), date(2026, 3, 18)),
        (date(2026, 3, 18), Period(days=10), date(2026, 3, 27)),
    ],
)
def test_the_last_paid_day_is_the_day_before_the_same_day_again(first, period, last):
    assert period.last_day(first) == last


@pytest.mark.parametrize(
    "wrong", [{}, {"months": 1, "days": 1}, {"months": -1}, {"days": -1}, {"months": -1, "days": 5}]
)
def test_a_period_has_either_months_or_days(wrong):
    with pytest.raises(ValueError, match="either months or days"):
        Period(**wrong)


def test_a_sale_pays_the_first_period_and_fills_the_pack():
    plan = a_plan(visits=10, renews=False)
    assert sell(MEMBERSHIP_ID, plan, starts_on=date(2026, 1, 31)) == Membership(
        id=MEMBERSHIP_ID,
        plan_id=plan.id,
        starts_on=date(2026, 1, 31),
        paid_through_on=date(2026, 2, 27),
        pack=Pack(bought=10, counted=0),
        anchor_day=31,
    )
    by_days = sell(MEMBERSHIP_ID, a_plan(period=Period(days=30)), starts_on=TODAY)
    assert (by_days.pack, by_days.anchor_day, by_days.renews) == (None, None, True)


@given(start=DAYS, months=st.integers(1, 3), times=st.integers(1, 30))
def test_a_monthly_membership_stays_on_its_day_of_the_month(start, months, times):
    plan = a_plan(period=Period(months=months))
    membership = sell(MEMBERSHIP_ID, plan, starts_on=start)
    for _ in range(times - 1):
        membership = renew(membership, plan, today=membership.paid_through_on, grace_days=0)
    assert membership.paid_through_on == Period(months=months * times).last_day(start)


# -- standing -------------------------------------------------------------------------------------------------------


@given(held=held(), day=DAYS, grace_days=GRACE)
def test_a_day_stands_as_its_place_among_the_dates_says(held, day, grace_days):
    _, membership = held
    standing = standing_on(membership, day, grace_days=grace_days)
    if day < membership.starts_on:
        assert standing is Standing.NOT_STARTED
    elif membership.ends_on is not None and day > membership.ends_on:
        assert standing is Standing.ENDED
    elif day <= membership.paid_through_on:
        assert standing is (Standing.FROZEN if any(day in f for f in membership.freezes) else Standing.ACTIVE)
    elif (day - membership.paid_through_on).days <= grace_days:
        assert standing is Standing.IN_GRACE
    else:
        assert standing is (Standing.OVERDUE if membership.renews else Standing.ENDED)


@pytest.mark.parametrize(
    ("day", "standing"),
    [
        (date(2026, 2, 28), Standing.NOT_STARTED),
        (date(2026, 3, 1), Standing.ACTIVE),
        (date(2026, 3, 31), Standing.ACTIVE),
        (date(2026, 4, 1), Standing.IN_GRACE),
        (date(2026, 4, 7), Standing.IN_GRACE),
        (date(2026, 4, 8), Standing.OVERDUE),
    ],
)
def test_the_edges_of_a_month_with_a_week_of_grace(day, standing):
    assert standing_on(a_membership(), day, grace_days=7) is standing


@given(held=held(), day=DAYS)
def test_the_last_day_is_paid_and_before_any_hard_end(held, day):
    _, membership = held
    if standing_on(membership, day, grace_days=0) is Standing.ACTIVE:
        assert day <= last_day(membership)
    assert last_day(membership) in (membership.paid_through_on, membership.ends_on)


# -- renewals -------------------------------------------------------------------------------------------------------


@given(held=held(), today=DAYS, grace_days=GRACE)
def test_paying_never_shortens(held, today, grace_days):
    plan, membership = held
    renewed = renew(membership, plan, today=today, grace_days=grace_days)
    assert last_day(renewed) > last_day(membership)


@given(held=held(), today=DAYS, grace_days=GRACE)
def test_who_has_paid_is_not_in_grace_overdue_or_ended_today(held, today, grace_days):
    plan, membership = held
    renewed = renew(membership, plan, today=today, grace_days=grace_days)
    assert standing_on(renewed, today, grace_days=0) in OPEN - {Standing.IN_GRACE}


@given(held=held(), today=DAYS, grace_days=GRACE)
def test_a_lapsed_membership_starts_again_today_and_another_is_extended(held, today, grace_days):
    plan, membership = held
    lets_in = standing_on(membership, today, grace_days=grace_days) in OPEN
    extended = plan.period.last_day(membership.paid_through_on + days(1), anchor_day=membership.anchor_day)
    renewed = renew(membership, plan, today=today, grace_days=grace_days)
    if lets_in and extended >= today:
        assert (renewed.starts_on, renewed.paid_through_on) == (membership.starts_on, extended)
        assert renewed.freezes == membership.freezes
    else:
        assert (renewed.starts_on, renewed.paid_through_on) == (today, plan.period.last_day(today))
        assert renewed.freezes == ()


@given(held=held(), today=DAYS, grace_days=GRACE)
def test_a_renewal_lifts_a_cancelled_end_and_adds_the_visits(held, today, grace_days):
    plan, membership = held
    renewed = renew(membership, plan, today=today, grace_days=grace_days)
    assert renewed.ends_on is None
    assert renewed.renews is plan.renews
    assert (renewed.anchor_day is None) is (plan.period.months == 0)
    if plan.visits is None:
        assert renewed.pack is None
    else:
        assert renewed.pack == Pack(membership.pack.bought + plan.visits, membership.pack.counted)


def test_a_membership_that_became_a_pack_gets_one():
    renewed = renew(a_membership(), a_plan(visits=10), today=TODAY, grace_days=7)
    assert renewed.pack == Pack(bought=10, counted=0)


def test_a_membership_keeps_its_pack_when_its_plan_counts_no_longer():
    pack = Pack(bought=10, counted=4)
    assert renew(a_membership(pack=pack), a_plan(), today=TODAY, grace_days=7).pack == pack


def test_a_day_pass_bought_again_in_grace_is_for_today():
    plan = a_plan(period=Period(days=1), renews=False)
    old = sell(MEMBERSHIP_ID, plan, starts_on=TODAY - days(5))
    renewed = renew(old, plan, today=TODAY, grace_days=7)
    assert (renewed.starts_on, renewed.paid_through_on) == (TODAY, TODAY)


def test_an_extension_that_reaches_today_is_one():
    plan = a_plan(period=Period(days=5), renews=False)
    old = a_membership(paid_through_on=TODAY - days(5), renews=False)
    assert renew(old, plan, today=TODAY, grace_days=7).paid_through_on == TODAY


@pytest.mark.parametrize(("anchor_day", "expected"), [(None, 1), (31, 31)])
def test_a_monthly_renewal_finds_its_day_where_none_was_kept(anchor_day, expected):
    membership = a_membership(anchor_day=anchor_day)
    assert renew(membership, a_plan(), today=TODAY, grace_days=7).anchor_day == expected


def test_a_lapsed_one_is_anchored_to_today():
    membership = a_membership(anchor_day=1, paid_through_on=date(2026, 1, 31))
    renewed = renew(membership, a_plan(), today=TODAY, grace_days=7)
    assert (renewed.anchor_day, renewed.paid_through_on) == (18, date(2026, 4, 17))


def test_another_plan_is_another_membership():
    with pytest.raises(ValueError, match="on its own plan"):
        renew(a_membership(), a_plan(id=PlanId(an_id(9))), today=TODAY, grace_days=7)


# -- freezes --------------------------------------------------------------------------------------------------------


@given(held=held(), data=st.data())
def test_a_freeze_gives_back_exactly_its_days(held, data):
    _, membership = held
    pause = data.draw(pauses(membership))
    assume(not any(pause.first < f.end and f.first < pause.end for f in membership.freezes))
    paused = freeze(membership, pause)
    assert days_let_in(paused) == days_let_in(membership)
    assert (last_day(paused) - last_day(membership)).days == pause.days


@given(start=DAYS, months=st.integers(1, 12), data=st.data())
def test_a_freeze_is_not_taken_back_by_the_next_renewal(start, months, data):
    plan = a_plan(period=Period(months=months))
    membership = sell(MEMBERSHIP_ID, plan, starts_on=start)
    paused = freeze(membership, data.draw(pauses(membership)))
    renewed = renew(paused, plan, today=paused.paid_through_on, grace_days=0)
    assert renewed.paid_through_on == plan.period.last_day(paused.paid_through_on + days(1))


def test_a_freeze_leaves_a_membership_by_days_without_a_day_of_the_month():
    paused = freeze(a_membership(), DayInterval(TODAY, TODAY + days(3)))
    assert paused.anchor_day is None


@pytest.mark.parametrize("first", [date(2026, 2, 28), date(2026, 4, 1)])
def test_a_pause_begins_within_the_paid_time(first):
    with pytest.raises(ValueError, match="within the paid time"):
        freeze(a_membership(), DayInterval(first, first + days(3)))


def test_a_pause_does_not_begin_after_a_hard_end():
    with pytest.raises(ValueError, match="within the paid time"):
        freeze(a_membership(ends_on=date(2026, 3, 10)), DayInterval(TODAY, TODAY + days(3)))


@pytest.mark.parametrize("first", [date(2026, 3, 1), date(2026, 3, 31)])
def test_a_pause_may_begin_on_the_first_and_on_the_last_paid_day(first):
    assert freeze(a_membership(), DayInterval(first, first + days(3))).paid_through_on == date(2026, 4, 3)


@pytest.mark.parametrize(("first", "end"), [(14, 16), (16, 18), (19, 21), (10, 25)])
def test_pauses_do_not_overlap(first, end):
    paused = freeze(a_membership(), DayInterval(date(2026, 3, 15), date(2026, 3, 20)))
    with pytest.raises(ValueError, match="overlaps another"):
        freeze(paused, DayInterval(date(2026, 3, first), date(2026, 3, end)))


@pytest.mark.parametrize(("first", "end"), [(13, 15), (20, 22)])
def test_pauses_may_touch_and_stand_in_order(first, end):
    one, other = (
        DayInterval(date(2026, 3, 15), date(2026, 3, 20)),
        DayInterval(date(2026, 3, first), date(2026, 3, end)),
    )
    assert freeze(freeze(a_membership(), one), other).freezes == tuple(sorted((one, other), key=lambda f: f.first))


def test_a_cancelled_membership_ends_later_by_its_pause():
    paused = freeze(a_membership(ends_on=date(2026, 3, 20)), DayInterval(TODAY, TODAY + days(3)))
    assert (paused.ends_on, paused.paid_through_on) == (date(2026, 3, 23), date(2026, 4, 3))


@given(cuts=st.lists(st.integers(0, 40), min_size=2, max_size=8, unique=True).map(sorted), day=st.integers(0, 41))
def test_a_thaw_is_the_first_day_that_no_pause_holds(cuts, day):
    pairs = zip(cuts[::2], cuts[1::2], strict=False)
    pauses = tuple(DayInterval(TODAY + days(a), TODAY + days(b)) for a, b in pairs)
    today = TODAY + days(day)
    expected = today
    while any(expected in pause for pause in pauses):
        expected += days(1)
    for order in (pauses, pauses[::-1]):
        found = thaws_on(a_membership(freezes=order), today)
        assert found == (None if expected == today else expected)


@given(held=held(), data=st.data())
def test_a_pause_that_ends_sooner_gave_back_only_the_days_it_held(held, data):
    _, membership = held
    pause = data.draw(pauses(membership))
    assume(not any(pause.first < f.end and f.first < pause.end for f in membership.freezes))
    back_on = pause.first + days(data.draw(st.integers(0, pause.days - 1)))
    today = back_on - days(data.draw(st.integers(0, 9)))
    ended = thaw(freeze(membership, pause), pause, back_on=back_on, today=today)
    if back_on > pause.first:
        assert ended == freeze(membership, DayInterval(pause.first, back_on))
    elif len(membership.freezes) == 0:
        assert ended == membership
    assert days_let_in(ended) == days_let_in(membership)
    assert min(ended.paid_through_on, ended.ends_on or ended.paid_through_on) >= back_on


@given(held=held(), data=st.data())
def test_no_day_that_was_paid_is_lost_where_payments_came_and_went_before_a_pause_ends_sooner(held, data):
    plan, membership = held
    before = membership if membership.freezes else freeze(membership, data.draw(pauses(membership)))
    pause = before.freezes[0]
    renewed = renew(before, plan, today=before.starts_on, grace_days=0)
    refunded = take_back(before, Given(data.draw(st.integers(0, days_let_in(before)))))
    changed = data.draw(st.sampled_from((before, renewed, refunded)))
    ended = thaw(changed, pause, back_on=pause.first, today=pause.first)
    assert days_let_in(ended) == days_let_in(changed)
    assert pause not in ended.freezes


@pytest.mark.parametrize(("back_on", "today"), [(17, 18), (14, 14), (20, 18), (25, 25)])
def test_a_pause_ends_sooner_on_one_of_its_days_and_never_before_today(back_on, today):
    pause = DayInterval(date(2026, 3, 15), date(2026, 3, 20))
    with pytest.raises(ValueError, match="today at the earliest"):
        thaw(freeze(a_membership(), pause), pause, back_on=date(2026, 3, back_on), today=date(2026, 3, today))
    with pytest.raises(ValueError, match="no such pause"):
        thaw(a_membership(), pause, back_on=pause.first, today=pause.first)


@pytest.mark.parametrize(
    ("back_on", "paid_through_on", "ends_on", "anchor_day"),
    [(date(2026, 2, 10), date(2026, 2, 27), date(2026, 2, 20), 31), (date(2026, 2, 12), date(2026, 3, 1), None, 2)],
)
def test_a_pause_taken_back_has_not_been_and_one_ended_sooner_moves_the_day(
    back_on, paid_through_on, ends_on, anchor_day
):
    """Monthly, begun on 31 January: the day that a pause moved comes back with it."""
    pause = DayInterval(date(2026, 2, 10), date(2026, 2, 20))
    first = a_membership(starts_on=date(2026, 1, 31), paid_through_on=date(2026, 2, 27), ends_on=ends_on, anchor_day=31)
    ended = thaw(freeze(first, pause), pause, back_on=back_on, today=date(2026, 2, 9))
    assert (ended.paid_through_on, ended.ends_on, ended.anchor_day) == (paid_through_on, ends_on, anchor_day)


def test_a_membership_has_its_own_id():
    assert sell(MembershipId(an_id(77)), a_plan(), starts_on=TODAY).id == an_id(77)


# -- what a payment gave, and taking it back ------------------------------------------------------------------------


@given(plan=PLANS, start=DAYS, renewals=st.integers(0, 3), data=st.data())
def test_taking_back_what_a_payment_gave_leaves_what_the_others_gave(plan, start, renewals, data):
    membership = sell(MEMBERSHIP_ID, plan, starts_on=start)
    given = [given_by(membership, before=None)]
    for _ in range(renewals):
        before = membership
        membership = renew(before, plan, today=before.paid_through_on, grace_days=0)
        given.append(given_by(membership, before=before))
    if data.draw(st.booleans()):
        membership = freeze(membership, data.draw(pauses(membership)))
    taken = data.draw(st.sampled_from(given))
    left = take_back(membership, taken)
    assert days_let_in(left) == sum(item.days for item in given) - taken.days
    if plan.visits is not None:
        assert left.pack.bought == plan.visits * renewals
    for item in given:
        membership = take_back(membership, item)
    assert days_let_in(membership) == 0


def test_a_new_membership_taken_back_has_ended_without_grace():
    plan = a_plan(renews=True)
    sold = sell(MEMBERSHIP_ID, plan, starts_on=TODAY)
    left = take_back(sold, given_by(sold, before=None))
    assert (left.paid_through_on, left.ends_on) == (TODAY - days(1), TODAY - days(1))
    assert standing_on(left, TODAY, grace_days=30) is Standing.ENDED


def test_a_renewal_taken_back_leaves_the_membership_as_it_was():
    plan = a_plan(renews=True)
    before = a_membership(renews=True, ends_on=None, anchor_day=1)
    renewed = renew(before, plan, today=TODAY, grace_days=7)
    assert given_by(renewed, before=before) == Given(days=30)
    assert take_back(renewed, given_by(renewed, before=before)) == before


def test_a_lapsed_one_that_began_again_has_ended_when_that_is_taken_back():
    before = a_membership(paid_through_on=date(2026, 1, 31))
    renewed = renew(before, a_plan(), today=TODAY, grace_days=7)
    given = given_by(renewed, before=before)
    assert given.days == 31
    assert standing_on(take_back(renewed, given), TODAY, grace_days=30) is Standing.ENDED


def test_a_cancellation_that_was_lifted_holds_again():
    before = a_membership(ends_on=date(2026, 3, 31))
    renewed = renew(before, a_plan(), today=TODAY, grace_days=7)
    given = given_by(renewed, before=before)
    assert take_back(renewed, given).ends_on == date(2026, 3, 31)
    again = renew(renewed, a_plan(), today=TODAY, grace_days=7)
    assert take_back(again, given).ends_on is None


def test_one_that_was_cancelled_ends_with_the_days_that_are_left():
    before = a_membership()
    renewed = renew(before, a_plan(), today=TODAY, grace_days=7)
    cancelled = a_membership(**{**_facts(renewed), "ends_on": renewed.paid_through_on})
    assert take_back(cancelled, given_by(renewed, before=before)).ends_on == date(2026, 3, 31)


def test_a_pack_loses_the_visits_and_keeps_what_was_counted():
    plan = a_plan(visits=10)
    sold = sell(MEMBERSHIP_ID, plan, starts_on=TODAY)
    used = a_membership(**{**_facts(sold), "pack": Pack(10, 3)})
    assert given_by(used, before=None).visits == 10
    assert take_back(used, given_by(used, before=None)).pack == Pack(0, 3)
    without = take_back(a_membership(), Given(days=1, visits=5))
    assert without.pack is None


@pytest.mark.parametrize(
    ("begun_on", "paid_through_on", "anchor"),
    [
        (date(2026, 1, 15), date(2026, 3, 14), 15),
        (date(2026, 1, 31), date(2026, 2, 27), 31),
        (date(2026, 1, 31), date(2026, 3, 29), 30),
        (date(2026, 1, 5), date(2026, 2, 27), 28),
    ],
)
def test_what_was_sold_elsewhere_is_renewed_on_the_day_on_which_it_is_paid(begun_on, paid_through_on, anchor):
    sold = sell(MEMBERSHIP_ID, a_plan(), starts_on=begun_on)
    told = bring_over(sold, paid_through_on=paid_through_on, ends_on=paid_through_on)
    assert (told.paid_through_on, told.ends_on, told.anchor_day) == (paid_through_on, paid_through_on, anchor)
    assert told.starts_on == begun_on


def test_what_was_sold_elsewhere_by_days_comes_back_to_no_day():
    sold = sell(MEMBERSHIP_ID, a_plan(period=Period(days=30)), starts_on=TODAY)
    assert bring_over(sold, paid_through_on=date(2026, 2, 27)).anchor_day is None


@pytest.mark.parametrize(
    ("visits", "left", "pack"),
    [(10, 3, Pack(3, 0)), (10, 0, Pack(0, 0)), (10, None, Pack(10, 0)), (None, 3, None), (None, None, None)],
)
def test_of_a_pack_sold_elsewhere_the_visits_left_are_there(visits, left, pack):
    sold = sell(MEMBERSHIP_ID, a_plan(visits=visits), starts_on=TODAY)
    assert bring_over(sold, paid_through_on=date(2026, 6, 1), visits_left=left).pack == pack
