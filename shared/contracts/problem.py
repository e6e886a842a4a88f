"""Errors on the wire: RFC 9457 problem details."""

from pydantic import Field

from shared.contracts.base import Message
from shared.contracts.devices import WipeOrder

MEDIA_TYPE = "application/problem+json"


class FieldError(Message):
    """One field that could not be accepted: where (JSON path) and why, in plain words."""

    field: str
    message: str


class Price(Message):
    """An amount in minor units of a currency (ISO 4217)."""

    minor: int
    currency: str


class Problem(Message):
    """What went wrong, for a program (``code``, ``status``) and for a person (``title``, ``detail``).

    ``retry_after_s`` is set where trying again later makes sense. ``wipe_order`` is set for a revoked device alone,
    ``price`` where another price was shown than is asked (``price_changed``).
    """

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    instance: str | None = None
    errors: list[FieldError] = Field(default_factory=list)
    retry_after_s: int | None = None
    wipe_order: WipeOrder | None = None
    price: Price | None = None
