"""What people's clients send and get to sign in."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from shared.contracts.base import Message

MIN_PASSWORD = 10


def _email(value: str) -> str:
    name, at, domain = value.strip().lower().partition("@")
    if not (name and at and "." in domain.strip(".")) or any(c.isspace() or c in "@<>\0" for c in name + domain):
        message = "not an e-mail address"
        raise ValueError(message)
    return f"{name}@{domain}"


Email = Annotated[str, Field(max_length=254), AfterValidator(_email)]
Password = Annotated[str, Field(min_length=MIN_PASSWORD, max_length=200)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Secret = Annotated[str, Field(min_length=1, max_length=200)]


class SignIn(Message):
    email: Annotated[str, Field(max_length=254)]
    password: Annotated[str, Field(max_length=200)]


class SignedIn(Message):
    """``access_token`` goes into ``Authorization: Bearer``; ``refresh_token`` buys the next pair, once."""

    access_token: str
    refresh_token: str
    expires_in_s: int


class Refresh(Message):
    refresh_token: Secret


class Redeem(Message):
    """Redeem a one-time link. ``name`` and ``email`` are needed for the first Owner only."""

    token: Secret
    password: Password
    name: Name | None = None
    email: Email | None = None


class Redeemed(Message):
    person_id: UUID
