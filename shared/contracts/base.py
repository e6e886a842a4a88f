"""The base of every message and the house types of its fields."""

import base64
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, PlainSerializer, WithJsonSchema


class Message(BaseModel):
    """A frozen message; unknown fields are ignored, so that the other side may be newer."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Nothing(Message):
    """An answer without content (HTTP 204)."""


def to_base64(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_base64(text: str) -> bytes:
    """Read base64url with or without padding.

    Raises:
        ValueError: not base64url.
    """
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError as error:
        message = "not base64url"
        raise ValueError(message) from error


def _read_bytes(value: object) -> object:
    return from_base64(value) if isinstance(value, str) else value


def _must_be_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        message = "a time needs its zone"
        raise ValueError(message)
    try:
        return value.astimezone(UTC)
    except OverflowError as error:  # the first or last hours of the calendar
        message = "a time outside of the calendar"
        raise ValueError(message) from error


Bytes = Annotated[
    bytes,
    BeforeValidator(_read_bytes),
    PlainSerializer(to_base64, when_used="json", return_type=str),
    WithJsonSchema({"type": "string", "format": "base64url", "pattern": "^[A-Za-z0-9_-]*={0,2}$"}),
]
"""Bytes in Python, base64url on the wire."""

Instant = Annotated[datetime, AfterValidator(_must_be_utc)]
"""An aware UTC instant; a time without a zone is refused."""
