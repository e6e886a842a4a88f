"""Making the sample gym, through the same use cases as the routes."""

import random
from datetime import timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from cloud_api.common.cloud import Cloud
from cloud_api.common.session import transaction_time
from cloud_api.gym.blocking import block_member
from cloud_api.gym.checkins import check_in
from cloud_api.gym.listing import read_member
from cloud_api.gym.members import create_member
from cloud_api.gym.memberships import pause, sell
from cloud_api.qr.revoking import revoke_pass
from cloud_api.sample.many import make_many
from cloud_api.sample.names import draw_name
from cloud_api.sample.offer import BY, Offer, make_offer
from cloud_api.sample.pass_making import draw_kind, give_pass
from cloud_api.sample.secrets_file import FILE_NAME, SampleGym, SampleMember, write_secrets
from cloud_api.sample.states import GRANTED, RECIPES, Recipe, State, draw_states, starts_on
from shared.contracts.gym import BlockRequest, ManualCheckIn, MemberView, NewMember, Pause, Sale
from shared.domain.passes import PassKind
from shared.domain.plan import Plan, in_windows
from shared.domain.time import local_day
from shared.errors import InvalidInput

MANY = 1000
"""More members than this are all alike: active, with a phone each, written in bulk."""
_A_TRANSACTION = 25
_DAY = timedelta(days=1)
_FREEZE = timedelta(days=14)
_FIRST_VISIT_AGO = timedelta(days=22)


def make_sample(cloud: Cloud, *, members: int, seed: int, out: Path) -> SampleGym:
    """Fill the gym with sample members and write their demo secrets to ``out/demo-secrets.json``.

    Who is in which state with which kind of pass follows from ``seed``; keys and codes are random in every run.

    Raises:
        InvalidInput: fewer than one member, or more than 200,000.
        Rejected: ``no_site``: the gym was not initialised.
    """
    if not 1 <= members <= 200_000:  # noqa: PLR2004  # said in the sentence
        raise InvalidInput("A sample gym has 1 to 200,000 members.", field="members")
    rng = random.Random(seed)
    with cloud.database.transaction() as session:
        offer = make_offer(session, cloud.keys)
    made = make_many(cloud, offer, count=members, rng=rng) if members > MANY else _make_few(cloud, offer, members, rng)
    keys = cloud.keys
    gym = SampleGym(out / FILE_NAME, keys.gym_id, keys.gym_number, offer.site.id, offer.other_site.id, tuple(made))
    write_secrets(gym)
    return gym


def _make_few(cloud: Cloud, offer: Offer, count: int, rng: random.Random) -> list[SampleMember]:
    made: list[SampleMember] = []
    states = draw_states(count, rng)
    for first in range(0, count, _A_TRANSACTION):
        with cloud.database.transaction() as session:
            maker = _Maker(session, cloud, offer, rng)
            made += [maker.make(state) for state in states[first : first + _A_TRANSACTION]]
    return made


class _Maker:
    """Makes members within one transaction."""

    def __init__(self, session: Session, cloud: Cloud, offer: Offer, rng: random.Random) -> None:
        self._session, self._cloud, self._offer, self._rng = session, cloud, offer, rng
        self._keys = cloud.keys
        self._now = transaction_time(session)
        self._today = local_day(self._now, ZoneInfo(offer.site.zone))

    def make(self, state: State) -> SampleMember:
        recipe = RECIPES[state]
        member = self._take_in(state)
        plan = self._offer.plans[recipe.plan]
        sale = Sale(plan_id=plan.id, starts_on=starts_on(recipe, plan, self._today))
        held = sell(self._session, self._keys, member.id, sale, by=BY)
        kind = PassKind.CARD if state is State.PASS_REVOKED else draw_kind(self._rng)
        facts = give_pass(self._session, self._keys, member, kind, self._rng)
        self._bring_about(state, member.id, held.id, facts["pass_id"])
        for ago in range(recipe.visits):
            self._visit(member.id, _FIRST_VISIT_AGO - 2 * ago * _DAY)
        return SampleMember(
            member_id=member.id,
            number=member.number or "",
            name=f"{member.given_name} {member.family_name}",
            state=state.value,
            expected=self._expected(recipe, plan),
            **facts,
        )

    def _take_in(self, state: State) -> MemberView:
        given, family = draw_name(self._rng)
        draft = NewMember(
            given_name=given,
            family_name=family,
            email=f"member{self._rng.randrange(10**6):06}@sample.invalid",
            home_site_id=(self._offer.other_site if state is State.OTHER_SITE else self._offer.site).id,
            document_missing=state is State.DOCUMENT_MISSING,
        )
        row = create_member(self._session, self._keys, draft, by=BY)
        return read_member(self._session, row.id)

    def _bring_about(self, state: State, member_id: UUID, membership_id: UUID, pass_id: UUID) -> None:
        session, keys = self._session, self._keys
        if state is State.FROZEN:
            request = Pause(first=self._today - 2 * _DAY, end=self._today + _FREEZE)
            pause(session, keys, membership_id, request, by=BY)
        elif state is State.BLOCKED:
            block_member(session, keys, member_id, BlockRequest(note="sample"), by=BY)
        elif state is State.PASS_REVOKED:
            revoke_pass(session, self._cloud.journal, pass_id, by=BY)

    def _visit(self, member_id: UUID, ago: timedelta) -> None:
        request = ManualCheckIn(member_id=member_id, site_id=self._offer.site.id, at=self._now - ago)
        check_in(self._session, self._keys, request, by=BY)

    def _expected(self, recipe: Recipe, plan: Plan) -> str:
        """Who may come in off the peak may do so now if it is."""
        if plan.windows is not None and in_windows(plan.windows, self._now, ZoneInfo(self._offer.site.zone)):
            return GRANTED
        return recipe.expected
