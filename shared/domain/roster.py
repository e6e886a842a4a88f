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
    """An entry this kiosk granted to this pass.

    ``at`` is when it was granted; opening again for it does not move it, or passing a phone back would go on for ever.
    ``passed`` is what the door reported of its newest opening: None when it has no sensor.
    """

    event_id: EventId
    at: datetime
    passed: bool | None = None


@dataclass(frozen=True, slots=True)
class CodeUse:
    """This very live code has opened a door, here or at a kiosk this one has heard of."""

    at: datetime
    here: bool


@dataclass(frozen=True, slots=True)
class Uncounted:
    """An own grant on a pack, not taken back since. Whether the roster row counts it already is told by its id."""

    membership_id: MembershipId
    event_id: EventId
    at: datetime


@dataclass(frozen=True, slots=True)
class Presence:
    """What this kiosk has seen. Unknown is None, never a guess.

    ``last_grant`` is the newest for this pass at this kiosk; ``voucher_used_on`` the site-local day this voucher last
    opened here; ``inside_since``, ``occupancy`` and ``host_inside`` are as of ``seen_at``.
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

    def is_older_than(self, limit: timedelta) -> bool:
        """Whether the roster's age has reached a limit; one that was never complete is older than any."""
        return self.age is None or self.age >= limit
