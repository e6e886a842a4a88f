"""The messages of moving in: members of another system, a portion of a file's lines at a time."""

from datetime import date
from enum import Enum
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from shared.contracts.base import Instant, Message
from shared.contracts.devices import CodeText
from shared.contracts.fields import Day, Email, Line, MemberNumber, Name, PhoneNumber
from shared.contracts.gym import MemberRef

MAX_ROWS = 500
"""Lines in one portion at the most."""
UNDO_DAYS = 30
"""So long an import can be undone."""

_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)


def _within_lives(day: date) -> date:
    if not _FIRST_DAY <= day <= _LAST_DAY:
        message = f"a day must lie between {_FIRST_DAY} and {_LAST_DAY}"
        raise ValueError(message)
    return day


LineNumber = Annotated[int, Field(ge=1, le=10_000_000)]
FileName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class ImportMember(Message):
    """One member as the old system knew one. ``line`` is the place in the file, from 1, and names the row for ever.

    Without a ``number`` the gym gives the next one. Without ``joined_on`` the member joins today. A plan's first period
    is paid unless ``paid_through_on`` says otherwise; without ``starts_on`` it begins on the day of joining.
    ``visits_left`` is for packs. Days are of the home site.
    """

    line: LineNumber
    number: MemberNumber | None = None
    given_name: Name
    family_name: Line = ""
    email: Email | None = None
    phone: PhoneNumber | None = None
    home_site_id: UUID
    joined_on: Annotated[date, AfterValidator(_within_lives)] | None = None
    blocked: bool = False
    plan_id: UUID | None = None
    starts_on: Day | None = None
    paid_through_on: Day | None = None
    ends_on: Day | None = None
    visits_left: Annotated[int, Field(ge=0, le=10_000)] | None = None


class ImportPortion(Message):
    """Some lines of a file. ``dry_run`` answers the same and writes nothing. ``file_name`` is without its folder."""

    file_name: FileName
    dry_run: bool = False
    rows: Annotated[list[ImportMember], Field(min_length=1, max_length=MAX_ROWS)]

    @model_validator(mode="after")
    def _names_each_line_once(self) -> Self:
        if len({row.line for row in self.rows}) < len(self.rows):
            message = "a line stands here twice"
            raise ValueError(message)
        return self


class LineOutcome(Enum):
    """What became of a line."""

    MADE = "made"
    THERE = "there"  # the gym has this member: same number and name, or same e-mail address and given name
    REFUSED = "refused"
    ERASED = "erased"  # made, and undone
    KEPT = "kept"  # made, and not undone: something happened since


class LineResult(Message):
    """``member_id`` is who was made or is there, None for a dry run's new one; ``reason`` a code for what is refused.

    The codes: ``number_taken`` (somebody else has it), ``site_unknown``, ``plan_unknown``, ``plan_missing`` (days or
    visits without a plan), ``no_pack`` (visits left of a plan that counts none), ``days_wrong`` (it ends before it
    begins).
    """

    line: int
    outcome: LineOutcome
    reason: CodeText | None
    member_id: UUID | None


class PortionAnswer(Message):
    """One result a row, in their order."""

    results: list[LineResult]


class ImportView(Message):
    """An import, and how many of its lines came to what. ``started_by`` names an account as the audit log does."""

    id: UUID
    file_name: str
    started_at: Instant
    started_by: str
    undone_at: Instant | None
    undo_until: Instant
    made: int
    there: int
    refused: int
    erased: int
    kept: int


class ImportList(Message):
    """The newest hundred, newest first."""

    items: list[ImportView]


class ImportLine(Message):
    """A line of an import; of one that was kept ``reason`` is ``visits``, ``payments``, ``passes`` or ``changed``."""

    line: int
    outcome: LineOutcome
    reason: CodeText | None
    member: MemberRef | None


class ImportLinePage(Message):
    """In the order of the file. ``next`` goes into ``after``; None at the end."""

    items: list[ImportLine]
    next: str | None


class UndoStep(Message):
    """What one step of undoing did. With ``left`` above zero, ask for the next one."""

    erased: int
    kept: int
    left: int
