"""Whether a code is ours, true, accepted, fresh and unused; and what happens when it is shown again."""

from datetime import UTC, datetime

import pytest

from shared.domain.decision import Decision, DenialReason, Denied, Granted, Notice, NoticeKind, Repeat
from shared.domain.member import Block
from shared.domain.passes import Barcode, CardCode, PassKind, PassStatus, Signature, UnknownCode, kind_of
from shared.domain.site import Strictness
from shared.domain.time import TimeQuality
from tests.support.builders import (
    NOON,
    TODAY,
    a_code_use,
    a_door_time,
    a_grant,
    a_holder,
    a_live_code,
    a_policy,
    a_presence,
    a_site,
    a_trust,
    a_voucher,
    an_entry,
    ask,
    days,
    seconds,
)

LOST = a_door_time(quality=TimeQuality.LOST)
SOFT = a_site(policy=a_policy(roster_too_old=Strictness.SOFT))


def reason(decision: Decision) -> DenialReason | None:
    return decision.reason if isinstance(decision, Denied) else None


def is_reopened(decision: Decision) -> bool:
    return decision == Granted(reopened=True)


# -- order: ours, true, accepted, fresh -----------------------------------------------------------------------------


def test_a_member_of_another_site_is_told_so_whatever_the_pass():
    entry = an_entry(None, other_site=True, status=PassStatus.REVOKED)
    code = a_live_code(days(1), Signature.UNKNOWN_KEY)
    assert reason(ask(code, entry, site=a_site(policy=a_policy(accepted_kinds=frozenset())))) is (
        DenialReason.OTHER_SITE_ONLY
    )


def test_a_kind_that_is_not_taken_says_so_before_its_signature():
    cards_only = a_site(policy=a_policy(accepted_kinds=frozenset({PassKind.CARD})))
    assert reason(ask(a_live_code(signature=Signature.INVALID), site=cards_only)) is DenialReason.KIND_NOT_ACCEPTED


def test_a_forged_code_does_not_learn_that_the_pass_is_revoked():
    entry = an_entry(status=PassStatus.REVOKED)
    assert reason(ask(a_live_code(signature=Signature.INVALID), entry)) is DenialReason.BAD_SIGNATURE


def test_a_revoked_pass_says_so_before_its_member_has_arrived():
    assert reason(ask(entry=an_entry(None, status=PassStatus.REVOKED))) is DenialReason.PASS_REVOKED


def test_a_revoked_pass_says_so_before_its_code_is_old():
    assert reason(ask(a_live_code(days(1)), an_entry(status=PassStatus.REVOKED))) is DenialReason.PASS_REVOKED


@pytest.mark.parametrize("credential", [a_live_code(), CardCode(), Barcode(), a_voucher(), UnknownCode()])
def test_each_kind_is_taken_only_where_it_is_accepted(credential):
    kind = kind_of(credential)
    others = a_site(policy=a_policy(accepted_kinds=frozenset(PassKind) - {kind}))
    expected = DenialReason.UNKNOWN_PASS if kind is None else DenialReason.KIND_NOT_ACCEPTED
    assert reason(ask(credential, site=others)) is expected


def test_an_old_barcode_opens_where_barcodes_are_accepted():
    assert isinstance(ask(Barcode()), Granted)


@pytest.mark.parametrize("ago", [seconds(40), seconds(0), seconds(-15)])
def test_a_live_code_opens_from_40_s_after_to_15_s_before_its_making(ago):
    assert isinstance(ask(a_live_code(ago)), Granted)


@pytest.mark.parametrize("ago", [seconds(40.001), seconds(-15.001)])
def test_a_live_code_outside_its_window_tells_the_measured_difference(ago):
    assert ask(a_live_code(ago)) == Denied(DenialReason.CODE_EXPIRED, difference=ago)


def test_a_code_outside_its_window_is_expired_even_when_it_was_used():
    presence = a_presence(code_use=a_code_use(days(1)), last_grant=a_grant(days(1)))
    assert reason(ask(a_live_code(seconds(41)), presence=presence)) is DenialReason.CODE_EXPIRED


