"""What the domain knows comes back from the wire; what a kiosk need not know does not travel."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.roster import MemberBody, MembershipBody, PlanBody, PolicyBody, SiteBody
from shared.domain.member import Block
from shared.domain.roster import Holder, Holding
from shared.domain.site import DoorPolicy, DoorWhenNotRecorded
from tests.support.builders import MEMBER_ID, a_membership, a_pack, a_plan, an_id
from tests.support.strategies import HOLDINGS, INSTANTS, MEMBERSHIPS, PLANS, POLICIES, SITES


def over_the_wire(body):
    return type(body).model_validate_json(body.model_dump_json())


@given(SITES)
def test_a_site_comes_back(site):
    assert over_the_wire(SiteBody.from_domain(site)).to_domain() == site


@given(
    policy=POLICIES,
    door=st.sampled_from(DoorWhenNotRecorded),
    symbologies=st.frozensets(st.sampled_from(["Code128", "EAN13", "Codabar"])),
    neutral=st.booleans(),
    names=st.booleans(),
)
def test_a_policy_comes_back(policy, door, symbologies, neutral, names):
    policy = replace(
        policy, when_not_recorded=door, linear_symbologies=symbologies, neutral_refusals=neutral, show_names=names
    )
    assert over_the_wire(PolicyBody.from_domain(policy)).to_domain() == policy


def test_every_field_of_a_policy_travels():
    assert {name.removesuffix("_s") for name in PolicyBody.model_fields} == set(DoorPolicy.__slots__)


@given(plan=PLANS, months=st.booleans(), visits=st.none() | st.integers(1, 99), renews=st.booleans())
def test_a_plan_comes_back(plan, months, visits, renews):
    period = type(plan.period)(months=3) if months else type(plan.period)(days=30)
    plan = replace(plan, period=period, visits=visits, renews=renews)
    assert over_the_wire(PlanBody.from_domain(plan)).to_domain() == plan


@given(MEMBERSHIPS)
def test_a_membership_comes_back_but_for_its_day_of_renewal(membership):
    sold = replace(membership, anchor_day=31)
    assert over_the_wire(MembershipBody.from_domain(sold)).to_domain() == membership


@given(
    holdings=HOLDINGS,
    block=st.none() | st.builds(Block, st.none() | INSTANTS),
    host=st.none() | st.just(an_id(8)),
    missing=st.booleans(),
)
def test_a_holder_comes_back_with_the_plans_that_have_arrived(holdings, block, host, missing):
    body = MemberBody(
        id=MEMBER_ID,
        memberships=[MembershipBody.from_domain(holding.membership) for holding in holdings],
        blocked=block is not None,
        blocked_until=None if block is None else block.until,
        host_id=host,
        document_missing=missing,
        sealed=b"sealed",
        site_wrap=None,
    )
    plan = a_plan()
    expected = Holder(MEMBER_ID, tuple(Holding(h.membership, plan) for h in holdings), block, host, missing)
    assert over_the_wire(body).to_domain({plan.id: plan}) == expected
    assert over_the_wire(body).to_domain({}) == replace(expected, holdings=())


def test_what_has_no_order_is_written_in_order():
    """The body is hashed as text."""
    ids = [an_id(n * 0x9E3779B97F4A7C15 % 2**64) for n in range(40)]  # scattered, or a set would keep them in order
    assert PlanBody.from_domain(a_plan(site_ids=frozenset(ids))).site_ids == sorted(ids)
    pack = a_pack(counted_check_ins=frozenset(ids))
    assert MembershipBody.from_domain(a_membership(pack=pack)).pack.counted_check_ins == sorted(ids)
    policy = PolicyBody.from_domain(DoorPolicy(linear_symbologies=frozenset({"ITF", "Code128", "EAN13", "Codabar"})))
    assert policy.linear_symbologies == ["Codabar", "Code128", "EAN13", "ITF"]
    assert [kind.value for kind in policy.accepted_kinds] == ["barcode", "card", "live", "voucher"]


def test_the_day_of_renewal_is_the_cloud_s_business():
    assert "anchor" not in MembershipBody.from_domain(a_membership(anchor_day=31)).model_dump_json()
