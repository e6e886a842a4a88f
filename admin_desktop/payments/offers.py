"""What can be sold to a member now, to when it lasts, and what becomes of what the member has. No Qt, no cloud."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from shared.contracts.gym import MembershipView, MemberView, PlanView
from shared.contracts.payments import LineDraft, RenewalLine, SaleLine
from shared.desktop.translation import Say, say
from shared.domain import membership as rules
from shared.domain.ids import MembershipId, PlanId
from shared.domain.membership import Membership, Pack, Standing
from shared.domain.time import DayInterval

_RENEWABLE = (Standing.ACTIVE, Standing.IN_GRACE, Standing.OVERDUE, Standing.FROZEN)
_RUNNING = (Standing.ACTIVE, Standing.IN_GRACE, Standing.FROZEN)


@dataclass(frozen=True, slots=True)
class Offer:
    """A plan to be sold anew, or a ``membership`` on it to be renewed."""

    plan: PlanView
    membership: MembershipView | None = None

    def line(self, membership_id: UUID, *, starts_on: date) -> LineDraft:
        """The line of an order for it. ``membership_id`` is that of a new one."""
        price = self.plan.price_minor
        if self.membership is None:
            return SaleLine(plan_id=self.plan.id, membership_id=membership_id, starts_on=starts_on, price_minor=price)
        held = self.membership
        return RenewalLine(membership_id=held.id, paid_through_on=held.paid_through_on, price_minor=price)


def offers_for(member: MemberView, plans: Iterable[PlanView]) -> list[Offer]:
    """Renewals first, the one that ends first at the top; then every plan on sale that is not renewed already."""
    known = {plan.id: plan for plan in plans if not plan.for_staff}
    held = [view for view in member.memberships if view.standing in _RENEWABLE and view.plan_id in known]
    renewals = [Offer(known[view.plan_id], view) for view in sorted(held, key=lambda view: view.paid_through_on)]
    renewed = {offer.plan.id for offer in renewals}
    new = [Offer(plan) for plan in known.values() if plan.on_sale and plan.id not in renewed]
    return renewals + sorted(new, key=lambda offer: offer.plan.name)


def lasts_until(offer: Offer, *, starts_on: date, today: date, grace_days: int) -> date:
    """The last paid day that it gives."""
    plan = offer.plan.to_domain()
    if offer.membership is None:
        return rules.sell(MembershipId(UUID(int=0)), plan, starts_on=starts_on).paid_through_on
    renewed = rules.renew(_terms(offer.membership), plan, today=today, grace_days=grace_days)
    return renewed.paid_through_on


def consequences(offer: Offer, member: MemberView, *, starts_on: date) -> list[Say]:
    """What happens to what the member has."""
    if offer.membership is not None:
        return _of_renewal(offer.membership, offer.plan)
    said = [_beside(view, offer.plan, starts_on) for view in member.memberships if view.standing in _RUNNING]
    return [each for each in said if each is not None]


def gapless_start(offer: Offer, member: MemberView, *, starts_on: date) -> date | None:
    """The first day that loses nothing of a period that runs now; None when ``starts_on`` loses nothing."""
    if offer.membership is not None or offer.plan.visits is not None:
        return None
    ends = [
        view.paid_through_on for view in member.memberships if view.standing in _RUNNING and view.visits_bought is None
    ]
    last = max(ends, default=starts_on - timedelta(days=1))
    return last + timedelta(days=1) if starts_on <= last else None


def _of_renewal(held: MembershipView, plan: PlanView) -> list[Say]:
    said = [say("selling.paid_now", day=held.paid_through_on)]
    if held.visits_left is not None and plan.visits is not None:
        said.append(say("selling.adds_visits", n=plan.visits, left=max(0, held.visits_left)))
    if held.standing is Standing.OVERDUE:
        said.append(say("selling.starts_again"))
    if held.ends_on is not None:
        said.append(say("selling.lifts_end"))
    return said


def _beside(held: MembershipView, plan: PlanView, starts_on: date) -> Say | None:
    if held.paid_through_on < starts_on:
        return None
    if held.visits_left is not None:
        key = "selling.visits_kept" if plan.visits is None else "selling.packs_beside"
        return say(key, n=max(0, held.visits_left), name=held.plan_name)
    if plan.visits is not None:
        return say("selling.period_first", name=held.plan_name)
    key = "selling.renews_beside" if held.renews and held.ends_on is None else "selling.runs_beside"
    return say(key, name=held.plan_name, day=held.paid_through_on)


def _terms(view: MembershipView) -> Membership:
    """A membership as the rules know it. Its day of the month is that of its start unless a freeze has moved it."""
    pack = None if view.visits_bought is None else Pack(view.visits_bought, view.visits_counted or 0)
    freezes = tuple(DayInterval(first, end) for first, end in view.freezes)
    return Membership(
        id=MembershipId(view.id),
        plan_id=PlanId(view.plan_id),
        starts_on=view.starts_on,
        paid_through_on=view.paid_through_on,
        ends_on=view.ends_on,
        renews=view.renews,
        freezes=freezes,
        pack=pack,
        anchor_day=None if freezes else view.starts_on.day,
    )


def renewal_of(offers: Sequence[Offer], membership_id: UUID) -> int | None:
    """The place of a membership's renewal; None when it cannot be renewed."""
    held = [None if offer.membership is None else offer.membership.id for offer in offers]
    return held.index(membership_id) if membership_id in held else None


def chosen_again(offers: Sequence[Offer], before: Offer | None) -> int | None:
    """The place of what was chosen before among offers that were loaded anew."""
    if before is None:
        return None
    held = None if before.membership is None else before.membership.id
    for place, offer in enumerate(offers):
        if offer.plan.id == before.plan.id and (None if offer.membership is None else offer.membership.id) == held:
            return place
    return None
