"""What holds of every decision, whatever the facts."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.decision import DenialReason, Denied, Granted, NoticeKind, Repeat, decide
from shared.domain.ids import EventId, MemberId, MembershipId
from shared.domain.member import Block
from shared.domain.membership import Membership, Pack
from shared.domain.passes import Barcode, CardCode, LiveCode, PassKind, PassStatus, Signature, UnknownCode, VoucherCode
from shared.domain.plan import Window
from shared.domain.roster import (
    CodeUse,
    Grant,
    Holder,
    Holding,
    Presence,
    RosterEntry,
    RosterTrust,
    Uncounted,
)
from shared.domain.site import DoorPolicy, Strictness
from shared.domain.time import DayInterval, DoorTime, TimeQuality
from tests.support.builders import (
    MEMBER_ID,
    NOON,
    OTHER_SITE_ID,
    PLAN_ID,
    SITE_ID,
    TODAY,
    a_door_time,
    a_holder,
    a_holding,
    a_pack,
    a_plan,
    a_site,
    a_voucher,
    an_entry,
    an_id,
    days,
)

MEMBERSHIP_IDS = st.integers(200, 203).map(lambda n: MembershipId(an_id(n)))
NEAR = st.sampled_from([0, 1, 14, 15, 16, 29, 30, 40, 41, 59, 60, 61, 3600, 7200, 86400, 3 * 86400])
AGO = st.builds(lambda s, sign: timedelta(seconds=s * sign), NEAR, st.sampled_from([1, 1, -1]))
INSTANTS = AGO.map(lambda ago: NOON - ago)
DAYS = st.integers(-40, 40).map(lambda n: TODAY + days(n))
WINDOWS = st.none() | st.lists(
    st.builds(
        lambda day, opens, length: Window(day, opens, opens + length),
        *(st.integers(a, b) for a, b in [(0, 6), (0, 1439), (1, 1440)]),
    ),
    max_size=3,
).map(tuple)
SIGNATURES = st.sampled_from([Signature.VALID, Signature.VALID, Signature.INVALID, Signature.UNKNOWN_KEY])
STRICTNESS = st.sampled_from(Strictness)

CREDENTIALS = st.one_of(
    st.just(UnknownCode()),
    st.just(CardCode()),
    st.just(Barcode()),
    st.builds(LiveCode, INSTANTS, SIGNATURES),
    st.builds(VoucherCode, st.sampled_from([7, 7, 8]), st.sampled_from([0, 3, 4]), DAYS, SIGNATURES),
)
PACKS = st.builds(
    Pack,
    bought=st.integers(0, 5),
    counted=st.integers(0, 5),
    counted_check_ins=st.frozensets(st.integers(300, 305).map(lambda n: EventId(an_id(n)))),
    last_visit_at=st.none() | INSTANTS,
)
FREEZES = st.lists(st.builds(lambda a, n: DayInterval(a, a + days(n)), DAYS, st.integers(1, 9)), max_size=2).map(tuple)
MEMBERSHIPS = st.builds(
    Membership,
    id=MEMBERSHIP_IDS,
    plan_id=st.just(PLAN_ID),
    starts_on=DAYS,
    paid_through_on=DAYS,
    ends_on=st.none() | DAYS,
    renews=st.booleans(),
    freezes=FREEZES,
    pack=st.none() | PACKS,
)
PLANS = st.builds(
    lambda windows, sites: a_plan(windows=windows, site_ids=sites),
    WINDOWS,
    st.none() | st.frozensets(st.sampled_from([SITE_ID, OTHER_SITE_ID])),
)
HOLDINGS = st.lists(
    st.builds(Holding, MEMBERSHIPS, PLANS), max_size=3, unique_by=lambda holding: holding.membership.id
).map(tuple)
HOLDERS = st.builds(
    Holder,
    member_id=st.just(MEMBER_ID),
    holdings=HOLDINGS,
    block=st.none() | st.builds(Block, st.none() | INSTANTS),
    host_id=st.none() | st.just(MemberId(an_id(8))),
    document_missing=st.booleans(),
)
ENTRIES = st.none() | st.builds(
    RosterEntry,
    st.sampled_from([PassStatus.ACTIVE, PassStatus.ACTIVE, PassStatus.REVOKED]),
    st.none() | HOLDERS,
    st.sampled_from([False, False, False, True]),
)
GRANTS = st.builds(Grant, st.just(EventId(an_id(310))), INSTANTS, st.sampled_from([None, True, False]))
PRESENCES = st.builds(
    Presence,
    last_grant=st.none() | GRANTS,
    code_use=st.none() | st.builds(CodeUse, INSTANTS, st.booleans()),
    own_grants=st.lists(
        st.builds(Uncounted, MEMBERSHIP_IDS, st.integers(300, 305).map(lambda n: EventId(an_id(n))), INSTANTS),
        max_size=3,
    ).map(tuple),
    voucher_used_on=st.none() | st.sampled_from([TODAY, TODAY - days(1)]),
    inside_since=st.none() | INSTANTS,
    occupancy=st.none() | st.integers(0, 3),
    seen_at=st.none() | INSTANTS,
    host_inside=st.none() | st.booleans(),
)
POLICIES = st.builds(
    DoorPolicy,
    grace_days=st.integers(0, 9),
    roster_too_old=STRICTNESS,
    anti_passback=STRICTNESS,
    documents=STRICTNESS,
    accepted_kinds=st.just(frozenset(PassKind)) | st.frozensets(st.sampled_from(PassKind)),
)
SITES = st.builds(
    lambda hours, exceptions, capacity, policy: a_site(
        hours=hours, exceptions=exceptions, capacity=capacity, policy=policy
    ),
    WINDOWS,
    st.dictionaries(st.sampled_from([TODAY, TODAY - days(1)]), st.just(()), max_size=1),
    st.none() | st.integers(1, 3),
    POLICIES,
)
TIMES = st.builds(DoorTime, st.just(NOON), st.sampled_from(TimeQuality))
TRUSTS = st.builds(RosterTrust, st.none() | NEAR.map(lambda s: timedelta(seconds=s)), st.booleans())
USUAL = {
    "credential": st.sampled_from([CardCode(), Barcode(), LiveCode(NOON, Signature.VALID), a_voucher()]),
    "entry": st.sampled_from([a_holding(), a_holding(pack=a_pack())]).map(lambda holding: an_entry(a_holder(holding))),
    "site": st.just(a_site()),
    "presence": st.just(Presence()),
    "now": st.just(a_door_time()),
    "trust": st.builds(RosterTrust, st.just(timedelta(seconds=20)), st.booleans()),
}
UNUSUAL = {
    "credential": CREDENTIALS,
    "entry": ENTRIES,
    "site": SITES,
    "presence": PRESENCES,
    "now": TIMES,
    "trust": TRUSTS,
}


@st.composite
def questions(draw, **changes):
    """The facts of one decision, by the names of ``decide``: as usual but for two or three of them."""
    unusual = draw(st.sets(st.sampled_from(sorted(UNUSUAL)), max_size=3))
    strategies = {name: (UNUSUAL if name in unusual else USUAL)[name] for name in UNUSUAL}
    return {name: draw(strategy) for name, strategy in {**strategies, **changes}.items()}


def ask(facts):
    return decide(**facts)


def opens(decision) -> bool:
    return isinstance(decision, Granted)


def with_holder(facts, **changes):
    return {**facts, "entry": replace(facts["entry"], holder=replace(facts["entry"].holder, **changes))}


KNOWN = st.builds(RosterEntry, st.just(PassStatus.ACTIVE), HOLDERS)


@given(facts=questions())
def test_the_same_facts_give_the_same_decision(facts):
    assert ask(facts) == ask(facts)


@given(facts=questions(entry=st.builds(RosterEntry, st.just(PassStatus.REVOKED), st.none() | HOLDERS, st.booleans())))
def test_a_revoked_pass_never_opens(facts):
    assert isinstance(ask(facts), Denied)


@given(facts=questions(entry=KNOWN), until=st.none() | st.just(NOON + days(1)))
def test_a_blocked_member_never_gets_in(facts, until):
    assert isinstance(ask(with_holder(facts, block=Block(until))), Denied)


@given(
    facts=questions(
        credential=st.builds(LiveCode, INSTANTS, st.sampled_from([Signature.INVALID, Signature.UNKNOWN_KEY]))
        | st.builds(
            VoucherCode, st.just(7), st.just(0), DAYS, st.sampled_from([Signature.INVALID, Signature.UNKNOWN_KEY])
        )
        | st.just(UnknownCode())
    )
)
def test_a_forged_or_foreign_code_never_opens_and_learns_nothing_of_the_member(facts):
    decision = ask(facts)
    assert isinstance(decision, Denied)
    assert decision.reason in {
        DenialReason.UNKNOWN_PASS,
        DenialReason.BAD_SIGNATURE,
        DenialReason.KIND_NOT_ACCEPTED,
        DenialReason.OTHER_SITE_ONLY,
        DenialReason.ROSTER_TOO_OLD,
    }


@given(facts=questions(credential=CREDENTIALS.filter(lambda code: not isinstance(code, VoucherCode)), entry=st.none()))
def test_only_a_voucher_opens_for_someone_the_roster_does_not_know(facts):
    assert isinstance(ask(facts), Denied)


@given(
    facts=questions(credential=st.builds(LiveCode, INSTANTS, SIGNATURES), presence=PRESENCES),
    use=st.builds(CodeUse, INSTANTS, st.booleans()),
)
def test_a_used_code_never_opens(facts, use):
    assert not opens(ask({**facts, "presence": replace(facts["presence"], code_use=use)}))


@given(facts=questions(trust=st.builds(RosterTrust, st.none(), st.booleans()), presence=st.just(Presence())))
def test_without_a_roster_nobody_gets_in(facts):
    assert isinstance(ask(facts), Denied)


@given(facts=questions(), older=st.timedeltas(timedelta(0), days(9)))
def test_an_older_roster_never_turns_a_denial_into_a_grant(facts, older):
    trust = facts["trust"]
    ages = [None] if trust.age is None else [trust.age + older, None]
    for age in ages:
        aged = {**facts, "trust": replace(trust, age=age)}
        if isinstance(ask(facts), Denied):
            assert isinstance(ask(aged), Denied)
        if opens(ask(aged)):
            assert opens(ask(facts))


@given(facts=questions())
def test_contact_changes_nothing_but_the_offer_of_a_purchase_code(facts):
    apart = ask({**facts, "trust": replace(facts["trust"], in_contact=False)})
    together = ask({**facts, "trust": replace(facts["trust"], in_contact=True)})
    if isinstance(apart, Denied):
        assert replace(apart, voucher_may_help=False) == together
    else:
        assert apart == together


@given(
    facts=questions(
        entry=st.none() | st.just(an_entry(a_holder(a_holding(paid_through_on=TODAY - days(30))))),
        trust=st.builds(RosterTrust, NEAR.map(lambda s: timedelta(seconds=s)), st.just(value=False)),
    )
)
def test_a_purchase_code_is_offered_exactly_where_it_would_open(facts):
    """Were a good voucher shown in its place, only the site itself could refuse it."""
    decision = ask(facts)
    if isinstance(decision, Denied) and decision.reason in {DenialReason.UNKNOWN_PASS, DenialReason.PAYMENT_OVERDUE}:
        instead = ask({**facts, "credential": a_voucher(), "entry": None, "presence": Presence()})
        closed = isinstance(instead, Denied) and instead.reason is DenialReason.SITE_CLOSED
        assert decision.voucher_may_help is (opens(instead) or closed)


FACTS_OF_OTHER_KINDS = {
    "code_use": LiveCode,
    "voucher_used_on": VoucherCode,
}


@given(facts=questions(), other=PRESENCES)
def test_facts_about_another_kind_of_pass_change_nothing(facts, other):
    expected = ask(facts)
    for name, kind in FACTS_OF_OTHER_KINDS.items():
        if not isinstance(facts["credential"], kind):
            presence = replace(facts["presence"], **{name: getattr(other, name)})
            assert ask({**facts, "presence": presence}) == expected


@given(facts=questions(entry=KNOWN), other=PRESENCES, name=st.text(max_size=9), capacity=st.none() | st.integers(1, 99))
def test_facts_the_site_does_not_ask_for_change_nothing(facts, other, name, capacity):
    site = replace(facts["site"], capacity=None, policy=replace(facts["site"].policy, anti_passback=Strictness.OFF))
    facts = with_holder({**facts, "site": site}, host_id=None)
    presence = replace(
        facts["presence"],
        inside_since=other.inside_since,
        occupancy=other.occupancy,
        seen_at=other.seen_at,
        host_inside=other.host_inside,
    )
    assert ask({**facts, "presence": presence}) == ask(facts)
    renamed = replace(site, name=name, policy=replace(site.policy, neutral_refusals=True, show_names=False))
    assert ask({**facts, "site": renamed}) == ask(facts)
    unseen = {**facts, "presence": Presence(), "site": replace(site, capacity=capacity)}
    assert ask(unseen) == ask({**unseen, "site": site})


@given(facts=questions(entry=KNOWN), data=st.data())
def test_the_order_of_memberships_changes_nothing(facts, data):
    holdings = facts["entry"].holder.holdings
    shuffled = data.draw(st.permutations(holdings))
    assert ask(with_holder(facts, holdings=tuple(shuffled))) == ask(facts)


@given(facts=questions(entry=KNOWN), more=st.builds(Holding, MEMBERSHIPS, PLANS))
def test_one_more_membership_never_shuts_the_door(facts, more):
    if opens(ask(facts)):
        assert opens(ask(with_holder(facts, holdings=(*facts["entry"].holder.holdings, more))))


@given(facts=questions(entry=KNOWN), visits=st.integers(1, 5))
def test_more_visits_bought_never_shut_the_door(facts, visits):
    holdings = tuple(
        replace(
            h,
            membership=replace(h.membership, pack=replace(h.membership.pack, bought=h.membership.pack.bought + visits)),
        )
        if h.membership.pack
        else h
        for h in facts["entry"].holder.holdings
    )
    if opens(ask(facts)):
        assert opens(ask(with_holder(facts, holdings=holdings)))


@given(facts=questions(), stricter=st.sampled_from(["anti_passback", "documents", "roster_too_old"]))
def test_a_stricter_policy_never_opens_a_door(facts, stricter):
    def under(strictness):
        policy = replace(facts["site"].policy, **{stricter: strictness})
        return opens(ask({**facts, "site": replace(facts["site"], policy=policy)}))

    off, soft, hard = under(Strictness.OFF), under(Strictness.SOFT), under(Strictness.HARD)
    assert off is soft
    assert soft or not hard


@given(facts=questions())
def test_a_full_grant_names_its_membership_or_its_voucher(facts):
    decision = ask(facts)
    if not opens(decision) or decision.reopened:
        return
    by_voucher = any(notice.kind is NoticeKind.VOUCHER_ACCEPTED for notice in decision.notices)
    assert by_voucher is (decision.holding is None)
    assert by_voucher <= isinstance(facts["credential"], VoucherCode)
    if decision.holding is not None:
        assert decision.holding in facts["entry"].holder.holdings
        assert (decision.visits_left is None) is (decision.holding.membership.pack is None)
        assert decision.visits_left is None or decision.visits_left >= 0


@given(facts=questions())
def test_a_repeat_or_a_reopening_rests_on_a_grant_of_this_kiosk(facts):
    decision = ask(facts)
    if isinstance(decision, Repeat):
        assert decision.visit is facts["presence"].last_grant
    if isinstance(decision, Repeat) or (opens(decision) and decision.reopened):
        assert facts["presence"].last_grant is not None


@given(facts=questions())
def test_a_denial_carries_what_its_text_needs(facts):
    decision = ask(facts)
    if not isinstance(decision, Denied):
        return
    wants_day = {
        DenialReason.VOUCHER_SPENT,
        DenialReason.MEMBERSHIP_NOT_STARTED,
        DenialReason.MEMBERSHIP_FROZEN,
        DenialReason.PAYMENT_OVERDUE,
    }
    wants_instant = {DenialReason.CODE_ALREADY_USED, DenialReason.ANTI_PASSBACK}
    assert (decision.difference is not None) is (decision.reason is DenialReason.CODE_EXPIRED)
    if decision.reason in wants_day:
        assert isinstance(decision.day, date)
    if decision.reason in wants_instant:
        assert isinstance(decision.at, datetime)
    if decision.reason in {DenialReason.OUTSIDE_PLAN_HOURS, DenialReason.SITE_CLOSED} and decision.at is not None:
        assert decision.at > facts["now"].at
