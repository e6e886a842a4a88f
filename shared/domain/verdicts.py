"""What a door can say, as values of closed lists: granted with notices, you are in already, or denied with a reason."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from shared.domain.roster import Grant, Holding


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
