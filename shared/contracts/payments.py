"""The messages of ``payments``: orders, receipts, refunds, corrections, tills, the ledger. Amounts are minor units."""

from datetime import date
from enum import Enum
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from shared.contracts.base import Instant, Message
from shared.contracts.fields import Day
from shared.domain.ledger import Account, Method

Amount = Annotated[int, Field(ge=0, le=10**12)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Reference = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class LineKind(Enum):
    """What a line of an order pays for."""

    SALE = "sale"  # a new membership
    RENEWAL = "renewal"  # one more period of a membership


class OrderStatus(Enum):
    """Whether an order has been paid. Refunds do not change it; they are told in ``refunded_minor``."""

    OPEN = "open"
    PAID = "paid"


class ReceiptKind(Enum):
    """What a receipt is for."""

    PAYMENT = "payment"
    REFUND = "refund"
    REVERSAL = "reversal"  # takes back a payment that was typed in wrongly; the right one follows


class TransactionKind(Enum):
    """What a transaction of the ledger books."""

    PAYMENT = "payment"
    REFUND = "refund"
    REVERSAL = "reversal"
    TILL_OPENED = "till_opened"
    TILL_CLOSED = "till_closed"


class SaleLine(Message):
    """A new membership. Its ``membership_id`` is minted by whoever asks; without ``starts_on`` it starts when paid.

    ``price_minor`` is the price that was shown: when it is another one now, the order is refused (``price_changed``).
    """

    kind: Literal["sale"] = "sale"
    plan_id: UUID
    membership_id: UUID
    starts_on: Day | None = None
    price_minor: Amount | None = None


class RenewalLine(Message):
    """One more period. ``paid_through_on`` is what was shown: a period is paid for once. ``price_minor`` as in a sale."""

    kind: Literal["renewal"] = "renewal"
    membership_id: UUID
    paid_through_on: date
    price_minor: Amount | None = None


LineDraft = Annotated[SaleLine | RenewalLine, Field(discriminator="kind")]


class NewOrder(Message):
    """What a member is about to pay for at a site. ``id`` is minted by whoever asks, so that asking twice is one order."""

    id: UUID
    site_id: UUID
    member_id: UUID
    lines: Annotated[list[LineDraft], Field(min_length=1, max_length=20)]

    @model_validator(mode="after")
    def _names_each_membership_once(self) -> Self:
        if len({line.membership_id for line in self.lines}) < len(self.lines):
            message = "each line must be about another membership"
            raise ValueError(message)
        return self


class OrderLine(Message):
    """A priced line. ``starts_on`` is of a sale (None: the day of the payment), ``paid_through_on`` of a renewal."""

    number: int
    kind: LineKind
    plan_id: UUID
    plan_name: str
    membership_id: UUID
    starts_on: date | None
    paid_through_on: date | None
    price_minor: int


class OrderView(Message):
    """An order as it is now. ``payment_id`` is the payment that counts; ``receipts`` are numbers, oldest first."""

    id: UUID
    site_id: UUID
    member_id: UUID
    status: OrderStatus
    currency: str
    total_minor: int
    refunded_minor: int
    payment_id: UUID | None
    lines: list[OrderLine]
    created_at: Instant
    paid_at: Instant | None
    receipts: list[int]
    version: int


class Tender(Message):
    """How money changes hands. A ``reference`` is what the terminal's slip or the bank says: a terminal needs one."""

    method: Method
    reference: Reference | None = None

    @model_validator(mode="after")
    def _terminal_has_a_reference(self) -> Self:
        if self.method is Method.TERMINAL and self.reference is None:
            message = "a terminal's payment needs the number on its slip as reference"
            raise ValueError(message)
        return self


class NewPayment(Tender):
    """Take the whole of an order. ``id`` is minted by whoever asks: the same id again gives the same receipt.

    ``receipt_by_mail``: the member gets the receipt by mail, too.
    """

    id: UUID
    receipt_by_mail: bool = False


class NewRefund(Tender):
    """Give money back. ``amount_minor`` None is all that is left; ``site_id`` None is where the order was made.

    ``ends_membership`` takes back what the order's lines gave: exactly their days and visits. ``receipt_by_mail``: the
    member gets the receipt by mail, too.
    """

    id: UUID
    amount_minor: Annotated[int, Field(ge=1, le=10**12)] | None = None
    reason: Reason
    ends_membership: bool = False
    receipt_by_mail: bool = False
    site_id: UUID | None = None


class NewCorrection(Tender):
    """Put a payment right that was typed in wrongly: ``payment_id`` as it was seen, then method and amount as they were.

    ``id`` names the payment that stands in its place. ``amount_minor`` None keeps the amount. The money's way is
    corrected, not what the member got.
    """

    id: UUID
    payment_id: UUID
    amount_minor: Amount | None = None
    reason: Reason
    site_id: UUID | None = None


class ReceiptView(Message):
    """All that a printed receipt needs; it never changes. Numbers have no gaps.

    ``local_on`` and ``local_time`` are the site's wall clock. The amount is above zero also where money went back:
    ``kind`` says so, and ``refers_to`` is the number of the receipt that it is about.
    """

    number: int
    id: UUID
    kind: ReceiptKind
    gym_name: str
    site_id: UUID
    site_name: str
    zone: str
    at: Instant
    local_on: date
    local_time: str
    order_id: UUID
    member_id: UUID
    lines: list[OrderLine]
    amount_minor: int
    currency: str
    method: Method
    reference: str | None
    refers_to: int | None
    reason: str | None


class ReceiptPage(Message):
    """Newest first. ``next`` goes into ``after``; None at the end."""

    items: list[ReceiptView]
    next: str | None


class CorrectionView(Message):
    """Both receipts of a correction."""

    reversal: ReceiptView
    replacement: ReceiptView


class NewTill(Message):
    """Open a site's till with a counted float, the change in it. ``id`` is minted by whoever asks."""

    id: UUID
    site_id: UUID
    currency: Currency
    float_minor: Amount


class TillCount(Message):
    """Close a till: ``counted_minor`` is all the cash that was found in it, the float included.

    ``reason`` is what whoever counted says about a difference.
    """

    counted_minor: Amount
    reason: Reason | None = None


class MethodSum(Message):
    """What was taken and given back in one way while a till was open. Reversals count against ``taken_minor``."""

    method: Method
    currency: str
    taken_minor: int
    refunded_minor: int


class TillView(Message):
    """A till from opening to closing. ``expected_minor`` is the cash that should be in it, now or when it was closed.

    ``difference_minor`` is counted minus expected: below zero, cash was missing. None while it is open.
    """

    id: UUID
    site_id: UUID
    currency: str
    float_minor: int
    opened_at: Instant
    closed_at: Instant | None
    expected_minor: int
    counted_minor: int | None
    difference_minor: int | None
    reason: str | None
    sums: list[MethodSum]
    version: int


class TillPage(Message):
    """Newest first. ``next`` goes into ``after``; None at the end."""

    items: list[TillView]
    next: str | None


class LedgerEntry(Message):
    """What an account gains; below zero, what leaves it or was earned. ``till_id`` is set for cash in a till."""

    account: Account
    till_id: UUID | None
    amount_minor: int
    currency: str


class LedgerTransaction(Message):
    """Entries that sum to zero. ``receipt_number`` is None for a till's opening and closing."""

    id: UUID
    kind: TransactionKind
    at: Instant
    site_id: UUID
    actor: str
    receipt_number: int | None
    entries: list[LedgerEntry]


class LedgerPage(Message):
    """Oldest first. ``next`` goes into ``after``; None at the end."""

    items: list[LedgerTransaction]
    next: str | None


class AccountSum(Message):
    """What all entries of an account come to."""

    account: Account
    currency: str
    amount_minor: int


class Balances(Message):
    """Every account that was ever moved. The amounts of one currency sum to zero."""

    items: list[AccountSum]
