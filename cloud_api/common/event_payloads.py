"""What events say: one model per kind of payload, of which ``docs/wire/events`` holds the JSON Schemas.

Ids, states and versions; a personal value only encrypted under the member's key. A field is never taken away or given
another type, and a new one has a default: messages of the release before are still in the topics.
"""

from datetime import date
from typing import Any
from uuid import UUID

from shared.contracts.base import Instant, Message


class SiteState(Message):
    """A site was opened, or something about it changed; what, is in its roster. Key: the site."""

    site_id: UUID
    version: int


class PlanState(Message):
    """A plan, with its price. Key: the plan."""

    plan_id: UUID
    on_sale: bool
    version: int
    name: str | None = None
    price_minor: int | None = None
    currency: str | None = None


class MemberState(Message):
    """A member. Key: the member.

    ``sealed_contact`` is name and mail address under the member's key, base64url; null where there is no address.
    ``merged_into`` is who the member turned out to be: what this one had is that one's now.
    ``joined_at`` is null in messages of release 0.1.0.
    """

    member_id: UUID
    home_site_id: UUID
    blocked: bool
    erased: bool
    version: int
    sealed_contact: str | None = None
    merged_into: UUID | None = None
    joined_at: Instant | None = None


class MembershipState(Message):
    """A member on a plan. Key: the member. Days are the site's; the last paid day counts.

    ``visits_bought`` null: no pack. ``renews``: unpaid it becomes overdue. ``freezes`` are pauses, ``[first, end)``.
    ``for_staff``: who has it works here, and counts as no member.
    """

    membership_id: UUID
    member_id: UUID
    plan_id: UUID
    starts_on: date
    paid_through_on: date
    ends_on: date | None
    visits_bought: int | None
    visits_counted: int | None
    version: int
    renews: bool = False
    freezes: list[tuple[date, date]] = []  # noqa: RUF012  # pydantic gives each message its own
    for_staff: bool = False


class PassState(Message):
    """A pass, or (``kind`` voucher) a voucher, which has ``voucher_id`` in the place of ``pass_id``. Key: the member.

    ``voucher_id`` 8 bytes in hex · ``membership_id`` what the voucher was sold with · ``site_number`` 0 for all sites,
    null when it was revoked · ``last_valid_on`` in the site's zone · ``sealed_mail`` what the member is to get by mail,
    under the member's key, base64url.
    """

    member_id: UUID
    kind: str
    status: str
    version: int
    pass_id: UUID | None = None
    voucher_id: str | None = None
    membership_id: UUID | None = None
    site_number: int | None = None
    last_valid_on: date | None = None
    sealed_mail: str | None = None


class AttendanceVoided(Message):
    """Staff took a check-in back. Key: the member, else the check-in. A fact: it has no version."""

    event_id: UUID
    void_id: UUID


class AttendanceAccepted(Message):
    """A person looked at what a revoked device handed in: it counts from now on. Key: the member, else the event."""

    event_id: UUID
    site_id: UUID
    local_on: date
    outcome: str | None
    reason: str | None


class VisitState(Message):
    """A visit as it is derived now. Key: the member. ``local_*`` by the site's clock; void: a later event undid it."""

    visit_id: UUID
    member_id: UUID
    site_id: UUID
    membership_id: UUID | None
    opened_at: Instant
    closed_at: Instant | None
    local_on: date
    local_hour: int
    is_void: bool
    version: int


class MachineState(Message):
    """A piece of equipment. Key: the machine. What people wrote about it stays where it is."""

    machine_id: UUID
    site_id: UUID
    status: str
    since_on: date
    open_faults: int
    maintenance_due_on: date | None
    version: int


class FaultState(Message):
    """A fault of a machine. Key: the machine. It is open, and then resolved for good, so it needs no version."""

    fault_id: UUID
    machine_id: UUID
    site_id: UUID
    reported_at: Instant
    resolved_at: Instant | None


class OrderLine(Message):
    """What was bought: the days or visits that a membership gets for its price. ``number`` counts within the order."""

    number: int
    kind: str
    plan_id: UUID
    plan_name: str
    membership_id: UUID
    starts_on: date | None
    paid_through_on: date | None
    price_minor: int


class OrderState(Message):
    """An order, in minor units of its currency."""

    order_id: UUID
    member_id: UUID
    site_id: UUID
    currency: str
    total_minor: int
    refunded_minor: int
    version: int


class OrderPaid(OrderState):
    """An order was paid: access follows. Key: the member. ``receipt_by_mail``: the member is to get it by mail."""

    payment_id: UUID
    receipt_number: int
    paid_at: Instant
    method: str
    receipt_by_mail: bool = False
    lines: list[OrderLine]


class PaymentSucceeded(OrderState):
    """Money came in, with a receipt. Key: the member. ``site_id`` is where; ``version`` is the order's."""

    payment_id: UUID
    receipt_number: int
    at: Instant
    method: str
    amount_minor: int


class PaymentRefunded(PaymentSucceeded):
    """Money was given back. ``refers_to`` is the number of the receipt that it takes back."""

    refers_to: int | None
    ends_membership: bool
    receipt_by_mail: bool = False
    lines: list[OrderLine]


class PaymentCorrected(PaymentSucceeded):
    """A receipt was wrong: ``reversal_number`` takes back ``refers_to``, and this one stands in its place."""

    refers_to: int | None
    reversal_number: int


class ReceiptLine(Message):
    """What a receipt is about. ``number`` counts within the order."""

    number: int
    plan_id: UUID
    price_minor: int


class ReceiptState(Message):
    """A receipt, in minor units of its currency. Key: the member. A fact: it has no version.

    ``kind`` is payment, refund or reversal; the last two take back. ``local_on`` is the day at the site that issued it.
    """

    receipt_number: int
    kind: str
    member_id: UUID
    site_id: UUID
    local_on: date
    method: str
    currency: str
    amount_minor: int
    lines: list[ReceiptLine]


class TillState(Message):
    """A drawer of cash, in minor units. Key: the till. ``expected_minor`` and ``counted_minor`` once it is closed."""

    till_id: UUID
    site_id: UUID
    currency: str
    float_minor: int
    expected_minor: int | None
    counted_minor: int | None
    opened_at: Instant
    closed_at: Instant | None
    version: int


class DeviceState(Message):
    """A kiosk. Key: the device. It goes one way only (awaiting, active, revoked), so it needs no version."""

    device_id: UUID
    site_id: UUID
    status: str


class DeviceHeard(Message):
    """A kiosk was heard in an hour, for so many of its seconds. Key: the device. Told again, the longer one counts.

    ``losses``: how often contact was found to have been lost before.
    """

    device_id: UUID
    site_id: UUID
    hour_at: Instant
    heard_s: int
    losses: int


class MessageParked(Message):
    """A consumer gave up on a message, which stays in the database for a person. Key: that of the message.

    ``message`` is its whole envelope.
    """

    consumer: str
    error: str
    tries: int
    message: dict[str, Any]
