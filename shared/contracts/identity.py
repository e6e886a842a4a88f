"""What people's clients send and get: to sign in, and to say who may."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, RootModel

from shared.contracts.base import Instant, Message
from shared.domain.roles import Group

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
    """``desk`` is what the PC calls itself; it is kept with the sign-in and named by what is written down of it."""

    email: Annotated[str, Field(max_length=254)]
    password: Annotated[str, Field(max_length=200)]
    desk: Annotated[str, Field(max_length=80)] | None = None


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


def _personal_groups(groups: list[Group]) -> list[Group]:
    if Group.KIOSK in groups:
        message = "a person is no kiosk"
        raise ValueError(message)
    return sorted(set(groups), key=lambda group: group.value)


PersonalGroups = Annotated[list[Group], Field(max_length=8), AfterValidator(_personal_groups)]


class NewPerson(Message):
    """``id`` is minted by whoever may have to ask twice to add one person; None lets the server do it."""

    id: UUID | None = None
    name: Name
    email: Email
    groups: PersonalGroups


class PersonChange(Message):
    """Fields that are absent or null stay as they are."""

    name: Name | None = None
    groups: PersonalGroups | None = None
    enabled: bool | None = None


class PasswordChange(Message):
    current: Annotated[str, Field(max_length=200)]
    new: Password


class Person(Message):
    """``invited`` has not set a password yet."""

    id: UUID
    name: str
    email: str
    groups: list[Group]
    enabled: bool
    invited: bool
    member_id: UUID | None
    created_at: Instant


class Invitation(Message):
    """A one-time link for the person to set a password; it ends after 24 hours and is shown only now."""

    person_id: UUID
    link: str
    expires_at: Instant


class PersonList(RootModel[list[Person]]):
    """Everybody who may sign in."""


class PinChange(Message):
    """Set the own PIN, four to eight digits, with the password; None takes it away."""

    password: Annotated[str, Field(max_length=200)]
    pin: Annotated[str, Field(pattern=r"^[0-9]{4,8}$")] | None


CardText = Annotated[str, Field(min_length=1, max_length=512)]


class DeskCardChange(Message):
    """Register the own card for the desk with the password: its text as a scanner reads it; None takes it away."""

    password: Annotated[str, Field(max_length=200)]
    card: CardText | None


class Colleague(Message):
    """Someone who can take over the desk, by a PIN, by a card, or by either."""

    id: UUID
    name: str
    pin: bool
    card: bool


class ColleagueList(Message):
    """By name."""

    items: list[Colleague]


class TakeOver(Message):
    """Take over a desk where somebody is signed in."""

    person_id: UUID
    pin: Annotated[str, Field(max_length=8)]


class TakeOverByCard(Message):
    """Take over a desk where somebody is signed in. The text of a card says who comes."""

    card: CardText
