"""What the memberships of a holder allow at a door: part of the rule book, asked by ``decide`` alone."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import assert_never

from shared.domain.membership import Membership, Pack, Standing, last_day, standing_on, thaws_on
from shared.domain.plan import in_windows, next_opening
from shared.domain.roster import Holding, Presence
from shared.domain.site import Site
from shared.domain.time import DoorTime, local_day
from shared.domain.verdicts import DenialReason, Denied, Granted, Notice, NoticeKind

_NEAREST_TO_YES = (
    DenialReason.OUTSIDE_PLAN_HOURS,
    DenialReason.VISITS_USED_UP,
    DenialReason.PAYMENT_OVERDUE,
    DenialReason.MEMBERSHIP_FROZEN,
    DenialReason.MEMBERSHIP_NOT_STARTED,
    DenialReason.OTHER_SITE_ONLY,
    DenialReason.MEMBERSHIP_ENDED,
)


def judge_holdings(holdings: Iterable[Holding], *, site: Site, presence: Presence, now: DoorTime) -> Granted | Denied:
    """The first membership that lets in; of those that all refuse, the refusal nearest to a yes."""
    refusals = []
    for holding in sorted(holdings, key=_preference):
        verdict = _judge_holding(holding, site=site, presence=presence, now=now)
        if isinstance(verdict, Granted):
            return verdict
        refusals.append(verdict)
    today = local_day(now.at, site.zone)
    nothing_ever = Denied(DenialReason.MEMBERSHIP_ENDED)
    return min(refusals, key=lambda denied: _distance(denied, today, now), default=nothing_ever)


def _preference(holding: Holding) -> tuple[int, int]:
    """Periods (below zero) before packs; of periods the one that lasts longest, of packs the one that ends first."""
    membership = holding.membership
    last = last_day(membership).toordinal()
    return -last if membership.pack is None else last, membership.id.int


def _distance(denied: Denied, today: date, now: DoorTime) -> tuple[int, timedelta]:
    """How far from a yes: by the reason, then by the time to its instant, or the days to or from its day."""
    place = _NEAREST_TO_YES.index(denied.reason)
    if denied.at is not None:
        return place, denied.at - now.at
    return place, timedelta.max if denied.day is None else abs(denied.day - today)


def _judge_holding(holding: Holding, *, site: Site, presence: Presence, now: DoorTime) -> Granted | Denied:
    """What no waiting cures comes before the plan's hours."""
    plan, today = holding.plan, local_day(now.at, site.zone)
    denied = _judge_standing(holding.membership, today, grace_days=site.policy.grace_days)
    if denied is not None:
        return denied
    if plan.site_ids is not None and site.id not in plan.site_ids:
        return Denied(DenialReason.OTHER_SITE_ONLY)
    pack = _pack_after_entry(holding.membership, presence=presence, now=now, dwell=site.policy.dwell)
    if pack is not None and pack.left < 0:
        return Denied(DenialReason.VISITS_USED_UP)
    if plan.windows is not None and not in_windows(plan.windows, now.at, site.zone):
        return Denied(DenialReason.OUTSIDE_PLAN_HOURS, at=next_opening(plan.windows, now.at, site.zone))
    notices = (*_standing_notices(holding.membership, today, site=site), *_pack_notices(pack))
    return Granted(notices, holding, None if pack is None else pack.left)


def _judge_standing(membership: Membership, today: date, *, grace_days: int) -> Denied | None:
    match standing_on(membership, today, grace_days=grace_days):
        case Standing.NOT_STARTED:
            return Denied(DenialReason.MEMBERSHIP_NOT_STARTED, day=membership.starts_on)
        case Standing.FROZEN:
            return Denied(DenialReason.MEMBERSHIP_FROZEN, day=thaws_on(membership, today))
        case Standing.OVERDUE:
            return Denied(DenialReason.PAYMENT_OVERDUE, day=membership.paid_through_on)
        case Standing.ENDED:
            return Denied(DenialReason.MEMBERSHIP_ENDED, day=last_day(membership))
        case Standing.ACTIVE | Standing.IN_GRACE:
            return None
        case never:
            assert_never(never)


def _pack_after_entry(membership: Membership, *, presence: Presence, now: DoorTime, dwell: timedelta) -> Pack | None:
    """The pack with this entry and all own grants counted; None without a pack.

    Own grants the cloud has not counted are grouped into visits by the dwell, together with the last counted visit:
    what falls into one of them costs nothing more.
    """
    pack = membership.pack
    if pack is None:
        return None
    mine = (
        grant.at
        for grant in presence.own_grants
        if grant.membership_id == membership.id and grant.event_id not in pack.counted_check_ins
    )
    counted = () if pack.last_visit_at is None else (pack.last_visit_at,)
    visits = _count_visits({*mine, *counted, now.at}, dwell=dwell)
    return replace(pack, counted=pack.counted + visits - len(counted))


def _count_visits(times: Iterable[datetime], *, dwell: timedelta) -> int:
    count, opened_at = 0, None
    for at in sorted(times):
        if opened_at is None or at - opened_at >= dwell:
            count, opened_at = count + 1, at
    return count


def _standing_notices(membership: Membership, today: date, *, site: Site) -> Iterable[Notice]:
    last = last_day(membership)
    is_billed_again = membership.renews and membership.ends_on is None
    if today > membership.paid_through_on:
        yield Notice(NoticeKind.IN_GRACE, day=membership.paid_through_on)
    elif not is_billed_again and (last - today).days < site.policy.ends_soon_days:
        yield Notice(NoticeKind.ENDS_SOON, day=last)


def _pack_notices(pack: Pack | None) -> Iterable[Notice]:
    if pack is not None and pack.left <= 1:
        yield Notice(NoticeKind.LAST_VISITS, left=pack.left, of=pack.bought)
