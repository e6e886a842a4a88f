"""The rule book: the only code that says yes or no, at the door and in the cloud.

Refusals are values of a closed list. The order of the checks is the order of their usefulness to the person at the
door: first whether the code is ours and true, then what concerns the person, then the site, then the membership.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from shared.domain.entitlement import judge_holdings
from shared.domain.passes import (
    Credential,
    LiveCode,
    PassKind,
    PassStatus,
    Signature,
    UnknownCode,
    VoucherCode,
    kind_of,
)
from shared.domain.roster import Grant, Holder, Presence, RosterEntry, RosterTrust
from shared.domain.site import Site, Strictness, is_open, opens_next
from shared.domain.time import DoorTime, local_day
from shared.domain.verdicts import Decision, DenialReason, Denied, Granted, Notice, NoticeKind, Repeat

__all__ = ["Decision", "DenialReason", "Denied", "Granted", "Notice", "NoticeKind", "Repeat", "decide"]

LIVE_CODE_AGE = timedelta(seconds=40)
"""A live code may have been signed this long before the door's time ..."""
LIVE_CODE_AHEAD = timedelta(seconds=15)
"""... or this long after it, because phones run ahead."""
PRESENCE_FRESH_FOR = timedelta(seconds=60)
"""An older picture of who is inside refuses nobody: it lets in, and staff are told."""