# -- shown again ----------------------------------------------------------------------------------------------------


def test_the_same_code_again_at_the_same_kiosk_is_a_repeat_of_its_grant():
    grant = a_grant(seconds(39))
    presence = a_presence(code_use=a_code_use(seconds(39)), last_grant=grant)
    assert ask(a_live_code(seconds(40)), presence=presence) == Repeat(grant)


def test_the_same_code_again_does_not_open_because_nobody_passed():
    grant = a_grant(seconds(5), passed=False)
    presence = a_presence(code_use=a_code_use(seconds(5)), last_grant=grant)
    assert ask(a_live_code(seconds(6)), presence=presence) == Repeat(grant)


def test_a_used_code_whose_grant_is_not_known_never_opens_again():
    used_at = NOON - seconds(5)
    presence = a_presence(code_use=a_code_use(seconds(5)))
    assert ask(a_live_code(), presence=presence) == Denied(DenialReason.CODE_ALREADY_USED, at=used_at)


def test_a_code_used_elsewhere_never_opens_here_even_moments_after_a_grant():
    presence = a_presence(code_use=a_code_use(seconds(5), here=False), last_grant=a_grant(seconds(3)))
    assert reason(ask(a_live_code(), presence=presence)) is DenialReason.CODE_ALREADY_USED


@pytest.mark.parametrize(("ago", "opens"), [(seconds(29.999), True), (seconds(30), False)])
def test_a_fresh_code_reopens_within_30_s_of_the_grant(ago, opens):
    decision = ask(a_live_code(), presence=a_presence(last_grant=a_grant(ago)))
    assert isinstance(decision, Granted)
    assert decision.reopened is opens


@pytest.mark.parametrize("credential", [CardCode(), Barcode()])
@pytest.mark.parametrize("passed", [True, None])
def test_a_card_shown_again_is_a_repeat_unless_the_door_says_nobody_passed(credential, passed):
    grant = a_grant(seconds(10), passed=passed)
    assert ask(credential, presence=a_presence(last_grant=grant)) == Repeat(grant)


def test_a_card_reopens_when_the_door_says_nobody_passed():
    presence = a_presence(last_grant=a_grant(seconds(10), passed=False))
    assert is_reopened(ask(presence=presence))


@pytest.mark.parametrize("passed", [True, False, None])
def test_a_card_after_the_reopen_window_is_a_new_entry(passed):
    decision = ask(presence=a_presence(last_grant=a_grant(seconds(30), passed=passed)))
    assert isinstance(decision, Granted)
    assert not decision.reopened


def test_a_code_use_is_nothing_to_a_card():
    presence = a_presence(code_use=a_code_use(seconds(50)), last_grant=a_grant(seconds(50)))
    assert isinstance(ask(presence=presence), Granted)


@pytest.mark.parametrize(("ahead", "repeats"), [(seconds(29), True), (seconds(30), False), (days(1), False)])
def test_a_grant_dated_ahead_by_a_clock_since_corrected_turns_nobody_into_a_repeat(ahead, repeats):
    decision = ask(presence=a_presence(last_grant=a_grant(-ahead)))
    assert isinstance(decision, Repeat) is repeats


def test_a_block_that_arrives_at_once_stops_the_reopening():
    presence = a_presence(last_grant=a_grant(seconds(5)))
    assert reason(ask(a_live_code(), an_entry(a_holder(block=Block())), presence=presence)) is (
        DenialReason.BLOCKED_BY_STAFF
    )


def test_a_repeat_does_not_ask_for_a_fresh_roster():
    grant = a_grant(seconds(5))
    assert ask(presence=a_presence(last_grant=grant), trust=a_trust(days(9))) == Repeat(grant)


# -- the time is lost -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("strictness", [Strictness.SOFT, Strictness.OFF])
@pytest.mark.parametrize("credential", [a_live_code(days(4)), a_voucher()])
def test_a_lost_time_lets_in_and_tells_where_the_owner_says_so(strictness, credential):
    entry = an_entry() if credential == a_live_code(days(4)) else None
    decision = ask(credential, entry, site=a_site(policy=a_policy(roster_too_old=strictness)), now=LOST)
    assert isinstance(decision, Granted)
    assert Notice(NoticeKind.TIME_LOST) in decision.notices


