"""Hypothesis strategies for the facts of the domain. Times and days lie around the builders' noon, where edges are."""

from datetime import timedelta

from hypothesis import strategies as st

from shared.domain.ids import EventId, MemberId, MembershipId
from shared.domain.member import Block
from shared.domain.membership import Membership, Pack
from shared.domain.passes import Barcode, CardCode, LiveCode, PassKind, PassStatus, Signature, UnknownCode, VoucherCode
from shared.domain.plan import Window
from shared.domain.roster import CodeUse, Grant, Holder, Holding, Presence, RosterEntry, RosterTrust, Uncounted
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


KNOWN = st.builds(RosterEntry, st.just(PassStatus.ACTIVE), HOLDERS)
