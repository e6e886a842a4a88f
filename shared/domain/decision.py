"""The rule book: the only code that says yes or no, at the door and in the cloud.

Refusals are values of a closed list. The order of the checks is the order of their usefulness to the person at the
door: first whether the code is ours and true, then what concerns the person, then the site, then the membership.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from shared.domain.membership import Standing, standing_on, thaws_on
from shared.domain.passes import (
    Credential,
    LiveCode,
    PassStatus,
    Signature,
    UnknownCode,
    VoucherCode,
    kind_of,
)
from shared.domain.plan import in_windows, next_opening
from shared.domain.roster import Grant, Holder, Holding, Presence, RosterEntry, RosterTrust
from shared.domain.site import Site, Strictness, is_open, opens_next
from shared.domain.time import DoorTime, local_day

LIVE_CODE_AGE = timedelta(seconds=40)
"""A live code may have been signed this long before the door's time ..."""
LIVE_CODE_AHEAD = timedelta(seconds=15)
"""... or this long after it, because phones run ahead."""
PRESENCE_FRESH_FOR = timedelta(seconds=60)
"""An older picture of who is inside refuses nobody: hard anti-passback falls to soft, a full site lets in."""


class DenialReason(Enum):
    """Why a door stays shut. The value is the code on the wire; texts per language live with the screens."""

    UNKNOWN_PASS = "unknown_pass"  # not one of our codes, or not in the roster
    OTHER_GYM = "other_gym"  # a voucher of another gym
    BAD_SIGNATURE = "bad_signature"  # copied, altered, or of a key we do not know
    CODE_EXPIRED = "code_expired"  # a live code outside its window
    CODE_ALREADY_USED = "code_already_used"  # a live code that opened elsewhere
    VOUCHER_SPENT = "voucher_spent"  # used today, or past its last day
    PASS_REVOKED = "pass_revoked"
    KIND_NOT_ACCEPTED = "kind_not_accepted"  # this door does not take this kind of pass now
    MEMBERSHIP_NOT_STARTED = "membership_not_started"
    MEMBERSHIP_ENDED = "membership_ended"
    MEMBERSHIP_FROZEN = "membership_frozen"
    PAYMENT_OVERDUE = "payment_overdue"
    VISITS_USED_UP = "visits_used_up"
    OUTSIDE_PLAN_HOURS = "outside_plan_hours"
    SITE_CLOSED = "site_closed"
    OTHER_SITE_ONLY = "other_site_only"
    SITE_FULL = "site_full"
    ANTI_PASSBACK = "anti_passback"
    HOST_NOT_INSIDE = "host_not_inside"
    DOCUMENT_MISSING = "document_missing"
    BLOCKED_BY_STAFF = "blocked_by_staff"
    ROSTER_TOO_OLD = "roster_too_old"
    TIME_LOST = "time_lost"


class NoticeKind(Enum):
    """What is said kindly with a grant. The last three are for staff and the record, not for the member."""

    IN_GRACE = "in_grace"
    ENDS_SOON = "ends_soon"
    LAST_VISITS = "last_visits"
    DOCUMENT_MISSING = "document_missing"
    DID_NOT_LEAVE = "did_not_leave"
    VOUCHER_ACCEPTED = "voucher_accepted"
    ROSTER_STALE = "roster_stale"
    TIME_LOST = "time_lost"
    PRESENCE_STALE = "presence_stale"


@dataclass(frozen=True, slots=True)
class Notice:
    """``day`` goes with IN_GRACE and ENDS_SOON (last paid or last day); ``left`` and ``of`` with LAST_VISITS."""

    kind: NoticeKind
    day: date | None = None
    left: int | None = None
    of: int | None = None


@dataclass(frozen=True, slots=True)
class Granted:
    """Come in. ``visits_left`` is after this visit, None without a pack; ``reopened`` goes on with the last visit."""

    notices: tuple[Notice, ...] = ()
    holding: Holding | None = None
    visits_left: int | None = None
    reopened: bool = False


@dataclass(frozen=True, slots=True)
class Repeat:
    """You are in already: no event, no door pulse. ``visit`` is the grant that opened."""

    visit: Grant


@dataclass(frozen=True, slots=True)
class Denied:
    """Not now, and what the texts need beside the reason.

    ``day``: not started (first day), ended and overdue (last paid day), frozen (first day after the pause).
    ``at``: outside plan hours and closed (next opening), already used and anti-passback (since when).
    ``difference``: code expired (door's time minus the code's; negative when the phone runs ahead).
    ``voucher_may_help``: the kiosk is not in contact and a purchase made just now would not be known here.
    """

    reason: DenialReason
    day: date | None = None
    at: datetime | None = None
    difference: timedelta | None = None
    voucher_may_help: bool = False


Decision = Granted | Repeat | Denied

