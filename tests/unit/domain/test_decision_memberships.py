"""What memberships allow: which one speaks, packs of visits, plan hours, and the refusal nearest to a yes."""

from datetime import UTC, date, datetime
from itertools import permutations

import pytest

from shared.domain.decision import Decision, DenialReason, Denied, Granted, Notice, NoticeKind
from shared.domain.ids import MembershipId, PlanId
from shared.domain.time import DayInterval
from tests.support.builders import (
    NOON,
    OTHER_SITE_ID,
    SITE_ID,
    TODAY,
    a_door_time,
    a_holder,
    a_holding,
    a_pack,
    a_plan,
    a_policy,
    a_presence,
    a_site,
    a_trust,
    an_entry,
    an_id,
    an_own_grant,
    ask,
    days,
    every_day,
    seconds,
)

HOUR = seconds(3600)
DWELL = 2 * HOUR


def judge(*holdings, **facts) -> Decision:
    return ask(entry=an_entry(a_holder(*holdings)), **facts)


def reason(decision: Decision) -> DenialReason | None:
    return decision.reason if isinstance(decision, Denied) else None


def kinds(decision: Decision) -> list[NoticeKind]:
    assert isinstance(decision, Granted)
    return [notice.kind for notice in decision.notices]


def another(number: int, *, plan=None, **changes):
    return a_holding(plan=plan, id=MembershipId(an_id(100 + number)), **changes)


# -- standing -------------------------------------------------------------------------------------------------------


def test_the_first_and_the_last_paid_day_count():
    assert kinds(judge(a_holding(starts_on=TODAY, paid_through_on=TODAY))) == []


@pytest.mark.parametrize(
    ("at", "lets_in"),
    [
        (datetime(2026, 3, 31, 21, 59, 59, tzinfo=UTC), True),
        (datetime(2026, 3, 31, 22, 0, 0, tzinfo=UTC), False),
    ],
)
def test_the_last_paid_day_ends_at_midnight_of_the_site_after_the_clocks_changed(at, lets_in):
    """Copenhagen is two hours ahead of UTC from 29 March 2026."""
    decision = judge(a_holding(), now=a_door_time(at), site=a_site(policy=a_policy(grace_days=0)))
    assert isinstance(decision, Granted) is lets_in