_PURCHASE_CURES = frozenset(
    {
        DenialReason.UNKNOWN_PASS,
        DenialReason.MEMBERSHIP_ENDED,
        DenialReason.PAYMENT_OVERDUE,
        DenialReason.VISITS_USED_UP,
    }
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
    holder = None if entry is None else entry.holder
    decision = (
        _judge_code(credential, entry, site=site, presence=presence, now=now, trust=trust)
        or _judge_block(holder, now=now)
        or _judge_repeat(credential, site=site, presence=presence, now=now)
        or _judge_trust(site=site, trust=trust)
        or _judge_visitor(holder, site=site, presence=presence, now=now)
    )
    if isinstance(decision, Denied) and _voucher_may_help(decision, site=site, now=now, trust=trust):
        return replace(decision, voucher_may_help=True)
    if isinstance(decision, Granted) and not decision.reopened:
        return replace(decision, notices=(*decision.notices, *_doubts(credential, site=site, now=now, trust=trust)))
    return decision


def _voucher_may_help(denied: Denied, *, site: Site, now: DoorTime, trust: RosterTrust) -> bool:
    """Whether a purchase made just now could be unknown here, and its voucher would be believed."""
    return (
        denied.reason in _PURCHASE_CURES
        and not trust.in_contact
        and PassKind.VOUCHER in site.policy.accepted_kinds
        and _judge_trust(site=site, trust=trust) is None
        and _judge_time(site=site, now=now) is None
    )


def _judge_code(
    credential: Credential,
    entry: RosterEntry | None,
    *,
    site: Site,
    presence: Presence,
    now: DoorTime,
    trust: RosterTrust,
) -> Denied | None:
    """Whether the code is ours, true, accepted here and fresh."""
    if isinstance(credential, UnknownCode):
        return Denied(DenialReason.UNKNOWN_PASS)
    if isinstance(credential, VoucherCode):
        return _judge_voucher(credential, entry, site=site, presence=presence, now=now)
    if entry is None:
        return _unknown_pass(site=site, trust=trust)
    if entry.other_site:
        return Denied(DenialReason.OTHER_SITE_ONLY)
    if kind_of(credential) not in site.policy.accepted_kinds:
        return Denied(DenialReason.KIND_NOT_ACCEPTED)
    if isinstance(credential, LiveCode) and credential.signature is not Signature.VALID:
        return Denied(DenialReason.BAD_SIGNATURE)
    if entry.status is PassStatus.REVOKED:
        return Denied(DenialReason.PASS_REVOKED)
    if entry.holder is None:
        return _unknown_pass(site=site, trust=trust)
    if isinstance(credential, LiveCode):
        return _judge_freshness(credential, site=site, now=now) or _judge_use(presence, now=now)
    return None


def _unknown_pass(*, site: Site, trust: RosterTrust) -> Denied:
    """A pass that is not in the roster, which is no reproach when the roster itself is not to be trusted."""
    return _judge_trust(site=site, trust=trust) or Denied(DenialReason.UNKNOWN_PASS)


def _judge_voucher(
    voucher: VoucherCode, entry: RosterEntry | None, *, site: Site, presence: Presence, now: DoorTime
) -> Denied | None:
    """A voucher is believed by its signature alone; what the kiosk knows of it can only take it away."""
    if voucher.gym_number != site.gym_number:
        return Denied(DenialReason.OTHER_GYM)
    if voucher.signature is not Signature.VALID:
        return Denied(DenialReason.BAD_SIGNATURE)
    if voucher.site_number not in {0, site.number}:
        return Denied(DenialReason.OTHER_SITE_ONLY)
    if kind_of(voucher) not in site.policy.accepted_kinds:
        return Denied(DenialReason.KIND_NOT_ACCEPTED)
    if entry is not None and entry.status is PassStatus.REVOKED:
        return Denied(DenialReason.PASS_REVOKED)
    return _judge_time(site=site, now=now) or _judge_voucher_days(voucher, site=site, presence=presence, now=now)


def _judge_voucher_days(voucher: VoucherCode, *, site: Site, presence: Presence, now: DoorTime) -> Denied | None:
    """A voucher opens once a day until its last day; moments after it did, showing it again is a repeat."""
    today, last = local_day(now.at, site.zone), presence.last_grant
    if voucher.last_valid_on < today:
        return Denied(DenialReason.VOUCHER_SPENT, day=voucher.last_valid_on)
    if presence.voucher_used_on == today and (last is None or not _is_recent(last, site=site, now=now)):
        return Denied(DenialReason.VOUCHER_SPENT, day=today)
    return None


def _judge_time(*, site: Site, now: DoorTime) -> Denied | None:
    """When the time is lost nobody can tell a fresh code from an old one: the policy for an old roster applies."""
    if now.is_lost and site.policy.roster_too_old is Strictness.HARD:
        return Denied(DenialReason.TIME_LOST)
    return None


def _judge_freshness(code: LiveCode, *, site: Site, now: DoorTime) -> Denied | None:
    if now.is_lost:
        return _judge_time(site=site, now=now)
    difference = now.at - code.signed_at
    if -LIVE_CODE_AHEAD <= difference <= LIVE_CODE_AGE:
        return None
    return Denied(DenialReason.CODE_EXPIRED, difference=difference)


def _judge_use(presence: Presence, *, now: DoorTime) -> Denied | None:
    """A code opens once. Held up again where it just opened it is a repeat, if the time can be told."""
    use = presence.code_use
    if use is None or (use.here and presence.last_grant is not None and not now.is_lost):
        return None
    return Denied(DenialReason.CODE_ALREADY_USED, at=use.at)


def _is_recent(grant: Grant, *, site: Site, now: DoorTime) -> bool:
    """Whether this pass opened moments ago. A time that was corrected since may lie before the grant."""
    return abs(now.at - grant.at) < site.policy.reopen_window


def _judge_block(holder: Holder | None, *, now: DoorTime) -> Denied | None:
    """Comes before a repeat: a block that arrives while someone stands at the door keeps it shut."""
    if holder is not None and holder.block is not None and holder.block.holds_at(now.at):
        return Denied(DenialReason.BLOCKED_BY_STAFF)
    return None


def _judge_repeat(credential: Credential, *, site: Site, presence: Presence, now: DoorTime) -> Repeat | Granted | None:
    """Someone who was let in moments ago: told so, or let through again where the code proves it is still them.

    The same live code within its window is a repeat. Shortly after a grant a fresh live code opens again without a new
    visit; any other code does so only when the door reported that nobody passed.
    """
    last, is_live = presence.last_grant, isinstance(credential, LiveCode)
    if last is None:
        return None
    if is_live and presence.code_use is not None:
        return Repeat(last)
    if not _is_recent(last, site=site, now=now):
        return None
    return Granted(reopened=True) if is_live or last.passed is False else Repeat(last)


def _judge_trust(*, site: Site, trust: RosterTrust) -> Denied | None:
    """A roster nobody has confirmed for too long refuses, if the owner says so. No roster at all always does."""
    policy = site.policy
    is_lapsed = policy.roster_too_old is Strictness.HARD and trust.is_older_than(policy.roster_hard_after)
    return Denied(DenialReason.ROSTER_TOO_OLD) if is_lapsed or trust.age is None else None


def _judge_visitor(holder: Holder | None, *, site: Site, presence: Presence, now: DoorTime) -> Granted | Denied:
    """The person, then the site, then the memberships; the bearer of a voucher (no holder) needs none."""
    hindrance = _judge_presence(holder, site=site, presence=presence)
    is_fresh = presence.seen_at is not None and abs(now.at - presence.seen_at) <= PRESENCE_FRESH_FOR
    denied = (
        _judge_documents(holder, site=site) or _judge_hours(site=site, now=now) or (hindrance if is_fresh else None)
    )
    if denied is not None:
        return denied
    if holder is None:
        verdict: Granted | Denied = Granted((Notice(NoticeKind.VOUCHER_ACCEPTED),))
    else:
        verdict = judge_holdings(holder.holdings, site=site, presence=presence, now=now)
    if isinstance(verdict, Denied):
        return verdict
    notices = _visitor_notices(holder, hindrance, site=site, presence=presence)
    return replace(verdict, notices=(*verdict.notices, *notices))


def _judge_documents(holder: Holder | None, *, site: Site) -> Denied | None:
    if holder is not None and holder.document_missing and site.policy.documents is Strictness.HARD:
        return Denied(DenialReason.DOCUMENT_MISSING)
    return None


def _judge_hours(*, site: Site, now: DoorTime) -> Denied | None:
    return None if is_open(site, now.at) else Denied(DenialReason.SITE_CLOSED, at=opens_next(site, now.at))


def _judge_presence(holder: Holder | None, *, site: Site, presence: Presence) -> Denied | None:
    """What the picture of who is inside says against an entry, whatever its age."""
    if holder is not None and holder.host_id is not None and presence.host_inside is False:
        return Denied(DenialReason.HOST_NOT_INSIDE)
    if site.policy.anti_passback is Strictness.HARD and presence.inside_since is not None:
        return Denied(DenialReason.ANTI_PASSBACK, at=presence.inside_since)
    if site.capacity is not None and presence.occupancy is not None and presence.occupancy >= site.capacity:
        return Denied(DenialReason.SITE_FULL)
    return None


def _visitor_notices(
    holder: Holder | None, hindrance: Denied | None, *, site: Site, presence: Presence
) -> Iterable[Notice]:
    if holder is not None and holder.document_missing and site.policy.documents is Strictness.SOFT:
        yield Notice(NoticeKind.DOCUMENT_MISSING)
    if site.policy.anti_passback is not Strictness.OFF and presence.inside_since is not None:
        yield Notice(NoticeKind.DID_NOT_LEAVE)
    if hindrance is not None:
        yield Notice(NoticeKind.PRESENCE_STALE)


def _doubts(credential: Credential, *, site: Site, now: DoorTime, trust: RosterTrust) -> Iterable[Notice]:
    """What staff should know about how this grant was found."""
    if trust.is_older_than(site.policy.roster_soft_after):
        yield Notice(NoticeKind.ROSTER_STALE)
    if now.is_lost and isinstance(credential, LiveCode | VoucherCode):
        yield Notice(NoticeKind.TIME_LOST)
