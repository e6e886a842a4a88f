"""What staff write down about a member, in their own words."""

from enum import Enum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from shared.contracts.base import Instant, Message

RemarkText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


class RemarkKind(Enum):
    GENERAL = "general"
    """Whoever may look at the member reads it."""
    MEDICAL = "medical"
    """About health: closed until someone opens it, which is written down."""


class NewRemark(Message):
    """``id`` is minted by whoever asks (UUID version 7): asked twice, it is written once."""

    id: UUID
    kind: RemarkKind = RemarkKind.GENERAL
    text: RemarkText


class RemarkView(Message):
    """``text`` is None while a medical remark is closed; ``by`` the account that wrote it, None for the program."""

    id: UUID
    member_id: UUID
    at: Instant
    by: UUID | None
    kind: RemarkKind
    text: Annotated[str, Field(max_length=4000)] | None


class RemarkList(Message):
    """Newest first."""

    items: list[RemarkView]
