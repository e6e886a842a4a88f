"""The rows behind the numbers of ``reports``, a page at a time, newest first; and the owner's notes on who was contacted.

Rows have ids. Who a member is, what a machine or a kiosk is called, is asked of ``gym`` and ``devices``.
"""

from datetime import date
from enum import Enum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from shared.contracts.base import Instant, Message
from shared.contracts.devices import CodeText, ShortText
from shared.contracts.fields import Day
from shared.contracts.reports import ReportQuery, SiteQuery

Cursor = Annotated[str, Field(max_length=1000)]
PageSize = Annotated[int, Field(ge=1, le=200)]
"""So many names are told at once."""


class RowsQuery(ReportQuery):
    """``after`` is ``next`` of the page before."""

    after: Cursor | None = None
    limit: PageSize = 50


class VisitRowsQuery(RowsQuery):
    """Of a weekday (0 is Monday), of an hour of the site's wall clock, or of a member only."""

    weekday: Annotated[int, Field(ge=0, le=6)] | None = None
    hour: Annotated[int, Field(ge=0, le=23)] | None = None
    member_id: UUID | None = None


class RefusalRowsQuery(RowsQuery):
    reason: CodeText | None = None


class Move(Enum):
    JOINED = "joined"
    LEFT = "left"


class MemberRowsQuery(RowsQuery):
    what: Move


class RevenueRowsQuery(RowsQuery):
    plan_id: UUID | None = None
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = None


class FaultRowsQuery(RowsQuery):
    """Faults that were reported or resolved in the period."""

    machine_id: UUID | None = None


class DoorRowsQuery(RowsQuery):
    device_id: UUID | None = None


class HolderRowsQuery(SiteQuery):
    """Those of one plan only, when it is named. Ordered by the last paid day, oldest first."""

    plan_id: UUID | None = None
    after: Cursor | None = None
    limit: PageSize = 50


class RetentionRowsQuery(SiteQuery):
    """Of those who joined in the month of ``joined_on``: all, or who came in the month of ``month_on``."""

    joined_on: Day
    month_on: Day | None = None
    after: Cursor | None = None
    limit: PageSize = 50


class AtRiskQuery(SiteQuery):
    after: Cursor | None = None
    limit: PageSize = 50


class VisitLine(Message):
    """``member_id`` is None where a release before this list counted the visit, until it was told again."""

    visit_id: UUID
    member_id: UUID | None
    site_id: UUID
    on: date
    hour: int


class VisitLinePage(Message):
    items: list[VisitLine]
    next: str | None


class RefusalLine(Message):
    """``event_id`` is the attendance event; ``member_id`` is None where the door did not know who it was."""

    event_id: UUID
    member_id: UUID | None
    site_id: UUID
    on: date
    reason: str


class RefusalLinePage(Message):
    items: list[RefusalLine]
    next: str | None


class MemberLine(Message):
    """``site_id`` is the home site; ``left_on`` the first day without access, None for who never had any."""

    member_id: UUID
    site_id: UUID
    joined_on: date
    left_on: date | None


class MemberLinePage(Message):
    items: list[MemberLine]
    next: str | None


class HolderLine(Message):
    """A member on a plan. ``price_minor`` is what a period costs now; both None when the plan was not told of yet."""

    membership_id: UUID
    member_id: UUID
    site_id: UUID
    plan_id: UUID
    paid_through_on: date
    price_minor: int | None
    currency: str | None


class HolderLinePage(Message):
    items: list[HolderLine]
    next: str | None


class RevenueLine(Message):
    """A line of a receipt; of a refund or a reversal the amount is below zero. ``method`` as on the receipt."""

    receipt_number: int
    line: int
    member_id: UUID
    site_id: UUID
    on: date
    plan_id: UUID
    method: str
    currency: str
    amount_minor: int


class RevenueLinePage(Message):
    items: list[RevenueLine]
    next: str | None


class FaultLine(Message):
    """``resolved_on`` is None while the fault is open."""

    fault_id: UUID
    machine_id: UUID
    site_id: UUID
    reported_on: date
    resolved_on: date | None


class FaultLinePage(Message):
    items: list[FaultLine]
    next: str | None


class DoorHour(Message):
    """An hour in which a kiosk was heard, of its 3600 seconds how many. Hours that are missing were silent."""

    device_id: UUID
    site_id: UUID
    hour_at: Instant
    heard_s: int
    losses: int


class DoorHourPage(Message):
    items: list[DoorHour]
    next: str | None


class ContactHow(Enum):
    CALLED = "called"
    MAILED = "mailed"
    TALKED = "talked"


class ContactOutcome(Enum):
    OPEN = "open"  # no answer yet
    COMES_BACK = "comes_back"
    HAS_REASON = "has_reason"  # ill, away, busy: to be left in peace
    LEAVES = "leaves"


class NewContact(Message):
    """That a member was contacted, and what came of it. Sent again with the same id it puts that right."""

    id: UUID
    member_id: UUID
    how: ContactHow
    outcome: ContactOutcome = ContactOutcome.OPEN
    note: ShortText | None = None


class ContactView(NewContact):
    """``at`` is when it was first written down; ``by`` the account that did, as in the audit log."""

    at: Instant
    by: str


class ContactList(Message):
    """Newest first, the newest hundred."""

    items: list[ContactView]


class AtRiskMember(Message):
    """Someone who comes less than usual: ``recent`` visits in the last four weeks, ``before`` in the twelve before.

    ``weeks`` are the visits of the last eight weeks, oldest first. ``contact`` is the newest since the twelve weeks
    began, None when there is none.
    """

    member_id: UUID
    site_id: UUID
    recent: int
    before: int
    weeks: list[int]
    last_visit_on: date | None
    plan_id: UUID
    paid_through_on: date
    contact: ContactView | None


class AtRiskPage(Message):
    """Those who miss most visits first. ``until`` is the Sunday with which the four weeks end; ``total`` of all pages.

    At risk is a member with access today who came at least every other week in the twelve weeks and at most half as
    often in the four weeks after them. Who had a pause in these four weeks is not.
    """

    site_id: UUID | None
    until: date
    total: int
    items: list[AtRiskMember]
    next: str | None
