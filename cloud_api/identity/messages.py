"""What people's clients send and get."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from cloud_api.common.roles import Group
from shared.contracts.base import Instant, Message
from shared.contracts.identity import MIN_PASSWORD, Email, Name, Password, Redeem, Redeemed, Refresh, SignedIn, SignIn

__all__ = [
    "MIN_PASSWORD",
    "Invitation",
    "NewPerson",
    "PasswordChange",
    "Person",
    "PersonChange",
    "Redeem",
    "Redeemed",
    "Refresh",
    "SignIn",
    "SignedIn",
]


def _personal_groups(groups: list[Group]) -> list[Group]:
    if Group.KIOSK in groups:
        message = "a person is no kiosk"
        raise ValueError(message)
    return sorted(set(groups), key=lambda group: group.value)


PersonalGroups = Annotated[list[Group], Field(max_length=8), AfterValidator(_personal_groups)]


class NewPerson(Message):
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
    expires_at: datetime
