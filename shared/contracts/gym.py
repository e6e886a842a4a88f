"""The messages of ``gym``: sites, plans, members, memberships, attendance and visits."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from shared.contracts.base import Instant, Message
from shared.contracts.devices import CodeText, ShortText
from shared.contracts.fields import Birthday, Day, Email, Line, MemberNumber, Name, PhoneNumber, Symbology, ZoneName
from shared.contracts.roster import PlanBody, PolicyBody, SiteBody, WindowBody
from shared.domain.attendance import EventKind, Outcome
from shared.domain.device import Direction
from shared.domain.membership import Standing
from shared.domain.passes import PassKind
from shared.domain.plan import MINUTES_A_DAY
from shared.domain.site import DoorPolicy, DoorWhenNotRecorded, Strictness

_DEFAULTS = PolicyBody.from_domain(DoorPolicy())
_DAY_S = 24 * 60 * 60


class WindowDraft(WindowBody):
    """Minutes of a weekday (0 is Monday), ``[opens, closes)``; ``closes`` may pass midnight, up to 2880."""

    weekday: Annotated[int, Field(ge=0, le=6)]
    opens: Annotated[int, Field(ge=0, lt=MINUTES_A_DAY)]
    closes: Annotated[int, Field(gt=0, le=2 * MINUTES_A_DAY)]

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Self:
        if self.opens >= self.closes:
            message = "a window must close after it opens"
            raise ValueError(message)
        return self


Windows = Annotated[list[WindowDraft], Field(max_length=50)]


class PolicyDraft(PolicyBody):
    """The door's policies as an owner sets them; what is left out has its default. Durations in seconds."""

    grace_days: Annotated[int, Field(ge=0, le=90)] = _DEFAULTS.grace_days
    ends_soon_days: Annotated[int, Field(ge=0, le=90)] = _DEFAULTS.ends_soon_days
    dwell_s: Annotated[int, Field(ge=60, le=_DAY_S)] = _DEFAULTS.dwell_s
    reopen_window_s: Annotated[int, Field(ge=0, le=600)] = _DEFAULTS.reopen_window_s
    roster_soft_after_s: Annotated[int, Field(ge=60, le=90 * _DAY_S)] = _DEFAULTS.roster_soft_after_s
    roster_hard_after_s: Annotated[int, Field(ge=60, le=90 * _DAY_S)] = _DEFAULTS.roster_hard_after_s
    roster_too_old: Strictness = _DEFAULTS.roster_too_old
    anti_passback: Strictness = _DEFAULTS.anti_passback
    documents: Strictness = _DEFAULTS.documents
    accepted_kinds: Annotated[list[PassKind], Field(max_length=len(PassKind))] = _DEFAULTS.accepted_kinds
    linear_symbologies: Annotated[list[Symbology], Field(max_length=20)] = _DEFAULTS.linear_symbologies
    when_not_recorded: DoorWhenNotRecorded = _DEFAULTS.when_not_recorded
    neutral_refusals: bool = _DEFAULTS.neutral_refusals
    show_names: bool = _DEFAULTS.show_names


class SiteDraft(Message):
    """A site to make or to change. None in ``hours`` means always open; an empty exception means closed that day."""

    name: Name
    zone: ZoneName
    hours: Windows | None = None
    exceptions: Annotated[dict[Day, Windows], Field(max_length=400)] = Field(default_factory=dict)
    capacity: Annotated[int, Field(ge=1, le=100_000)] | None = None
    policy: PolicyDraft = PolicyDraft()


class NewSite(SiteDraft):
    """A site to open. Its client may give the ``id``: asked again with it, it is the same site."""

    id: UUID | None = None


class SiteChange(SiteDraft):
    """A site as a whole. ``version`` is that which was seen: if it changed meanwhile, nothing is changed.

    Without a version it is not looked at, for programs older than this field.
    """

    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None


class SiteView(SiteBody):
    """``version`` grows with every change."""

    version: int


