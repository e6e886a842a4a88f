"""What holds of every decision, whatever the facts."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.decision import DenialReason, Denied, Granted, NoticeKind, Repeat, decide
from shared.domain.member import Block
from shared.domain.passes import LiveCode, PassStatus, Signature, UnknownCode, VoucherCode
from shared.domain.roster import (
    CodeUse,
    Holding,
    Presence,
    RosterEntry,
    RosterTrust,
)
from shared.domain.site import Strictness
from tests.support.builders import (
    NOON,
    TODAY,
    a_holder,
    a_holding,
    a_voucher,
    an_entry,
    days,
)
from tests.support.strategies import (
    CREDENTIALS,
    DAYS,
    HOLDERS,
    INSTANTS,
    KNOWN,
    MEMBERSHIPS,
    NEAR,
    PLANS,
    PRESENCES,
    SIGNATURES,
    questions,
)


def ask(facts):
    return decide(**facts)


def opens(decision) -> bool:
    return isinstance(decision, Granted)


def with_holder(facts, **changes):
    return {**facts, "entry": replace(facts["entry"], holder=replace(facts["entry"].holder, **changes))}


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
