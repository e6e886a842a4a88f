"""What staff ask of a long list of members."""

from enum import Enum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Message
from shared.contracts.fields import Day


class MemberSort(Enum):
    """The order of a list; of equals by id."""

    NAME = "name"
    NUMBER = "number"
    JOINED = "joined"
    LAST_VISIT = "last_visit"
    UNTIL = "until"
    """The last paid day of the membership that counts."""


class MemberState(Enum):
    """What a member is today, by the membership that counts, at the home site."""

    ACTIVE = "active"
    """May train; also in days of grace."""
    NOT_STARTED = "not_started"
    FROZEN = "frozen"
    OVERDUE = "overdue"
    ENDED = "ended"
    NONE = "none"
    """Never had a membership."""
    BLOCKED = "blocked"
    """By staff, whatever the memberships say. A blocked member is in none of the other states."""


class MemberQuery(Message):
    """Which members are wanted, in which order; what is left out bounds nothing. ``*_last`` are part of it.

    ``search``: a word that begins so, for each word typed: of a name, the mail address, the phone or the number.
    ``after`` is ``next`` of the page before, asked for in the same order.
    """

    search: Annotated[str, Field(max_length=200)] | None = None
    state: MemberState | None = None
    plan_id: UUID | None = None
    site_id: UUID | None = None
    joined_first: Day | None = None
    joined_last: Day | None = None
    until_last: Day | None = None
    sort: MemberSort = MemberSort.NAME
    descending: bool = False
    after: Annotated[str, Field(max_length=1000)] | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 50