class PlanDraft(Message):
    """A plan to make or to change. Exactly one of ``months`` and ``days`` is above zero; the price is in minor units.

    None in ``windows`` means any hour, in ``site_ids`` every site, in ``visits`` no counting. A plan that is not
    ``on_sale`` stays good for those who have it. A plan ``for_staff`` (trainers, cleaners) costs nothing, is given and
    not sold, and whoever has it counts as no member in reports; it is so from its beginning.
    """

    name: Name
    months: Annotated[int, Field(ge=0, le=120)] = 0
    days: Annotated[int, Field(ge=0, le=3660)] = 0
    price_minor: Annotated[int, Field(ge=0, le=10**9)]
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    visits: Annotated[int, Field(ge=1, le=10_000)] | None = None
    windows: Windows | None = None
    site_ids: Annotated[list[UUID], Field(min_length=1, max_length=1000)] | None = None
    renews: bool = False
    on_sale: bool = True
    for_staff: bool = False

    @model_validator(mode="after")
    def _has_one_period(self) -> Self:
        if (self.months > 0) == (self.days > 0):
            message = "a plan lasts either months or days"
            raise ValueError(message)
        if self.for_staff and (self.price_minor or self.renews):
            message = "a plan for staff costs nothing, and nobody is billed for it"
            raise ValueError(message)
        return self


class NewPlan(PlanDraft):
    """``id`` is minted by whoever asks (UUID version 7), so that asking twice makes one plan; else by the server."""

    id: UUID | None = None


class PlanChange(PlanDraft):
    """A plan as a whole. ``version`` is that which was seen: if it changed meanwhile, nothing is changed.

    Without a version it is not looked at, for programs older than this field.
    """

    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None


class PlanView(PlanBody):
    on_sale: bool
    for_staff: bool = False
    version: int


class MemberDraft(Message):
    """A member to make or to change. Without a ``number`` the gym gives the next one.

    ``home_site_id`` is the site that looks after the member; ``host_id`` the member whose guest this one is;
    ``guardian_id`` the member who pays and answers for this one;
    ``document_missing``: a paper (health form, consent of parents) has still to be handed in.
    """

    number: MemberNumber | None = None
    given_name: Name
    family_name: Line = ""
    email: Email | None = None
    phone: PhoneNumber | None = None
    home_site_id: UUID
    host_id: UUID | None = None
    guardian_id: UUID | None = None
    born_on: Birthday | None = None
    document_missing: bool = False


class NewMember(MemberDraft):
    """``id`` is minted by whoever asks (UUID version 7), so that asking twice makes one member; else by the server."""

    id: UUID | None = None


class MemberChange(MemberDraft):
    """A member as a whole. ``version`` is that which was seen: if it changed meanwhile, nothing is changed.

    Without a version it is not looked at, for programs older than this field.
    """

    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None


class MembershipView(Message):
    """A membership and what it is today at the member's home site. Freezes are ``[first, end)`` pairs of days.

    ``visits_left`` is bought minus counted; it may be below zero when two offline doors each let a last visit in.
    """

    id: UUID
    member_id: UUID
    plan_id: UUID
    plan_name: str
    starts_on: date
    paid_through_on: date
    ends_on: date | None
    renews: bool
    freezes: list[tuple[date, date]]
    standing: Standing
    visits_bought: int | None
    visits_counted: int | None
    visits_left: int | None


class MemberView(Message):
    """A member as staff see one. An erased member has no name, no address and no keys, but keeps the id.

    ``last_visit_at`` None: never came. ``merged_into`` is who an erased member turned out to be.
    """

    id: UUID
    number: str | None
    given_name: str
    family_name: str
    email: str | None
    phone: str | None
    home_site_id: UUID
    host_id: UUID | None
    guardian_id: UUID | None = None
    born_on: date | None = None
    document_missing: bool
    blocked: bool
    blocked_until: Instant | None
    block_note: str | None
    erased: bool
    merged_into: UUID | None = None
    joined_at: Instant
    last_visit_at: Instant | None = None
    memberships: list[MembershipView]
    version: int


