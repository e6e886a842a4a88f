"""The messages of ``notifications``: what was mailed to a member, and what became of it."""

from enum import Enum
from uuid import UUID

from shared.contracts.base import Instant, Message


class MailKind(Enum):
    """What a mail is about."""

    PASS = "pass"  # a card to show on a phone or to print
    VOUCHER = "voucher"  # a purchase code
    RECEIPT = "receipt"
    REFUND = "refund"


class MailState(Enum):
    """What became of a mail."""

    QUEUED = "queued"  # waits to be sent, or to be tried again
    SENT = "sent"  # handed over to the mail server, or written into the folder
    FAILED = "failed"  # given up; ``error`` says why


class MailView(Message):
    """A mail to a member, without its address and text.

    ``about`` is the pass, voucher or order. ``tries`` counts since it was asked for last. ``error`` is the code of the
    last failure: ``no_address``, ``bad_address``, ``member_erased``, ``revoked``, ``contact_unknown``, ``unavailable``,
    ``forgotten``, ``internal``, or the mail server's own, such as ``smtp_550``. ``can_send_again`` ends when the text was forgotten.
    """

    id: UUID
    member_id: UUID
    kind: MailKind
    about: str
    state: MailState
    tries: int
    error: str | None
    queued_at: Instant
    next_try_at: Instant | None
    sent_at: Instant | None
    can_send_again: bool


class MailList(Message):
    """Newest first, 200 at the most."""

    items: list[MailView]
