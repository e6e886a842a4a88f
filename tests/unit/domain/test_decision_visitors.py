"""The person, the site and who is inside: what is asked once a code is known to be true."""

from datetime import UTC, date, datetime

import pytest

from shared.domain.decision import Decision, DenialReason, Denied, Granted, Notice, NoticeKind
from shared.domain.member import Block
from shared.domain.site import Strictness
from tests.support.builders import (
    NOON,
    a_door_time,
    a_grant,
    a_holder,
    a_holding,
    a_policy,
    a_presence,
    a_site,
    a_trust,
    a_voucher,
    an_entry,
    an_id,
    ask,
    days,
    every_day,
    seconds,
)

STALE = NOON - seconds(60.001)
AHEAD = NOON + seconds(60.001)
JUST_FRESH = NOON - seconds(60)
GUEST = an_entry(a_holder(host_id=an_id(8)))


def reason(decision: Decision) -> DenialReason | None:
    return decision.reason if isinstance(decision, Denied) else None


def kinds(decision: Decision) -> list[NoticeKind]:
    assert isinstance(decision, Granted)
    return [notice.kind for notice in decision.notices]


def passback(strictness: Strictness):
    return a_site(policy=a_policy(anti_passback=strictness))


def documents(strictness: Strictness):
    return a_site(policy=a_policy(documents=strictness))


@pytest.mark.parametrize(("until", "shut"), [(NOON, False), (NOON + seconds(0.001), True), (None, True)])
def test_a_block_holds_until_its_instant_and_not_at_it(until, shut):
    decision = ask(entry=an_entry(a_holder(block=Block(until))))
    assert (reason(decision) is DenialReason.BLOCKED_BY_STAFF) is shut


@pytest.mark.parametrize("strictness", Strictness)
def test_a_missing_document_is_refused_told_or_ignored(strictness):
    decision = ask(entry=an_entry(a_holder(document_missing=True)), site=documents(strictness))
    expected = {
        Strictness.HARD: DenialReason.DOCUMENT_MISSING,
        Strictness.SOFT: [NoticeKind.DOCUMENT_MISSING],
        Strictness.OFF: [],
    }[strictness]
    assert (reason(decision) or kinds(decision)) == expected


@pytest.mark.parametrize("strictness", Strictness)
def test_a_document_that_is_there_is_no_matter(strictness):
    assert kinds(ask(site=documents(strictness))) == []


@pytest.mark.parametrize("host_inside", [True, None])
def test_a_guest_comes_in_unless_the_host_is_known_to_be_out(host_inside):
    assert kinds(ask(entry=GUEST, presence=a_presence(host_inside=host_inside, seen_at=NOON))) == []


def test_a_host_is_nothing_to_a_member_without_one():
    assert kinds(ask(presence=a_presence(host_inside=False, seen_at=NOON))) == []


@pytest.mark.parametrize("strictness", Strictness)
def test_anti_passback_refuses_tells_or_ignores(strictness):
    decision = ask(site=passback(strictness), presence=a_presence(inside_since=NOON - days(1), seen_at=NOON))
    expected = {
        Strictness.HARD: DenialReason.ANTI_PASSBACK,
        Strictness.SOFT: [NoticeKind.DID_NOT_LEAVE],
        Strictness.OFF: [],
    }[strictness]
    assert (reason(decision) or kinds(decision)) == expected


@pytest.mark.parametrize("strictness", Strictness)
def test_who_is_outside_may_come_in_under_any_anti_passback(strictness):
    assert kinds(ask(site=passback(strictness), presence=a_presence(seen_at=NOON))) == []


def test_hard_anti_passback_falls_to_soft_on_a_stale_picture():
    decision = ask(site=passback(Strictness.HARD), presence=a_presence(inside_since=NOON - days(1), seen_at=STALE))
    assert kinds(decision) == [NoticeKind.DID_NOT_LEAVE, NoticeKind.PRESENCE_STALE]


def test_anti_passback_holds_for_the_bearer_of_a_voucher():
    presence = a_presence(inside_since=NOON - seconds(60), seen_at=NOON)
    assert reason(ask(a_voucher(), None, site=passback(Strictness.HARD), presence=presence)) is (
        DenialReason.ANTI_PASSBACK
    )


@pytest.mark.parametrize(("occupancy", "full"), [(39, False), (40, True), (41, True)])
def test_a_site_is_full_at_its_capacity(occupancy, full):
    decision = ask(site=a_site(capacity=40), presence=a_presence(occupancy=occupancy, seen_at=NOON))
    assert (reason(decision) is DenialReason.SITE_FULL) is full


@pytest.mark.parametrize("credential", [None, a_voucher()])
def test_a_full_site_takes_no_voucher_either(credential):
    presence = a_presence(occupancy=40, seen_at=NOON)
    assert reason(ask(credential, site=a_site(capacity=40), presence=presence)) is DenialReason.SITE_FULL


