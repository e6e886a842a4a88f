"""What a device knows when it decides: the pass, its holder, who was here, and how old that knowledge is."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shared.domain.ids import EventId, MemberId, MembershipId
from shared.domain.member import Block
from shared.domain.membership import Membership
from shared.domain.passes import PassStatus
from shared.domain.plan import Plan


@dataclass(frozen=True, slots=True)
class Holding:
    """A membership with its plan."""

    membership: Membership
    plan: Plan


@dataclass(frozen=True, slots=True)
class Holder:
    """The member behind a pass, without a name."""

    member_id: MemberId
    holdings: tuple[Holding, ...] = ()
    block: Block | None = None
    host_id: MemberId | None = None
    document_missing: bool = False


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """One pass. ``holder`` is None for a member of another site, and for a voucher (it names nobody)."""

    status: PassStatus
    holder: Holder | None = None
    other_site: bool = False


@dataclass(frozen=True, slots=True)
class Grant:
    """An entry this kiosk granted to this pass. ``passed`` is what the door reported: None when it has no sensor."""

    event_id: EventId
    at: datetime
    passed: bool | None = None


@dataclass(frozen=True, slots=True)
class CodeUse:
    """This very live code was used before, here or at a kiosk this one has heard of."""

    at: datetime
    here: bool


@dataclass(frozen=True, slots=True)
class Uncounted:
    """Own grants on a pack that its roster row does not count yet: their times and ids, oldest first."""

    membership_id: MembershipId
    event_id: EventId
    at: datetime


@dataclass(frozen=True, slots=True)
class Presence:
    """What this kiosk has seen. Unknown is None, never a guess.

    ``last_grant`` is the newest for this pass at this kiosk; ``voucher_used_on`` the site-local day this voucher last
    opened here; ``inside_since`` and ``occupancy`` are as of ``seen_at``.
    """

    last_grant: Grant | None = None
    code_use: CodeUse | None = None
    own_grants: tuple[Uncounted, ...] = ()
    voucher_used_on: date | None = None
    inside_since: datetime | None = None
    occupancy: int | None = None
    seen_at: datetime | None = None
    host_inside: bool | None = None


@dataclass(frozen=True, slots=True)
class RosterTrust:
    """How fresh the roster is. ``age`` None means none was ever complete; ``in_contact``: the last poll was answered."""

    age: timedelta | None
    in_contact: bool
