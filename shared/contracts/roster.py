"""The roster on the wire: independent rows, joined on the kiosk (hard case: the roster).

A row's body travels as text and is hashed as text, so that both sides agree on the checksum without agreeing on how to
write JSON.
"""

import hashlib
from datetime import date, timedelta
from enum import Enum
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import Field

from shared.contracts.base import Bytes, Instant, Message
from shared.domain.ids import EventId, MemberId, MembershipId, PlanId, SiteId
from shared.domain.member import Block
from shared.domain.membership import Membership, Pack
from shared.domain.money import Money
from shared.domain.passes import PassKind, PassStatus
from shared.domain.plan import Period, Plan, Window
from shared.domain.roster import Holder, Holding
from shared.domain.site import DoorPolicy, DoorWhenNotRecorded, Site, Strictness
from shared.domain.time import DayInterval

CHECKSUM_MODULUS = 2**64


class RowKind(Enum):
    """What a row describes, and what its key is."""

    SITE = "site"  # the device's own site; key: site id
    PLAN = "plan"  # key: plan id
    MEMBER = "member"  # key: member id
    CREDENTIAL = "credential"  # key: the lookup hash as 32 hex digits
    ISSUER_KEY = "issuer_key"  # a voucher key; key: its number as decimal text


class RosterRow(Message):
    """One row at its newest version. ``body`` is JSON text of the kind's model below; None is a tombstone."""

    kind: RowKind
    key: str
    version: int
    body: str | None


def row_hash(kind: str, key: str, version: int, body: str) -> int:
    """64 bits of a living row; the roster's checksum is the sum of them modulo 2**64, in any order."""
    text = f"{kind}\n{key}\n{version}\n{body}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


class WindowBody(Message):
    weekday: int
    opens: int
    closes: int

    def to_domain(self) -> Window:
        return Window(self.weekday, self.opens, self.closes)


def windows_body(windows: tuple[Window, ...] | None) -> list[WindowBody] | None:
    if windows is None:
        return None
    return [WindowBody(weekday=w.weekday, opens=w.opens, closes=w.closes) for w in windows]


def _windows(bodies: list[WindowBody] | None) -> tuple[Window, ...] | None:
    return None if bodies is None else tuple(body.to_domain() for body in bodies)


class PolicyBody(Message):
    """The door's policies; durations in seconds."""

    grace_days: int
    ends_soon_days: int
    dwell_s: int
    reopen_window_s: int
    roster_soft_after_s: int
    roster_hard_after_s: int
    roster_too_old: Strictness
    anti_passback: Strictness
    documents: Strictness
    accepted_kinds: list[PassKind]
    linear_symbologies: list[str]
    when_not_recorded: DoorWhenNotRecorded
    neutral_refusals: bool
    show_names: bool

    @classmethod
    def from_domain(cls, policy: DoorPolicy) -> "PolicyBody":
        return cls(
            grace_days=policy.grace_days,
            ends_soon_days=policy.ends_soon_days,
            dwell_s=int(policy.dwell.total_seconds()),
            reopen_window_s=int(policy.reopen_window.total_seconds()),
            roster_soft_after_s=int(policy.roster_soft_after.total_seconds()),
            roster_hard_after_s=int(policy.roster_hard_after.total_seconds()),
            roster_too_old=policy.roster_too_old,
            anti_passback=policy.anti_passback,
            documents=policy.documents,
            accepted_kinds=sorted(policy.accepted_kinds, key=lambda kind: kind.value),
            linear_symbologies=sorted(policy.linear_symbologies),
            when_not_recorded=policy.when_not_recorded,
            neutral_refusals=policy.neutral_refusals,
            show_names=policy.show_names,
        )

    def to_domain(self) -> DoorPolicy:
        return DoorPolicy(
            grace_days=self.grace_days,
            ends_soon_days=self.ends_soon_days,
            dwell=timedelta(seconds=self.dwell_s),
            reopen_window=timedelta(seconds=self.reopen_window_s),
            roster_soft_after=timedelta(seconds=self.roster_soft_after_s),
            roster_hard_after=timedelta(seconds=self.roster_hard_after_s),
            roster_too_old=self.roster_too_old,
            anti_passback=self.anti_passback,
            documents=self.documents,
            accepted_kinds=frozenset(self.accepted_kinds),
            linear_symbologies=frozenset(self.linear_symbologies),
            when_not_recorded=self.when_not_recorded,
            neutral_refusals=self.neutral_refusals,
            show_names=self.show_names,
        )


class SiteBody(Message):
    id: UUID
    gym_number: int
    number: int
    name: str
    zone: str
    hours: list[WindowBody] | None
    exceptions: dict[date, list[WindowBody]]
    capacity: int | None
    policy: PolicyBody

    @classmethod
    def from_domain(cls, site: Site) -> "SiteBody":
        return cls(
            id=site.id,
            gym_number=site.gym_number,
            number=site.number,
            name=site.name,
            zone=site.zone.key,
            hours=windows_body(site.hours),
            exceptions={day: windows_body(windows) or [] for day, windows in site.exceptions.items()},
            capacity=site.capacity,
            policy=PolicyBody.from_domain(site.policy),
        )

    def to_domain(self) -> Site:
        return Site(
            id=SiteId(self.id),
            gym_number=self.gym_number,
            number=self.number,
            name=self.name,
            zone=ZoneInfo(self.zone),
            hours=_windows(self.hours),
            exceptions={day: _windows(windows) or () for day, windows in self.exceptions.items()},
            capacity=self.capacity,
            policy=self.policy.to_domain(),
        )


