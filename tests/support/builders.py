"""Builders of valid things with sane defaults: a test says only what matters to it.

The gym of these builders is open around the clock in Copenhagen, its member's monthly plan is paid for all of March
2026, and it is noon (UTC) on Wednesday, 18 March 2026.
"""

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from shared.contracts.devices import EventRecord
from shared.domain.attendance import CheckIn, EventKind, Outcome
from shared.domain.decision import Decision, decide
from shared.domain.device import Direction
from shared.domain.ids import EventId, MemberId, MembershipId, PlanId, SiteId, uuid7
from shared.domain.member import Member
from shared.domain.membership import Membership, Pack
from shared.domain.money import Money
from shared.domain.passes import CardCode, Credential, LiveCode, PassKind, PassStatus, Signature, VoucherCode
from shared.domain.plan import Period, Plan, Window
from shared.domain.roster import CodeUse, Grant, Holder, Holding, Presence, RosterEntry, RosterTrust, Uncounted
from shared.domain.site import DoorPolicy, Site
from shared.domain.time import DoorTime, TimeQuality

NOON = datetime(2026, 3, 18, 12, 0, tzinfo=UTC)
"""A Wednesday; 13:00 at the door in Copenhagen."""
TODAY = date(2026, 3, 18)
ZONE = ZoneInfo("Europe/Copenhagen")
_UNSET: Any = object()

_counter = itertools.count(1)


def an_id(number: int | None = None) -> UUID:
    """A version 7 UUID: the same for the same number, a new one without."""
    return uuid7(1_750_000_000_000, next(_counter) << 32 if number is None else number)


SITE_ID = SiteId(an_id(1))
OTHER_SITE_ID = SiteId(an_id(2))
PLAN_ID = PlanId(an_id(3))
MEMBERSHIP_ID = MembershipId(an_id(4))
MEMBER_ID = MemberId(an_id(5))


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def days(number: int) -> timedelta:
    return timedelta(days=number)


def a_policy(**changes: Any) -> DoorPolicy:
    return DoorPolicy(**changes)


def a_site(*, policy: DoorPolicy | None = None, **changes: Any) -> Site:
    facts: dict[str, Any] = {"id": SITE_ID, "gym_number": 7, "number": 3, "name": "Harbour", "zone": ZONE}
    return Site(**{**facts, **changes}, policy=policy or DoorPolicy())


def a_plan(**changes: Any) -> Plan:
    facts: dict[str, Any] = {
        "id": PLAN_ID,
        "name": "Monthly",
        "period": Period(months=1),
        "price": Money(34_900, "DKK"),
        "renews": True,
    }
    return Plan(**{**facts, **changes})


def a_pack(**changes: Any) -> Pack:
    return Pack(**{"bought": 10, "counted": 3, **changes})


def a_membership(**changes: Any) -> Membership:
    """Paid from 1 to 31 March 2026, renewing, without a pack."""
    facts: dict[str, Any] = {
        "id": MEMBERSHIP_ID,
        "plan_id": PLAN_ID,
        "starts_on": date(2026, 3, 1),
        "paid_through_on": date(2026, 3, 31),
        "renews": True,
    }
    return Membership(**{**facts, **changes})


def a_holding(*, plan: Plan | None = None, **changes: Any) -> Holding:
    """A membership with its plan; ``changes`` are the membership's."""
    plan = plan or a_plan()
    return Holding(a_membership(**{"plan_id": plan.id, **changes}), plan)


def a_holder(*holdings: Holding, **changes: Any) -> Holder:
    """A holder of the given memberships; of a paid monthly one when none is given."""
    return Holder(**{"member_id": MEMBER_ID, "holdings": holdings or (a_holding(),), **changes})


def an_entry(holder: Holder | None = _UNSET, **changes: Any) -> RosterEntry:
    return RosterEntry(**{"status": PassStatus.ACTIVE, "holder": a_holder() if holder is _UNSET else holder, **changes})