_PURCHASE_CURES = frozenset(
    {
        DenialReason.UNKNOWN_PASS,
        DenialReason.MEMBERSHIP_ENDED,
        DenialReason.PAYMENT_OVERDUE,
        DenialReason.VISITS_USED_UP,
    }
)

# Of several memberships that all refuse, the one that is nearest to a yes is named.
_NEAREST_TO_YES = (
    DenialReason.OUTSIDE_PLAN_HOURS,
    DenialReason.VISITS_USED_UP,
    DenialReason.PAYMENT_OVERDUE,
    DenialReason.MEMBERSHIP_FROZEN,
    DenialReason.MEMBERSHIP_NOT_STARTED,
    DenialReason.OTHER_SITE_ONLY,
    DenialReason.MEMBERSHIP_ENDED,
)


def decide(
    credential: Credential,
    entry: RosterEntry | None,
    *,
    site: Site,
    presence: Presence,
    now: DoorTime,
    trust: RosterTrust,
) -> Decision:
    """Say whether the holder of a pass may enter now.

    ``entry`` is None when the roster does not know the pass. ``now`` is the door's time with its quality; days and
    plan hours are read in ``site.zone``, intervals are half-open. Pure: no I/O, no clock. Refusals are returned.
    """
    decision = (
        _judge_code(credential, entry, site=site, presence=presence, now=now)
        or _judge_repeat(credential, site=site, presence=presence, now=now)
        or _judge_trust(site=site, trust=trust)
    )
    if decision is None:
        notices = _trust_notices(credential, site=site, now=now, trust=trust)
        if entry is None or entry.holder is None:
            decision = _judge_site(site, presence=presence, now=now) or _grant_voucher(notices)
        else:
            decision = _judge_holder(entry.holder, notices, site=site, presence=presence, now=now)
    return _with_voucher_hint(decision, trust)


def _with_voucher_hint(decision: Decision, trust: RosterTrust) -> Decision:
    if isinstance(decision, Denied) and decision.reason in _PURCHASE_CURES and not trust.in_contact:
        return Denied(decision.reason, decision.day, decision.at, decision.difference, voucher_may_help=True)
    return decision


def _judge_code(
    credential: Credential, entry: RosterEntry | None, *, site: Site, presence: Presence, now: DoorTime
) -> Denied | None:
    """Whether the code is ours, true, accepted here and fresh."""
    if isinstance(credential, UnknownCode):
        return Denied(DenialReason.UNKNOWN_PASS)
    if isinstance(credential, VoucherCode):
        return _judge_voucher(credential, entry, site=site, presence=presence, now=now)
    if entry is None:
        return Denied(DenialReason.UNKNOWN_PASS)
    if entry.other_site:
        return Denied(DenialReason.OTHER_SITE_ONLY)
    if kind_of(credential) not in site.policy.accepted_kinds:
        return Denied(DenialReason.KIND_NOT_ACCEPTED)
    if isinstance(credential, LiveCode) and credential.signature is not Signature.VALID:
        return Denied(DenialReason.BAD_SIGNATURE)
    if entry.status is PassStatus.REVOKED:
        return Denied(DenialReason.PASS_REVOKED)
    if entry.holder is None:
        return Denied(DenialReason.UNKNOWN_PASS)
    if isinstance(credential, LiveCode):
        return _judge_freshness(credential, site=site, presence=presence, now=now)
    return None


def _judge_voucher(
    voucher: VoucherCode, entry: RosterEntry | None, *, site: Site, presence: Presence, now: DoorTime
) -> Denied | None:
    """A voucher is believed by its signature alone; what the kiosk knows of it can only take it away."""
    if voucher.gym_number != site.gym_number:
        return Denied(DenialReason.OTHER_GYM)
    if voucher.signature is not Signature.VALID:
        return Denied(DenialReason.BAD_SIGNATURE)
    if voucher.site_number not in (0, site.number):
        return Denied(DenialReason.OTHER_SITE_ONLY)
    if kind_of(voucher) not in site.policy.accepted_kinds:
        return Denied(DenialReason.KIND_NOT_ACCEPTED)
    if entry is not None and entry.status is PassStatus.REVOKED:
        return Denied(DenialReason.PASS_REVOKED)
    if now.is_lost and site.policy.roster_too_old is Strictness.HARD:
        return Denied(DenialReason.TIME_LOST)
    today = local_day(now.at, site.zone)
    if voucher.last_valid_on < today:
        return Denied(DenialReason.VOUCHER_SPENT, day=voucher.last_valid_on)
    if presence.voucher_used_on == today and not _just_granted(site, presence, now):
        return Denied(DenialReason.VOUCHER_SPENT, day=today)
    return None