@pytest.mark.parametrize(("day", "lets_in"), [(date(2026, 4, 7), True), (date(2026, 4, 8), False)])
def test_grace_lasts_its_days_after_the_last_paid_one(day, lets_in):
    now = a_door_time(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
    assert isinstance(judge(a_holding(), now=now), Granted) is lets_in


@pytest.mark.parametrize(
    ("renews", "expected"), [(True, DenialReason.PAYMENT_OVERDUE), (False, DenialReason.MEMBERSHIP_ENDED)]
)
def test_after_grace_a_renewing_membership_is_overdue_and_any_other_has_ended(renews, expected):
    assert reason(judge(a_holding(paid_through_on=TODAY - days(8), renews=renews))) is expected


def test_a_hard_end_has_no_grace_and_its_day_is_told():
    holding = a_holding(ends_on=TODAY - days(1))
    assert judge(holding) == Denied(DenialReason.MEMBERSHIP_ENDED, day=TODAY - days(1))


def test_a_hard_end_after_the_last_paid_day_is_not_what_was_paid():
    holding = a_holding(paid_through_on=TODAY - days(20), ends_on=TODAY - days(1))
    assert judge(holding) == Denied(DenialReason.MEMBERSHIP_ENDED, day=TODAY - days(20))


def test_a_pause_that_goes_on_with_the_next_is_told_to_its_end():
    pauses = (DayInterval(TODAY + days(2), TODAY + days(5)), DayInterval(TODAY - days(1), TODAY + days(2)))
    assert judge(a_holding(freezes=pauses)) == Denied(DenialReason.MEMBERSHIP_FROZEN, day=TODAY + days(5))


# -- notices --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("left", "told"), [(0, True), (6, True), (7, False)])
def test_the_last_seven_days_are_told_where_nothing_renews_by_itself(left, told):
    last = TODAY + days(left)
    notices = (Notice(NoticeKind.ENDS_SOON, day=last),) if told else ()
    assert judge(a_holding(paid_through_on=last, renews=False)).notices == notices
    assert judge(a_holding(ends_on=last)).notices == notices


def test_a_renewing_membership_is_not_told_that_its_month_ends():
    assert kinds(judge(a_holding(paid_through_on=TODAY))) == []


@pytest.mark.parametrize("renews", [True, False])
def test_grace_is_told_from_the_day_after_the_last_paid_one(renews):
    last = TODAY - days(1)
    assert judge(a_holding(paid_through_on=last, renews=renews)).notices == (Notice(NoticeKind.IN_GRACE, day=last),)


# -- sites and hours ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("site_ids", [None, frozenset({SITE_ID}), frozenset({SITE_ID, OTHER_SITE_ID})])
def test_a_plan_opens_the_sites_it_names_or_all(site_ids):
    assert isinstance(judge(a_holding(plan=a_plan(site_ids=site_ids))), Granted)


@pytest.mark.parametrize(("opens", "closes", "lets_in"), [(780, 781, True), (781, 900, False), (700, 780, False)])
def test_plan_hours_begin_at_their_minute_and_end_before_theirs(opens, closes, lets_in):
    decision = judge(a_holding(plan=a_plan(windows=every_day(opens, closes))))
    assert isinstance(decision, Granted) is lets_in


def test_a_plan_without_any_hour_never_opens_and_promises_nothing():
    assert judge(a_holding(plan=a_plan(windows=()))) == Denied(DenialReason.OUTSIDE_PLAN_HOURS)


def test_what_no_waiting_cures_is_told_before_the_hours():
    plan = a_plan(windows=(), site_ids=frozenset({OTHER_SITE_ID}))
    assert reason(judge(a_holding(plan=plan))) is DenialReason.OTHER_SITE_ONLY
    used_up = a_holding(plan=a_plan(windows=()), pack=a_pack(bought=1, counted=1))
    assert reason(judge(used_up)) is DenialReason.VISITS_USED_UP
    elsewhere = a_holding(
        plan=a_plan(site_ids=frozenset({OTHER_SITE_ID})), paid_through_on=TODAY - days(30), renews=False
    )
    assert reason(judge(elsewhere)) is DenialReason.MEMBERSHIP_ENDED


# -- packs ----------------------------------------------------------------------------------------------------------


def left(pack, *own, **policy):
    """Visits left after an entry now; None when refused."""
    decision = judge(a_holding(pack=pack), presence=a_presence(own_grants=own), site=a_site(policy=a_policy(**policy)))
    return decision.visits_left if isinstance(decision, Granted) else reason(decision)


def test_a_membership_without_a_pack_counts_nothing():
    assert judge(a_holding()).visits_left is None


def test_an_entry_costs_a_visit():
    assert left(a_pack(bought=10, counted=3)) == 6


@pytest.mark.parametrize(("counted", "expected"), [(9, 0), (10, DenialReason.VISITS_USED_UP)])
def test_the_last_visit_opens_and_the_next_does_not(counted, expected):
    assert left(a_pack(bought=10, counted=counted)) == expected


def test_a_balance_below_zero_by_two_offline_doors_refuses():
    assert left(a_pack(bought=10, counted=11)) is DenialReason.VISITS_USED_UP


@pytest.mark.parametrize(("ago", "expected"), [(seconds(0), 7), (DWELL - seconds(1), 7), (DWELL, 6)])
def test_coming_again_within_the_dwell_of_a_counted_visit_costs_nothing(ago, expected):
    assert left(a_pack(bought=10, counted=3, last_visit_at=NOON - ago)) == expected


def test_a_used_up_pack_still_opens_within_its_last_visit():
    assert left(a_pack(bought=10, counted=10, last_visit_at=NOON - HOUR)) == 0


def test_own_grants_the_cloud_has_not_counted_are_counted_as_visits():
    own = (an_own_grant(30 * HOUR), an_own_grant(28.5 * HOUR), an_own_grant(3 * HOUR))
    assert left(a_pack(bought=10, counted=3), *own) == 4


@pytest.mark.parametrize(("dwell", "expected"), [(HOUR, 4), (2 * HOUR, 5), (3 * HOUR, 5), (3.01 * HOUR, 6)])
def test_the_dwell_decides_what_is_one_visit(dwell, expected):
    assert left(a_pack(bought=10, counted=3), an_own_grant(3 * HOUR), an_own_grant(2 * HOUR), dwell=dwell) == expected


def test_an_own_grant_the_cloud_has_counted_is_not_counted_twice():
    counted = an_own_grant(50 * HOUR)
    facts = {"bought": 10, "counted": 3, "last_visit_at": NOON - 30 * HOUR}
    named = a_pack(**facts, counted_check_ins=frozenset({counted.event_id}))
    assert left(named, counted, an_own_grant(3 * HOUR)) == 5
    assert left(a_pack(**facts), counted, an_own_grant(3 * HOUR)) == 4


def test_an_own_grant_within_a_counted_visit_costs_nothing():
    pack = a_pack(bought=10, counted=3, last_visit_at=NOON - 30 * HOUR)
    assert left(pack, an_own_grant(29 * HOUR)) == 6


def test_an_own_grant_before_a_counted_visit_takes_it_in():
    pack = a_pack(bought=10, counted=3, last_visit_at=NOON - 29 * HOUR)
    assert left(pack, an_own_grant(30 * HOUR)) == 6


def test_grants_on_another_membership_are_nothing_to_a_pack():
    other = an_own_grant(30 * HOUR, membership_id=MembershipId(an_id(99)))
    assert left(a_pack(bought=10, counted=3), other) == 6


@pytest.mark.parametrize(("counted", "told"), [(7, None), (8, 1), (9, 0)])
def test_the_last_two_visits_are_told(counted, told):
    decision = judge(a_holding(pack=a_pack(bought=10, counted=counted)))
    expected = () if told is None else (Notice(NoticeKind.LAST_VISITS, left=told, of=10),)
    assert decision.notices == expected


def test_the_end_of_a_pack_is_told_before_its_last_visits():
    decision = judge(a_holding(pack=a_pack(bought=10, counted=9), ends_on=TODAY))
    assert kinds(decision) == [NoticeKind.ENDS_SOON, NoticeKind.LAST_VISITS]


# -- several memberships --------------------------------------------------------------------------------------------


def granted_by(*holdings):
    """The memberships that spoke for every order of the holdings: one, or the rule depends on the order."""
    spoke = {judge(*order).holding.membership.id for order in permutations(holdings)}
    assert len(spoke) == 1
    return spoke.pop()


def test_a_period_is_used_before_a_pack():
    period, pack = another(1), another(2, pack=a_pack())
    assert granted_by(period, pack) == period.membership.id


def test_a_pack_opens_where_the_period_does_not():
    off_peak = another(1, plan=a_plan(windows=()))
    pack = another(2, pack=a_pack())
    assert granted_by(off_peak, pack) == pack.membership.id


def test_the_period_that_lasts_longest_speaks_so_that_nobody_is_told_of_one_that_ends():
    in_grace, ending = another(1, paid_through_on=TODAY - days(1)), another(2, ends_on=TODAY)
    lasting = another(3)
    assert granted_by(in_grace, ending, lasting) == lasting.membership.id
    assert kinds(judge(in_grace, ending, lasting)) == []


def test_the_pack_that_ends_first_is_used_first():
    later = another(1, pack=a_pack(), paid_through_on=TODAY + days(30))
    sooner = another(2, pack=a_pack(), paid_through_on=TODAY + days(20))
    assert granted_by(later, sooner) == sooner.membership.id


def test_equal_memberships_are_told_apart_by_their_ids():
    assert granted_by(another(1), another(2)) == an_id(101)


def test_a_used_up_pack_makes_way_for_the_next():
    used_up, full = another(1, pack=a_pack(bought=1, counted=1)), another(2, pack=a_pack())
    assert granted_by(used_up, full) == full.membership.id


REFUSING = [
    another(1, plan=a_plan(windows=every_day(0, 60))),
    another(2, pack=a_pack(bought=1, counted=1)),
    another(3, paid_through_on=TODAY - days(8)),
    another(4, freezes=(DayInterval(TODAY, TODAY + days(1)),)),
    another(5, starts_on=TODAY + days(1)),
    another(6, plan=a_plan(site_ids=frozenset({OTHER_SITE_ID}))),
    another(7, paid_through_on=TODAY - days(8), renews=False),
]
NEAREST_FIRST = [
    DenialReason.OUTSIDE_PLAN_HOURS,
    DenialReason.VISITS_USED_UP,
    DenialReason.PAYMENT_OVERDUE,
    DenialReason.MEMBERSHIP_FROZEN,
    DenialReason.MEMBERSHIP_NOT_STARTED,
    DenialReason.OTHER_SITE_ONLY,
    DenialReason.MEMBERSHIP_ENDED,
]


@pytest.mark.parametrize("first", range(len(REFUSING)))
def test_of_memberships_that_all_refuse_the_one_nearest_to_a_yes_is_named(first):
    assert reason(judge(*REFUSING[first:])) is NEAREST_FIRST[first]
    assert reason(judge(*reversed(REFUSING[first:]))) is NEAREST_FIRST[first]


@pytest.mark.parametrize(
    ("near", "far", "day"),
    [
        (
            another(1, paid_through_on=TODAY - days(9), renews=False, pack=a_pack()),
            another(2, paid_through_on=TODAY - days(90), renews=False),
            TODAY - days(9),
        ),
        (another(1, starts_on=TODAY + days(2)), another(2, starts_on=TODAY + days(5)), TODAY + days(2)),
        (
            another(1, freezes=(DayInterval(TODAY, TODAY + days(1)),)),
            another(2, freezes=(DayInterval(TODAY, TODAY + days(5)),), paid_through_on=TODAY + days(90)),
            TODAY + days(1),
        ),
        (another(1, paid_through_on=TODAY - days(9)), another(2, paid_through_on=TODAY - days(10)), TODAY - days(9)),
    ],
)
def test_of_two_equal_reasons_the_nearer_day_is_told(near, far, day):
    assert judge(near, far).day == judge(far, near).day == day


def test_of_two_plans_outside_their_hours_the_one_that_opens_first_is_told():
    never, late, soon = (
        another(1, plan=a_plan(windows=())),
        another(2, plan=a_plan(id=PlanId(an_id(50)), windows=every_day(17 * 60, 18 * 60))),
        another(3, plan=a_plan(id=PlanId(an_id(51)), windows=every_day(15 * 60, 16 * 60))),
    )
    opening = datetime(2026, 3, 18, 14, 0, tzinfo=UTC)
    assert {judge(*order).at for order in permutations((soon, late, never))} == {opening}


@pytest.mark.parametrize(
    "holding",
    [
        a_holding(paid_through_on=TODAY - days(8)),
        a_holding(paid_through_on=TODAY - days(8), renews=False),
        a_holding(pack=a_pack(bought=1, counted=1)),
    ],
)
def test_a_purchase_the_kiosk_may_not_know_of_is_asked_for_out_of_contact(holding):
    assert judge(holding, trust=a_trust(in_contact=False)).voucher_may_help
    assert not judge(holding).voucher_may_help


@pytest.mark.parametrize("holding", [REFUSING[0], REFUSING[3], REFUSING[4], REFUSING[5]])
def test_no_purchase_is_asked_for_where_it_would_not_help(holding):
    assert not judge(holding, trust=a_trust(in_contact=False)).voucher_may_help