def test_a_site_without_a_limit_or_a_count_is_never_full():
    assert kinds(ask(presence=a_presence(occupancy=10**6, seen_at=NOON))) == []
    assert kinds(ask(site=a_site(capacity=40), presence=a_presence(seen_at=NOON))) == []


HINDRANCES = [
    pytest.param(GUEST, a_site(), {"host_inside": False}, id="host"),
    pytest.param(an_entry(), passback(Strictness.HARD), {"inside_since": NOON - days(1)}, id="inside"),
    pytest.param(an_entry(), a_site(capacity=40), {"occupancy": 40}, id="full"),
]


@pytest.mark.parametrize(("entry", "site", "facts"), HINDRANCES)
@pytest.mark.parametrize("seen_at", [None, STALE, AHEAD])
def test_a_stale_picture_of_who_is_inside_refuses_nobody_and_staff_are_told(entry, site, facts, seen_at):
    decision = ask(entry=entry, site=site, presence=a_presence(**facts, seen_at=seen_at))
    assert kinds(decision)[-1] is NoticeKind.PRESENCE_STALE


@pytest.mark.parametrize(("entry", "site", "facts"), HINDRANCES)
@pytest.mark.parametrize("seen_at", [JUST_FRESH, NOON + seconds(60)])
def test_a_picture_is_fresh_for_60_s(entry, site, facts, seen_at):
    assert isinstance(ask(entry=entry, site=site, presence=a_presence(**facts, seen_at=seen_at)), Denied)


def test_a_stale_picture_without_a_hindrance_is_no_matter():
    assert kinds(ask(site=a_site(capacity=40), presence=a_presence(occupancy=39, seen_at=STALE))) == []


def test_the_host_comes_before_anti_passback_and_anti_passback_before_a_full_site():
    site = a_site(capacity=40, policy=a_policy(anti_passback=Strictness.HARD))
    inside = {"inside_since": NOON - days(1), "occupancy": 40, "seen_at": NOON}
    assert reason(ask(entry=GUEST, site=site, presence=a_presence(host_inside=False, **inside))) is (
        DenialReason.HOST_NOT_INSIDE
    )
    assert reason(ask(site=site, presence=a_presence(**inside))) is DenialReason.ANTI_PASSBACK


def test_the_person_comes_before_the_site_and_the_site_before_the_membership():
    lapsed = a_holding(paid_through_on=date(2026, 1, 31))
    site = a_site(hours=(), capacity=0, policy=a_policy(documents=Strictness.HARD))
    full = a_presence(occupancy=0, seen_at=NOON)
    facts = {"site": site, "presence": full}
    assert reason(ask(entry=an_entry(a_holder(lapsed, block=Block(), document_missing=True)), **facts)) is (
        DenialReason.BLOCKED_BY_STAFF
    )
    assert reason(ask(entry=an_entry(a_holder(lapsed, document_missing=True)), **facts)) is (
        DenialReason.DOCUMENT_MISSING
    )
    assert reason(ask(entry=an_entry(a_holder(lapsed)), **facts)) is DenialReason.SITE_CLOSED
    assert reason(ask(entry=an_entry(a_holder(lapsed)), site=a_site(capacity=0), presence=full)) is (
        DenialReason.SITE_FULL
    )
    assert reason(ask(entry=an_entry(a_holder(lapsed)))) is DenialReason.PAYMENT_OVERDUE


def test_a_closed_site_takes_no_voucher_and_says_when_it_opens():
    decision = ask(a_voucher(), None, site=a_site(hours=every_day(6 * 60, 13 * 60)))
    assert decision == Denied(DenialReason.SITE_CLOSED, at=datetime(2026, 3, 19, 5, 0, tzinfo=UTC))


@pytest.mark.parametrize(("at", "opens"), [(datetime(2026, 3, 18, 11, 59, 59, tzinfo=UTC), True), (NOON, False)])
def test_a_site_is_open_until_its_closing_minute(at, opens):
    decision = ask(site=a_site(hours=every_day(6 * 60, 13 * 60)), now=a_door_time(at))
    assert isinstance(decision, Granted) is opens


def test_who_was_let_in_before_closing_may_still_get_through_the_door():
    presence = a_presence(last_grant=a_grant(seconds(9), passed=False))
    decision = ask(site=a_site(hours=every_day(6 * 60, 13 * 60)), presence=presence)
    assert decision == Granted(reopened=True)


def test_notices_stand_in_the_order_membership_person_doubts():
    site = a_site(policy=a_policy(anti_passback=Strictness.SOFT))
    entry = an_entry(a_holder(a_holding(paid_through_on=date(2026, 3, 17)), document_missing=True))
    presence = a_presence(inside_since=NOON, seen_at=NOON)
    decision = ask(entry=entry, site=site, presence=presence, trust=a_trust(days(1)))
    assert decision.notices[0] == Notice(NoticeKind.IN_GRACE, day=date(2026, 3, 17))
    assert kinds(decision) == [
        NoticeKind.IN_GRACE,
        NoticeKind.DOCUMENT_MISSING,
        NoticeKind.DID_NOT_LEAVE,
        NoticeKind.ROSTER_STALE,
    ]