def _judge_freshness(code: LiveCode, *, site: Site, presence: Presence, now: DoorTime) -> Denied | None:
    """The window of a live code, and whether this very code has opened a door before.

    When the time is lost nobody can tell a fresh code from an old one, so the policy for an old roster applies.
    """
    if now.is_lost:
        if presence.code_use is not None:
            return Denied(DenialReason.CODE_ALREADY_USED, at=presence.code_use.at)
        return Denied(DenialReason.TIME_LOST) if site.policy.roster_too_old is Strictness.HARD else None
    difference = now.at - code.signed_at
    if not -LIVE_CODE_AHEAD <= difference <= LIVE_CODE_AGE:
        return Denied(DenialReason.CODE_EXPIRED, difference=difference)
    if presence.code_use is not None and not presence.code_use.here:
        return Denied(DenialReason.CODE_ALREADY_USED, at=presence.code_use.at)
    return None


def _just_granted(site: Site, presence: Presence, now: DoorTime) -> bool:
    last = presence.last_grant
    return last is not None and now.at - last.at < site.policy.reopen_window


def _judge_repeat(credential: Credential, *, site: Site, presence: Presence, now: DoorTime) -> Repeat | Granted | None:
    """Someone who was let in moments ago: told so, or let through again where the code proves it is still them.

    The same live code within its window is a repeat. Shortly after a grant a fresh live code opens again without a new
    visit; any other code does so only when the door reported that nobody passed.
    """
    last = presence.last_grant
    if last is None:
        return None
    if presence.code_use is not None:
        return Repeat(last)
    if not _just_granted(site, presence, now):
        return None
    if isinstance(credential, LiveCode) or last.passed is False:
        return Granted(reopened=True)
    return Repeat(last)


def _judge_trust(*, site: Site, trust: RosterTrust) -> Denied | None:
    """A roster nobody has confirmed for too long refuses, if the owner says so. No roster at all always does."""
    if trust.age is None:
        return Denied(DenialReason.ROSTER_TOO_OLD)
    if trust.age >= site.policy.roster_hard_after and site.policy.roster_too_old is Strictness.HARD:
        return Denied(DenialReason.ROSTER_TOO_OLD)
    return None


def _trust_notices(credential: Credential, *, site: Site, now: DoorTime, trust: RosterTrust) -> tuple[Notice, ...]:
    stale = trust.age is not None and trust.age >= site.policy.roster_soft_after
    blind = now.is_lost and isinstance(credential, LiveCode | VoucherCode)
    notices = (NoticeKind.ROSTER_STALE,) * stale + (NoticeKind.TIME_LOST,) * blind
    return tuple(Notice(kind) for kind in notices)


def _grant_voucher(notices: tuple[Notice, ...]) -> Granted:
    return Granted((Notice(NoticeKind.VOUCHER_ACCEPTED), *notices))


def _judge_site(site: Site, *, presence: Presence, now: DoorTime) -> Denied | None:
    """Closed, or full by a count that is fresh enough to turn someone away."""
    if not is_open(site, now.at):
        return Denied(DenialReason.SITE_CLOSED, at=opens_next(site, now.at))
    full = site.capacity is not None and presence.occupancy is not None and presence.occupancy >= site.capacity
    if full and _presence_is_fresh(presence, now):
        return Denied(DenialReason.SITE_FULL)
    return None


def _presence_is_fresh(presence: Presence, now: DoorTime) -> bool:
    return presence.seen_at is not None and now.at - presence.seen_at <= PRESENCE_FRESH_FOR


def _judge_holder(
    holder: Holder, notices: tuple[Notice, ...], *, site: Site, presence: Presence, now: DoorTime
) -> Granted | Denied:
    """The person, then the site, then the memberships."""
    denied = _judge_person(holder, site=site, presence=presence, now=now) or _judge_site(
        site, presence=presence, now=now
    )
    if denied is not None:
        return denied
    extra = _person_notices(holder, site=site, presence=presence, now=now)
    return _judge_holdings(holder, (*extra, *notices), site=site, presence=presence, now=now)


def _judge_person(holder: Holder, *, site: Site, presence: Presence, now: DoorTime) -> Denied | None:
    if holder.block is not None and holder.block.holds_at(now.at):
        return Denied(DenialReason.BLOCKED_BY_STAFF)
    if holder.document_missing and site.policy.documents is Strictness.HARD:
        return Denied(DenialReason.DOCUMENT_MISSING)
    if holder.host_id is not None and presence.host_inside is False:
        return Denied(DenialReason.HOST_NOT_INSIDE)
    hard = site.policy.anti_passback is Strictness.HARD
    if hard and presence.inside_since is not None and _presence_is_fresh(presence, now):
        return Denied(DenialReason.ANTI_PASSBACK, at=presence.inside_since)
    return None