class MemberRef(Message):
    """Who it was, in a list. The name is empty once the member is erased."""

    id: UUID
    number: str | None
    name: str


class MemberRefList(Message):
    """Without those that are unknown; in no order."""

    items: list[MemberRef]


class MemberPage(Message):
    """As a MemberQuery asked for. ``next`` goes into ``after``; None at the end. The first page says how many there are."""

    items: list[MemberView]
    next: str | None
    found: int | None = None


class SiteList(Message):
    items: list[SiteView]


class PlanList(Message):
    items: list[PlanView]


class BlockRequest(Message):
    """``until`` is when the block ends by itself, None for good; ``note`` is for staff."""

    until: Instant | None = None
    note: ShortText | None = None


class Sale(Message):
    """Put a member on a plan without money. Without ``starts_on`` it is today at the home site; ``id`` as in NewMember."""

    id: UUID | None = None
    plan_id: UUID
    starts_on: Day | None = None


class Renewal(Message):
    """Give one more period without money. ``paid_through_on`` is what was seen, so that a second click gives nothing."""

    paid_through_on: date


class Pause(Message):
    """A freeze of whole days, ``[first, end)``."""

    first: Day
    end: Day

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.first >= self.end:
            message = "a pause must end after it begins"
            raise ValueError(message)
        return self


class ManualCheckIn(Message):
    """A check-in by staff. ``at`` None is now; ``id`` as in NewMember, the id of the attendance event."""

    id: UUID | None = None
    member_id: UUID
    site_id: UUID
    at: Instant | None = None
    note: ShortText | None = None


class VoidRequest(Message):
    note: ShortText | None = None


class Acceptance(Message):
    """Events that a revoked device handed in and that shall count."""

    event_ids: Annotated[list[UUID], Field(min_length=1, max_length=500)]


class EventQuery(Message):
    """Which visits or events are wanted; what is left out bounds nothing. ``last`` is part of it.

    ``after`` is ``next`` of the page before, asked for in the same order. ``held``, ``outcome`` and ``direction`` are
    for events only; ``held``: those that wait for someone to look at them.
    """

    site_id: UUID | None = None
    member_id: UUID | None = None
    first: Day | None = None
    last: Day | None = None
    after: Annotated[str, Field(max_length=1000)] | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    held: bool | None = None
    outcome: Outcome | None = None
    direction: Direction | None = None
    newest_first: bool = False


class AttendanceView(Message):
    """One event at a door. ``at`` is its effective time, ``local_on`` that day at the site.

    ``flags`` say what the cloud noticed (docs/wire/flags.md); ``voided``: a later event took it back; ``held``: a
    revoked device handed it in, and it counts once someone has accepted it.
    """

    id: UUID
    site_id: UUID
    device_id: UUID | None
    at: Instant
    local_on: date
    kind: EventKind
    direction: Direction
    outcome: Outcome | None
    reason: CodeText | None
    notices: list[str]
    pass_kind: PassKind | None
    member: MemberRef | None
    membership_id: UUID | None
    flags: list[str]
    voided: bool
    held: bool
    note: str | None


class AttendancePage(Message):
    """Oldest first, unless the newest were asked for first."""

    items: list[AttendanceView]
    next: str | None


class VisitView(Message):
    """A stay: who came, where, when, and when the way out was seen (None when it was not)."""

    id: UUID
    site_id: UUID
    member: MemberRef
    membership_id: UUID | None
    opened_at: Instant
    closed_at: Instant | None
    local_on: date
    local_hour: int
    check_ins: int


class VisitPage(Message):
    """Oldest first, unless the newest were asked for first."""

    items: list[VisitView]
    next: str | None


class StaffNote(Message):
    """Something the cloud noticed about a member and staff should know; ``detail`` holds numbers and ids only."""

    id: UUID
    at: Instant
    code: CodeText
    detail: dict[str, int | str | None]


class NoteList(Message):
    """Newest first."""

    items: list[StaffNote]
