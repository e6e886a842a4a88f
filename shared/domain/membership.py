"""A member on a plan for a time: what was paid, what is frozen, and what that means on a given day."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum

from shared.domain.ids import EventId, MembershipId, PlanId
from shared.domain.plan import Plan
from shared.domain.time import DayInterval


@dataclass(frozen=True, slots=True)
class Pack:
    """Visits bought and counted so far. The balance is computed, never debited (hard case: packs).

    ``counted_check_ins`` names the latest check-ins inside ``counted``, so that a kiosk can leave out its own that
    the cloud has counted already. ``last_visit_at`` is the start (aware UTC) of the newest counted visit, wherever
    it was: a door takes an entry within its dwell for the same visit, until the cloud counts it at another site.
    """

    bought: int
    counted: int
    counted_check_ins: frozenset[EventId] = frozenset()
    last_visit_at: datetime | None = None

    @property
    def left(self) -> int:
        """The balance. Below zero when two offline doors each let the last visit in."""
        return self.bought - self.counted


@dataclass(frozen=True, slots=True)
class Membership:
    """One member's hold on one plan. All days are site-local and inclusive; the last paid day counts.

    ``ends_on`` is a hard end (cancelled, fixed term): no grace after it. ``anchor_day`` keeps a monthly membership on
    its day of the month. ``renews`` comes from the plan at the time of sale.
    """

    id: MembershipId
    plan_id: PlanId
    starts_on: date
    paid_through_on: date
    ends_on: date | None = None
    renews: bool = False
    freezes: tuple[DayInterval, ...] = ()
    pack: Pack | None = None
    anchor_day: int | None = None


class Standing(Enum):
    """What a membership is on a day."""

    ACTIVE = "active"
    IN_GRACE = "in_grace"
    NOT_STARTED = "not_started"
    FROZEN = "frozen"
    OVERDUE = "overdue"
    ENDED = "ended"


def standing_on(membership: Membership, day: date, *, grace_days: int) -> Standing:
    """What the membership is on a site-local day.

    A freeze outside the paid time has nothing to freeze. After the last paid day come ``grace_days`` days of grace,
    then a renewing membership is overdue and any other has ended.
    """
    if day < membership.starts_on:
        return Standing.NOT_STARTED
    if membership.ends_on is not None and day > membership.ends_on:
        return Standing.ENDED
    if day <= membership.paid_through_on:
        frozen = any(day in freeze for freeze in membership.freezes)
        return Standing.FROZEN if frozen else Standing.ACTIVE
    if day <= membership.paid_through_on + timedelta(days=grace_days):
        return Standing.IN_GRACE
    return Standing.OVERDUE if membership.renews else Standing.ENDED


def last_day(membership: Membership) -> date:
    """The last day that is paid and not cut off by a hard end."""
    if membership.ends_on is None:
        return membership.paid_through_on
    return min(membership.ends_on, membership.paid_through_on)


def thaws_on(membership: Membership, day: date) -> date | None:
    """The first day after ``day`` that no freeze holds, where freezes follow one another; None when ``day`` is not frozen."""
    thaw = day
    for freeze in sorted(membership.freezes, key=lambda item: item.first):
        thaw = freeze.end if thaw in freeze else thaw
    return None if thaw == day else thaw


def sell(membership_id: MembershipId, plan: Plan, *, starts_on: date) -> Membership:
    """A new membership with its first period paid."""
    return Membership(
        id=membership_id,
        plan_id=plan.id,
        starts_on=starts_on,
        paid_through_on=plan.period.last_day(starts_on),
        renews=plan.renews,
        pack=None if plan.visits is None else Pack(bought=plan.visits, counted=0),
        anchor_day=starts_on.day if plan.period.months else None,
    )


def bring_over(
    membership: Membership, *, paid_through_on: date, ends_on: date | None = None, visits_left: int | None = None
) -> Membership:
    """A membership that was sold elsewhere, as it stands there: ``membership`` as if it were sold here and now.

    It comes back to the day of the month on which its paid days end. Of a plan that counts no visits none are left.
    """
    pack = membership.pack
    return replace(
        membership,
        paid_through_on=paid_through_on,
        ends_on=ends_on,
        pack=pack if pack is None or visits_left is None else Pack(visits_left, 0),
        anchor_day=None
        if membership.anchor_day is None
        else _anchor(paid_through_on + timedelta(days=1), begun_on=membership.starts_on),
    )


def _anchor(renews_on: date, *, begun_on: date) -> int:
    """The day of the month to come back to: one that began on the 31st is renewed on the last day of February."""
    is_last_of_month = (renews_on + timedelta(days=1)).day == 1
    return max(renews_on.day, begun_on.day) if is_last_of_month else renews_on.day


def renew(membership: Membership, plan: Plan, *, today: date, grace_days: int) -> Membership:
    """Pay one more period. One that still lets the member in is extended; a lapsed one starts again today.

    Grace counts as letting in: those days were trained, so they are part of the new period, unless it would be over
    before today. A cancelled end is lifted.

    Raises:
        ValueError: the plan is another one; that is another membership.
    """
    if plan.id != membership.plan_id:
        message = "a membership is renewed on its own plan"
        raise ValueError(message)
    first, anchor = membership.paid_through_on + timedelta(days=1), membership.anchor_day
    over = standing_on(membership, today, grace_days=grace_days) in (Standing.OVERDUE, Standing.ENDED)
    lapsed = over or plan.period.last_day(first, anchor_day=anchor) < today
    if lapsed:
        first, anchor = today, None
    return replace(
        membership,
        starts_on=today if lapsed else membership.starts_on,
        paid_through_on=plan.period.last_day(first, anchor_day=anchor),
        ends_on=None,
        renews=plan.renews,
        freezes=() if lapsed else membership.freezes,
        pack=_refilled(membership.pack, plan),
        anchor_day=(anchor or first.day) if plan.period.months else None,
    )


def _refilled(pack: Pack | None, plan: Plan) -> Pack | None:
    if plan.visits is None:
        return pack
    return Pack(plan.visits, 0) if pack is None else replace(pack, bought=pack.bought + plan.visits)


def freeze(membership: Membership, pause: DayInterval) -> Membership:
    """Put a pause into the paid time and give its days back at the end; the day of renewal moves with it.

    Raises:
        ValueError: the pause begins before the membership or after its last day, or overlaps another pause.
    """
    if not membership.starts_on <= pause.first <= last_day(membership):
        message = "a pause must begin within the paid time"
        raise ValueError(message)
    if any(pause.first < other.end and other.first < pause.end for other in membership.freezes):
        message = "this pause overlaps another one"
        raise ValueError(message)
    given_back = timedelta(days=pause.days)
    paid_through_on = membership.paid_through_on + given_back
    return replace(
        membership,
        freezes=tuple(sorted((*membership.freezes, pause), key=lambda item: item.first)),
        paid_through_on=paid_through_on,
        ends_on=None if membership.ends_on is None else membership.ends_on + given_back,
        anchor_day=None if membership.anchor_day is None else (paid_through_on + timedelta(days=1)).day,
    )


def thaw(membership: Membership, pause: DayInterval, *, back_on: date, today: date) -> Membership:
    """Let one of its pauses end sooner: ``back_on``, one of its days, is the first that it holds no more.

    Only days that were given back and are not used are taken from the end again, so that nobody loses a day that was
    paid. A pause that ends on the day it would have begun has not been: the day of renewal is the one it was.

    Raises:
        ValueError: there is no such pause, or it has held that day already.
    """
    if pause not in membership.freezes:
        message = "there is no such pause"
        raise ValueError(message)
    if back_on < today or back_on not in pause:
        message = "a pause ends sooner on one of its own days, today at the earliest"
        raise ValueError(message)
    used = [DayInterval(pause.first, back_on)] if pause.first < back_on else []
    unused = DayInterval(back_on, pause.end)
    place = membership.freezes.index(pause)
    paid_through_on = _without(unused, membership.paid_through_on)
    renews_on = paid_through_on + timedelta(days=1)
    anchor_day = renews_on.day if used else _anchor(renews_on, begun_on=membership.starts_on)
    return replace(
        membership,
        freezes=(*membership.freezes[:place], *used, *membership.freezes[place + 1 :]),
        paid_through_on=paid_through_on,
        ends_on=None if membership.ends_on is None else _without(unused, membership.ends_on),
        anchor_day=None if membership.anchor_day is None else anchor_day,
    )


def _without(unused: DayInterval, last: date) -> date:
    """A last day without those of the days before it that a pause would have held."""
    return last - max(timedelta(0), min(unused.end, last + timedelta(days=1)) - unused.first)


@dataclass(frozen=True, slots=True)
class Given:
    """What one payment gave: paid days, visits of a pack (None: no pack), and the cancelled end that it lifted."""

    days: int
    visits: int | None = None
    lifted_end: date | None = None


def given_by(after: Membership, *, before: Membership | None) -> Given:
    """What a sale (``before`` is None) or a renewal gave."""
    unpaid = after.starts_on - timedelta(days=1)
    paid_until = unpaid if before is None else max(before.paid_through_on, unpaid)
    bought = 0 if before is None or before.pack is None else before.pack.bought
    return Given(
        days=(after.paid_through_on - paid_until).days,
        visits=None if after.pack is None else after.pack.bought - bought,
        lifted_end=None if before is None else before.ends_on,
    )


def take_back(membership: Membership, given: Given) -> Membership:
    """Take back exactly what a payment gave, whatever came between: the last days that no freeze holds, and the visits.

    With no paid day left it has ended, without grace. So has one that was cancelled, and one whose cancellation the
    payment lifted when its paid time ends where it did then.
    """
    last, left = membership.paid_through_on, given.days
    while left and last >= membership.starts_on:
        left -= not any(last in freeze for freeze in membership.freezes)
        last -= timedelta(days=1)
    is_over = membership.ends_on is not None or given.lifted_end == last or last < membership.starts_on
    pack = membership.pack
    if pack is not None and given.visits:
        pack = replace(pack, bought=pack.bought - given.visits)
    return replace(membership, paid_through_on=last, ends_on=last if is_over else None, pack=pack)