def _person_notices(holder: Holder, *, site: Site, presence: Presence, now: DoorTime) -> tuple[Notice, ...]:
    notices = []
    if holder.document_missing and site.policy.documents is Strictness.SOFT:
        notices.append(Notice(NoticeKind.DOCUMENT_MISSING))
    if site.policy.anti_passback is not Strictness.OFF and presence.inside_since is not None:
        notices.append(Notice(NoticeKind.DID_NOT_LEAVE))
        if not _presence_is_fresh(presence, now):
            notices.append(Notice(NoticeKind.PRESENCE_STALE))
    return tuple(notices)


def _judge_holdings(
    holder: Holder, notices: tuple[Notice, ...], *, site: Site, presence: Presence, now: DoorTime
) -> Granted | Denied:
    """The first membership that lets in, periods before packs; otherwise the refusal nearest to a yes."""
    refusals = []
    for holding in sorted(holder.holdings, key=lambda item: item.membership.pack is not None):
        verdict = _judge_holding(holding, site=site, presence=presence, now=now)
        if isinstance(verdict, Granted):
            return Granted((*verdict.notices, *notices), holding, verdict.visits_left)
        refusals.append(verdict)
    return min(
        refusals,
        key=lambda denied: _NEAREST_TO_YES.index(denied.reason),
        default=Denied(DenialReason.MEMBERSHIP_ENDED),
    )


def _judge_holding(holding: Holding, *, site: Site, presence: Presence, now: DoorTime) -> Granted | Denied:
    plan, today = holding.plan, local_day(now.at, site.zone)
    denied = _judge_standing(holding, today, grace_days=site.policy.grace_days)
    if denied is not None:
        return denied
    if plan.site_ids is not None and site.id not in plan.site_ids:
        return Denied(DenialReason.OTHER_SITE_ONLY)
    if plan.windows is not None and not in_windows(plan.windows, now.at, site.zone):
        return Denied(DenialReason.OUTSIDE_PLAN_HOURS, at=next_opening(plan.windows, now.at, site.zone))
    left = _visits_left(holding, site=site, presence=presence, now=now)
    if left is not None and left < 0:
        return Denied(DenialReason.VISITS_USED_UP)
    return Granted(tuple(_standing_notices(holding, today, left, site=site)), visits_left=left)


def _judge_standing(holding: Holding, today: date, *, grace_days: int) -> Denied | None:
    membership = holding.membership
    match standing_on(membership, today, grace_days=grace_days):
        case Standing.NOT_STARTED:
            return Denied(DenialReason.MEMBERSHIP_NOT_STARTED, day=membership.starts_on)
        case Standing.FROZEN:
            return Denied(DenialReason.MEMBERSHIP_FROZEN, day=thaws_on(membership, today))
        case Standing.OVERDUE:
            return Denied(DenialReason.PAYMENT_OVERDUE, day=membership.paid_through_on)
        case Standing.ENDED:
            return Denied(DenialReason.MEMBERSHIP_ENDED, day=_last_day(holding))
        case Standing.ACTIVE | Standing.IN_GRACE:
            return None


def _last_day(holding: Holding) -> date:
    membership = holding.membership
    if membership.ends_on is None:
        return membership.paid_through_on
    return min(membership.ends_on, membership.paid_through_on)


def _visits_left(holding: Holding, *, site: Site, presence: Presence, now: DoorTime) -> int | None:
    """The pack's balance after this entry; None without a pack.

    Own grants the cloud has not counted are grouped into visits by the dwell, together with the last counted visit:
    what falls into one of them costs nothing more.
    """
    pack = holding.membership.pack
    if pack is None:
        return None
    mine = (
        grant.at
        for grant in presence.own_grants
        if grant.membership_id == holding.membership.id and grant.event_id not in pack.counted_check_ins
    )
    counted = () if pack.last_visit_at is None else (pack.last_visit_at,)
    visits = _count_visits((*mine, *counted, now.at), dwell=site.policy.dwell)
    return pack.bought - pack.counted - (visits - len(counted))


def _count_visits(times: Iterable[datetime], *, dwell: timedelta) -> int:
    count, opened_at = 0, None
    for at in sorted(times):
        if opened_at is None or at - opened_at >= dwell:
            count, opened_at = count + 1, at
    return count


def _standing_notices(holding: Holding, today: date, left: int | None, *, site: Site) -> Iterable[Notice]:
    membership, pack = holding.membership, holding.membership.pack
    last_day = _last_day(holding)
    if today > membership.paid_through_on:
        yield Notice(NoticeKind.IN_GRACE, day=membership.paid_through_on)
    elif (
        not (membership.renews and membership.ends_on is None) and (last_day - today).days < site.policy.ends_soon_days
    ):
        yield Notice(NoticeKind.ENDS_SOON, day=last_day)
    if pack is not None and left is not None and left <= 1:
        yield Notice(NoticeKind.LAST_VISITS, left=left, of=pack.bought)
