"""Every reason to refuse and every notice, each reached by the rule book with what its text needs."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from shared.domain.decision import Decision, DenialReason, Denied, Granted, Notice, NoticeKind
from shared.domain.member import Block
from shared.domain.passes import PassKind, PassStatus, Signature, UnknownCode
from shared.domain.site import Strictness
from shared.domain.time import DayInterval, TimeQuality
from tests.support.builders import (
    NOON,
    OTHER_SITE_ID,
    TODAY,
    a_code_use,
    a_door_time,
    a_holder,
    a_holding,
    a_live_code,
    a_pack,
    a_plan,
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

Judge = Callable[[], Decision]

_LOST = a_door_time(quality=TimeQuality.LOST)
_SOFT = a_site(policy=a_policy(roster_too_old=Strictness.SOFT))
_HARD_PASSBACK = a_site(policy=a_policy(anti_passback=Strictness.HARD))
_INSIDE = {"inside_since": NOON - seconds(900), "seen_at": NOON}


def _held_by(**membership):
    return an_entry(a_holder(a_holding(**membership)))


REFUSALS = {
    "a code that is not ours": (lambda: ask(UnknownCode()), Denied(DenialReason.UNKNOWN_PASS)),
    "a card that is not in the roster": (lambda: ask(entry=None), Denied(DenialReason.UNKNOWN_PASS)),
    "a card whose member has not arrived": (lambda: ask(entry=an_entry(None)), Denied(DenialReason.UNKNOWN_PASS)),
    "a voucher of another gym": (lambda: ask(a_voucher(gym_number=8)), Denied(DenialReason.OTHER_GYM)),
    "a forged live code": (lambda: ask(a_live_code(signature=Signature.INVALID)), Denied(DenialReason.BAD_SIGNATURE)),
    "a forged voucher": (
        lambda: ask(a_voucher(signature=Signature.INVALID), None),
        Denied(DenialReason.BAD_SIGNATURE),
    ),
    "a voucher of a key that is not in the roster": (
        lambda: ask(a_voucher(signature=Signature.UNKNOWN_KEY), None),
        Denied(DenialReason.BAD_SIGNATURE),
    ),
    "a live code of a minute ago": (
        lambda: ask(a_live_code(seconds(60))),
        Denied(DenialReason.CODE_EXPIRED, difference=seconds(60)),
    ),
    "a live code from a phone that runs ahead": (
        lambda: ask(a_live_code(seconds(-60))),
        Denied(DenialReason.CODE_EXPIRED, difference=seconds(-60)),
    ),
    "a live code that opened elsewhere": (
        lambda: ask(a_live_code(), presence=a_presence(code_use=a_code_use(seconds(5), here=False))),
        Denied(DenialReason.CODE_ALREADY_USED, at=NOON - seconds(5)),
    ),
    "a voucher that opened today": (
        lambda: ask(a_voucher(), None, presence=a_presence(voucher_used_on=TODAY)),
        Denied(DenialReason.VOUCHER_SPENT, day=TODAY),
    ),
    "a voucher past its last day": (
        lambda: ask(a_voucher(last_valid_on=TODAY - days(1)), None),
        Denied(DenialReason.VOUCHER_SPENT, day=TODAY - days(1)),
    ),
    "a revoked card": (lambda: ask(entry=an_entry(status=PassStatus.REVOKED)), Denied(DenialReason.PASS_REVOKED)),
    "a revoked voucher": (
        lambda: ask(a_voucher(), an_entry(None, status=PassStatus.REVOKED)),
        Denied(DenialReason.PASS_REVOKED),
    ),
    "a card where only phones are taken": (
        lambda: ask(site=a_site(policy=a_policy(accepted_kinds=frozenset({PassKind.LIVE})))),
        Denied(DenialReason.KIND_NOT_ACCEPTED),
    ),
    "a voucher where none is taken": (
        lambda: ask(a_voucher(), None, site=a_site(policy=a_policy(accepted_kinds=frozenset({PassKind.LIVE})))),
        Denied(DenialReason.KIND_NOT_ACCEPTED),
    ),
    "a membership from tomorrow": (
        lambda: ask(entry=_held_by(starts_on=TODAY + days(1))),
        Denied(DenialReason.MEMBERSHIP_NOT_STARTED, day=TODAY + days(1)),
    ),
    "a membership that ended": (
        lambda: ask(entry=_held_by(paid_through_on=TODAY - days(8), renews=False)),
        Denied(DenialReason.MEMBERSHIP_ENDED, day=TODAY - days(8)),
    ),
    "a member without any membership": (
        lambda: ask(entry=an_entry(a_holder(holdings=()))),
        Denied(DenialReason.MEMBERSHIP_ENDED),
    ),
    "a frozen membership": (
        lambda: ask(entry=_held_by(freezes=(DayInterval(TODAY, TODAY + days(9)),))),
        Denied(DenialReason.MEMBERSHIP_FROZEN, day=TODAY + days(9)),
    ),
    "a payment overdue after grace": (
        lambda: ask(entry=_held_by(paid_through_on=TODAY - days(8))),
        Denied(DenialReason.PAYMENT_OVERDUE, day=TODAY - days(8)),
    ),
    "a pack without a visit left": (
        lambda: ask(entry=_held_by(pack=a_pack(bought=10, counted=10))),
        Denied(DenialReason.VISITS_USED_UP),
    ),
    "an off-peak plan in the evening": (
        lambda: ask(entry=an_entry(a_holder(a_holding(plan=a_plan(windows=every_day(8 * 60, 12 * 60)))))),
        Denied(DenialReason.OUTSIDE_PLAN_HOURS, at=datetime(2026, 3, 19, 7, 0, tzinfo=UTC)),
    ),
    "a closed site": (
        lambda: ask(site=a_site(hours=every_day(14 * 60, 22 * 60))),
        Denied(DenialReason.SITE_CLOSED, at=datetime(2026, 3, 18, 13, 0, tzinfo=UTC)),
    ),
    "a plan of another site": (
        lambda: ask(entry=an_entry(a_holder(a_holding(plan=a_plan(site_ids=frozenset({OTHER_SITE_ID})))))),
        Denied(DenialReason.OTHER_SITE_ONLY),
    ),
    "a member of another site": (
        lambda: ask(entry=an_entry(None, other_site=True)),
        Denied(DenialReason.OTHER_SITE_ONLY),
    ),
    "a voucher of another site": (lambda: ask(a_voucher(site_number=4), None), Denied(DenialReason.OTHER_SITE_ONLY)),
    "a full site": (
        lambda: ask(site=a_site(capacity=40), presence=a_presence(occupancy=40, seen_at=NOON)),
        Denied(DenialReason.SITE_FULL),
    ),
    "a pass that is inside already": (
        lambda: ask(site=_HARD_PASSBACK, presence=a_presence(**_INSIDE)),
        Denied(DenialReason.ANTI_PASSBACK, at=NOON - seconds(900)),
    ),
    "a guest before the host": (
        lambda: ask(entry=an_entry(a_holder(host_id=an_id(8))), presence=a_presence(host_inside=False, seen_at=NOON)),
        Denied(DenialReason.HOST_NOT_INSIDE),
    ),
    "a document missing where it must be there": (
        lambda: ask(
            entry=an_entry(a_holder(document_missing=True)), site=a_site(policy=a_policy(documents=Strictness.HARD))
        ),
        Denied(DenialReason.DOCUMENT_MISSING),
    ),
    "a member blocked by staff": (
        lambda: ask(entry=an_entry(a_holder(block=Block()))),
        Denied(DenialReason.BLOCKED_BY_STAFF),
    ),
    "a roster of three days ago": (lambda: ask(trust=a_trust(days(3))), Denied(DenialReason.ROSTER_TOO_OLD)),
    "a live code while the time is lost": (lambda: ask(a_live_code(), now=_LOST), Denied(DenialReason.TIME_LOST)),
    "a voucher while the time is lost": (lambda: ask(a_voucher(), None, now=_LOST), Denied(DenialReason.TIME_LOST)),
}

NOTICES = {
    "nothing to say": (ask, ()),
    "in grace": (
        lambda: ask(entry=_held_by(paid_through_on=TODAY - days(7))),
        (Notice(NoticeKind.IN_GRACE, day=TODAY - days(7)),),
    ),
    "ends soon": (
        lambda: ask(entry=_held_by(paid_through_on=TODAY + days(6), renews=False)),
        (Notice(NoticeKind.ENDS_SOON, day=TODAY + days(6)),),
    ),
    "cancelled and ends soon": (
        lambda: ask(entry=_held_by(ends_on=TODAY)),
        (Notice(NoticeKind.ENDS_SOON, day=TODAY),),
    ),
    "last visit but one": (
        lambda: ask(entry=_held_by(pack=a_pack(bought=20, counted=18))),
        (Notice(NoticeKind.LAST_VISITS, left=1, of=20),),
    ),
    "document missing": (
        lambda: ask(entry=an_entry(a_holder(document_missing=True))),
        (Notice(NoticeKind.DOCUMENT_MISSING),),
    ),
    "did not leave": (
        lambda: ask(site=a_site(policy=a_policy(anti_passback=Strictness.SOFT)), presence=a_presence(**_INSIDE)),
        (Notice(NoticeKind.DID_NOT_LEAVE),),
    ),
    "voucher accepted": (lambda: ask(a_voucher(), None), (Notice(NoticeKind.VOUCHER_ACCEPTED),)),
    "roster stale": (lambda: ask(trust=a_trust(days(1))), (Notice(NoticeKind.ROSTER_STALE),)),
    "time lost": (lambda: ask(a_live_code(), site=_SOFT, now=_LOST), (Notice(NoticeKind.TIME_LOST),)),
    "presence stale": (
        lambda: ask(site=a_site(capacity=40), presence=a_presence(occupancy=40)),
        (Notice(NoticeKind.PRESENCE_STALE),),
    ),
}


@pytest.mark.parametrize(("judge", "expected"), REFUSALS.values(), ids=REFUSALS)
def test_refuses_with_the_reason_and_what_its_text_needs(judge: Judge, expected: Denied):
    assert judge() == expected


@pytest.mark.parametrize(("judge", "notices"), NOTICES.values(), ids=NOTICES)
def test_grants_with_the_notice(judge: Judge, notices: tuple[Notice, ...]):
    decision = judge()
    assert isinstance(decision, Granted)
    assert decision.notices == notices


def test_every_reason_is_reached():
    assert {expected.reason for _, expected in REFUSALS.values()} == set(DenialReason)


def test_every_notice_is_reached():
    assert {notice.kind for _, notices in NOTICES.values() for notice in notices} == set(NoticeKind)


def test_a_grant_names_the_membership_it_rests_on():
    holding = a_holding(pack=a_pack(bought=10, counted=3))
    assert ask(entry=an_entry(a_holder(holding))) == Granted((), holding, visits_left=6)