class PlanBody(Message):
    """``months`` or ``days`` is zero; the price is in minor units."""

    id: UUID
    name: str
    months: int
    days: int
    price_minor: int
    currency: str
    visits: int | None
    windows: list[WindowBody] | None
    site_ids: list[UUID] | None
    renews: bool

    @classmethod
    def from_domain(cls, plan: Plan) -> "PlanBody":
        return cls(
            id=plan.id,
            name=plan.name,
            months=plan.period.months,
            days=plan.period.days,
            price_minor=plan.price.minor,
            currency=plan.price.currency,
            visits=plan.visits,
            windows=windows_body(plan.windows),
            site_ids=None if plan.site_ids is None else sorted(plan.site_ids),
            renews=plan.renews,
        )

    def to_domain(self) -> Plan:
        return Plan(
            id=PlanId(self.id),
            name=self.name,
            period=Period(months=self.months, days=self.days),
            price=Money(self.price_minor, self.currency),
            visits=self.visits,
            windows=_windows(self.windows),
            site_ids=None if self.site_ids is None else frozenset(SiteId(item) for item in self.site_ids),
            renews=self.renews,
        )


class PackBody(Message):
    bought: int
    counted: int
    counted_check_ins: list[UUID]
    last_visit_at: Instant | None


class MembershipBody(Message):
    """Freezes are ``[first, end)`` pairs of days."""

    id: UUID
    plan_id: UUID
    starts_on: date
    paid_through_on: date
    ends_on: date | None
    renews: bool
    freezes: list[tuple[date, date]]
    pack: PackBody | None

    @classmethod
    def from_domain(cls, membership: Membership) -> "MembershipBody":
        pack = membership.pack
        return cls(
            id=membership.id,
            plan_id=membership.plan_id,
            starts_on=membership.starts_on,
            paid_through_on=membership.paid_through_on,
            ends_on=membership.ends_on,
            renews=membership.renews,
            freezes=[(item.first, item.end) for item in membership.freezes],
            pack=None
            if pack is None
            else PackBody(
                bought=pack.bought,
                counted=pack.counted,
                counted_check_ins=sorted(pack.counted_check_ins),
                last_visit_at=pack.last_visit_at,
            ),
        )

    def to_domain(self) -> Membership:
        pack = self.pack
        return Membership(
            id=MembershipId(self.id),
            plan_id=PlanId(self.plan_id),
            starts_on=self.starts_on,
            paid_through_on=self.paid_through_on,
            ends_on=self.ends_on,
            renews=self.renews,
            freezes=tuple(DayInterval(first, end) for first, end in self.freezes),
            pack=None
            if pack is None
            else Pack(
                pack.bought,
                pack.counted,
                frozenset(EventId(item) for item in pack.counted_check_ins),
                pack.last_visit_at,
            ),
        )


class MemberBody(Message):
    """A member without readable personal data.

    ``sealed`` is the display card (a JSON list that begins with the public name) under the member's content key; ``site_wrap`` is that
    key wrapped under the site key. Both None once the member is erased.
    """

    id: UUID
    memberships: list[MembershipBody]
    blocked: bool
    blocked_until: Instant | None
    host_id: UUID | None
    document_missing: bool
    sealed: Bytes | None
    site_wrap: Bytes | None

    def to_domain(self, plans: dict[UUID, Plan]) -> Holder:
        """The holder with the plans that have arrived; a membership whose plan has not is left out."""
        return Holder(
            member_id=MemberId(self.id),
            holdings=tuple(
                Holding(body.to_domain(), plans[body.plan_id]) for body in self.memberships if body.plan_id in plans
            ),
            block=Block(self.blocked_until) if self.blocked else None,
            host_id=None if self.host_id is None else MemberId(self.host_id),
            document_missing=self.document_missing,
        )


class KeyAlgorithm(Enum):
    """Of a phone's key: Ed25519 (32 raw bytes) or ECDSA P-256 (33 bytes, compressed point)."""

    ED25519 = "ed25519"
    P256 = "p256"


class CredentialBody(Message):
    """A pass by its lookup hash.

    ``member_id`` is None for a voucher (listed only when revoked) and for a member of another site, where
    ``other_site`` is all that is said. ``algorithm`` and ``public_key`` go with live codes. ``wrapped_key`` is the
    member's content key wrapped under the credential's own secret; None where that has less than 64 random bits.
    """

    kind: PassKind
    status: PassStatus
    member_id: UUID | None
    other_site: bool
    algorithm: KeyAlgorithm | None
    public_key: Bytes | None
    wrapped_key: Bytes | None


class IssuerKeyBody(Message):
    """A gym's Ed25519 key for vouchers. ``public_key`` is 32 raw bytes."""

    public_key: Bytes = Field(min_length=32, max_length=32)