def test_a_card_needs_no_time_to_be_true():
    assert ask(now=LOST) == ask()


def test_a_used_code_never_opens_when_its_window_cannot_be_told():
    presence = a_presence(code_use=a_code_use(seconds(5)), last_grant=a_grant(seconds(5)))
    assert reason(ask(a_live_code(), presence=presence, site=SOFT, now=LOST)) is DenialReason.CODE_ALREADY_USED


def test_a_card_shown_again_is_a_repeat_under_a_lost_time_too():
    """It goes on by the boot clock, so that moments can be told."""
    grant = a_grant(seconds(5))
    assert ask(presence=a_presence(last_grant=grant), now=LOST) == Repeat(grant)


# -- vouchers -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("site_number", [0, 3])
def test_a_voucher_opens_its_site_or_all(site_number):
    assert ask(a_voucher(site_number=site_number), None) == Granted((Notice(NoticeKind.VOUCHER_ACCEPTED),))


def test_a_voucher_of_another_gym_is_told_so_though_it_cannot_be_verified():
    code = a_voucher(gym_number=8, signature=Signature.UNKNOWN_KEY, site_number=9)
    assert reason(ask(code, None)) is DenialReason.OTHER_GYM


def test_a_forged_voucher_learns_nothing_else():
    code = a_voucher(signature=Signature.INVALID, site_number=9, last_valid_on=TODAY - days(3))
    assert reason(ask(code, an_entry(None, status=PassStatus.REVOKED))) is DenialReason.BAD_SIGNATURE


def test_a_voucher_the_roster_lists_as_good_still_opens():
    assert isinstance(ask(a_voucher(), an_entry(None)), Granted)


def test_a_voucher_of_a_known_member_is_judged_as_the_member():
    assert reason(ask(a_voucher(), an_entry(a_holder(block=Block())))) is DenialReason.BLOCKED_BY_STAFF


def test_a_voucher_opens_on_its_last_day_by_the_clock_of_the_site():
    """23:30 UTC is half past midnight in Copenhagen: the next day."""
    late = a_door_time(datetime(2026, 3, 18, 23, 30, tzinfo=UTC))
    assert isinstance(ask(a_voucher(last_valid_on=TODAY), None), Granted)
    assert ask(a_voucher(last_valid_on=TODAY), None, now=late) == Denied(DenialReason.VOUCHER_SPENT, day=TODAY)


def test_a_voucher_opens_again_the_next_day():
    assert isinstance(ask(a_voucher(), None, presence=a_presence(voucher_used_on=TODAY - days(1))), Granted)


def test_a_voucher_shown_again_at_once_is_a_repeat_and_spent_later():
    grant = a_grant(seconds(29))
    assert ask(a_voucher(), None, presence=a_presence(voucher_used_on=TODAY, last_grant=grant)) == Repeat(grant)
    later = a_presence(voucher_used_on=TODAY, last_grant=a_grant(seconds(30)))
    assert ask(a_voucher(), None, presence=later) == Denied(DenialReason.VOUCHER_SPENT, day=TODAY)


def test_a_voucher_reopens_when_the_door_says_nobody_passed():
    presence = a_presence(voucher_used_on=TODAY, last_grant=a_grant(seconds(9), passed=False))
    assert is_reopened(ask(a_voucher(), None, presence=presence))


def test_a_used_voucher_is_nothing_to_a_card():
    assert isinstance(ask(presence=a_presence(voucher_used_on=TODAY)), Granted)


def test_a_spent_voucher_is_spent_under_a_lost_time_too():
    presence = a_presence(voucher_used_on=TODAY, last_grant=a_grant(seconds(30)))
    assert reason(ask(a_voucher(), None, presence=presence, site=SOFT, now=LOST)) is DenialReason.VOUCHER_SPENT


