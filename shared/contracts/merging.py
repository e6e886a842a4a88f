"""Members that may be one person, and making one of two."""

from enum import Enum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Message
from shared.contracts.gym import MemberRef


class Merge(Message):
    """``other_id`` goes into the kept member; both versions are those that were seen."""

    other_id: UUID
    version: Annotated[int, Field(ge=1, le=2**31 - 1)]
    other_version: Annotated[int, Field(ge=1, le=2**31 - 1)]


class Likeness(Enum):
    """What two members have in common."""

    MAIL = "mail"
    PHONE = "phone"
    NAME = "name"


class Duplicates(Message):
    """Members who have the same mail address, phone or name."""

    why: Likeness
    members: list[MemberRef]


class DuplicateList(Message):
    """The likeliest first: by mail, by phone, by name."""

    items: list[Duplicates]