def a_member(**changes: Any) -> Member:
    facts: dict[str, Any] = {"id": MEMBER_ID, "number": "10428", "given_name": "Nora", "family_name": "Berg"}
    return Member(**{**facts, **changes})


def a_presence(**changes: Any) -> Presence:
    return Presence(**changes)


def a_grant(ago: timedelta = timedelta(0), *, passed: bool | None = None, now: datetime = NOON) -> Grant:
    """A grant that long before ``now``."""
    return Grant(EventId(an_id()), now - ago, passed)


def a_code_use(ago: timedelta = timedelta(0), *, here: bool = True) -> CodeUse:
    return CodeUse(NOON - ago, here)


def an_own_grant(
    ago: timedelta, *, membership_id: MembershipId = MEMBERSHIP_ID, number: int | None = None
) -> Uncounted:
    return Uncounted(membership_id, EventId(an_id(number)), NOON - ago)


def a_door_time(at: datetime = NOON, quality: TimeQuality = TimeQuality.SYNCED) -> DoorTime:
    return DoorTime(at, quality)


def a_trust(age: timedelta | None = timedelta(seconds=20), *, in_contact: bool = True) -> RosterTrust:
    return RosterTrust(age, in_contact)


def a_live_code(ago: timedelta = timedelta(0), signature: Signature = Signature.VALID) -> LiveCode:
    return LiveCode(NOON - ago, signature)


def a_voucher(**changes: Any) -> VoucherCode:
    """A voucher for every site of the builders' gym, good until tomorrow."""
    facts: dict[str, Any] = {
        "gym_number": 7,
        "site_number": 0,
        "last_valid_on": TODAY + days(1),
        "signature": Signature.VALID,
    }
    return VoucherCode(**{**facts, **changes})


def ask(
    credential: Credential | None = None,
    entry: RosterEntry | None = _UNSET,
    *,
    site: Site | None = None,
    presence: Presence | None = None,
    now: DoorTime | None = None,
    trust: RosterTrust | None = None,
) -> Decision:
    """Decide about a card of a paid member at noon, but for what the test changes."""
    return decide(
        credential or CardCode(),
        an_entry() if entry is _UNSET else entry,
        site=site or a_site(),
        presence=presence or a_presence(),
        now=now or a_door_time(),
        trust=trust or a_trust(),
    )


def every_day(opens: int, closes: int) -> tuple[Window, ...]:
    """The same window on all seven weekdays, in minutes of the day."""
    return tuple(Window(weekday, opens, closes) for weekday in range(7))


def a_check_in(at: datetime = NOON, **changes: Any) -> CheckIn:
    facts: dict[str, Any] = {"event_id": EventId(an_id()), "member_id": MEMBER_ID, "site_id": SITE_ID}
    return CheckIn(**{**facts, **changes}, at=at)


def an_event_record(**changes: Any) -> EventRecord:
    """A granted entry by card at noon, number 1 of its stream."""
    facts: dict[str, Any] = {
        "id": an_id(),
        "number": 1,
        "kind": EventKind.SCAN,
        "direction": Direction.ENTRY,
        "outcome": Outcome.GRANTED,
        "reason": None,
        "notices": [],
        "reopened": False,
        "pass_kind": PassKind.CARD,
        "lookup": bytes(range(16)),
        "member_id": MEMBER_ID,
        "membership_id": MEMBERSHIP_ID,
        "voucher_id": None,
        "code_at": None,
        "wall_at": NOON,
        "door_at": NOON,
        "time_quality": TimeQuality.SYNCED,
        "boot_ms": 60_000,
        "boot_id": "9a1c3d5e-0000-4000-8000-000000000001",
        "offset_ms": 12,
        "roster_epoch": an_id(6),
        "roster_version": 41,
        "roster_age_s": 20,
        "refers_to": None,
        "note": None,
    }
    return EventRecord(**{**facts, **changes})