# -- the roster's age, and the purchase it may not know -------------------------------------------------------------


@pytest.mark.parametrize(("age", "refused"), [(seconds(72 * 3600 - 1), False), (seconds(72 * 3600), True)])
def test_a_roster_refuses_from_72_hours_where_the_owner_says_so(age, refused):
    assert (reason(ask(trust=a_trust(age))) is DenialReason.ROSTER_TOO_OLD) is refused


@pytest.mark.parametrize("strictness", [Strictness.SOFT, Strictness.OFF])
def test_an_old_roster_lets_in_and_tells_where_the_owner_says_so(strictness):
    decision = ask(trust=a_trust(days(9)), site=a_site(policy=a_policy(roster_too_old=strictness)))
    assert isinstance(decision, Granted)
    assert decision.notices == (Notice(NoticeKind.ROSTER_STALE),)


@pytest.mark.parametrize(("age", "told"), [(seconds(24 * 3600 - 1), False), (seconds(24 * 3600), True)])
def test_staff_are_told_from_24_hours(age, told):
    decision = ask(trust=a_trust(age))
    assert isinstance(decision, Granted)
    assert (Notice(NoticeKind.ROSTER_STALE) in decision.notices) is told


@pytest.mark.parametrize("strictness", Strictness)
@pytest.mark.parametrize(("credential", "entry"), [(CardCode(), an_entry()), (CardCode(), None), (a_voucher(), None)])
def test_without_any_roster_nobody_is_let_in_and_nobody_is_blamed(strictness, credential, entry):
    site = a_site(policy=a_policy(roster_too_old=strictness))
    assert reason(ask(credential, entry, site=site, trust=a_trust(None))) is DenialReason.ROSTER_TOO_OLD


@pytest.mark.parametrize("entry", [None, an_entry(None)])
def test_a_pass_missing_from_a_roster_too_old_is_not_called_unknown(entry):
    assert reason(ask(entry=entry, trust=a_trust(days(3)))) is DenialReason.ROSTER_TOO_OLD


def test_no_doubts_are_told_with_a_reopening():
    decision = ask(a_live_code(), presence=a_presence(last_grant=a_grant(seconds(5))), trust=a_trust(days(2)))
    assert is_reopened(decision)


OFFLINE = a_trust(in_contact=False)


def test_a_purchase_code_is_offered_only_out_of_contact():
    assert ask(entry=None, trust=OFFLINE) == Denied(DenialReason.UNKNOWN_PASS, voucher_may_help=True)
    assert ask(entry=None) == Denied(DenialReason.UNKNOWN_PASS)


def test_a_purchase_code_is_not_offered_where_none_is_accepted():
    site = a_site(policy=a_policy(accepted_kinds=frozenset({PassKind.CARD})))
    assert ask(entry=None, site=site, trust=OFFLINE) == Denied(DenialReason.UNKNOWN_PASS)


def test_a_purchase_code_is_not_offered_under_a_lost_time():
    assert ask(entry=None, now=LOST, trust=OFFLINE) == Denied(DenialReason.UNKNOWN_PASS)
    assert ask(entry=None, now=LOST, site=SOFT, trust=OFFLINE) == Denied(
        DenialReason.UNKNOWN_PASS, voucher_may_help=True
    )


def test_a_purchase_code_is_not_offered_under_a_roster_too_old_to_take_it():
    assert ask(UnknownCode(), trust=a_trust(days(3), in_contact=False)) == Denied(DenialReason.UNKNOWN_PASS)


@pytest.mark.parametrize(
    ("credential", "entry"),
    [
        (CardCode(), an_entry(status=PassStatus.REVOKED)),
        (CardCode(), an_entry(a_holder(block=Block()))),
        (a_live_code(signature=Signature.INVALID), an_entry()),
    ],
)
def test_a_purchase_cures_no_revocation_block_or_forgery(credential, entry):
    decision = ask(credential, entry, trust=OFFLINE)
    assert isinstance(decision, Denied)
    assert not decision.voucher_may_help
