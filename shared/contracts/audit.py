"""The messages of the audit log: who did what to what, from where, before and after."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Instant, Message

_Word = Annotated[str, Field(min_length=1, max_length=128)]


class AuditQuery(Message):
    """Which rows are wanted, newest first; what is left out bounds nothing.

    ``actor`` is as in a row. ``actions`` are such as ``plan.changed``, or ``plan`` for all about plans; ``about`` the
    ids of what was changed, or of members whom it concerned. ``since`` is part of the time, ``until`` is not.
    """

    actor: _Word | None = None
    actions: list[_Word] = Field(default_factory=list, max_length=50)
    about: list[_Word] = Field(default_factory=list, max_length=200)
    since: Instant | None = None
    until: Instant | None = None
    after: Annotated[str, Field(max_length=1000)] | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class AuditEntry(Message):
    """One row. ``service`` and ``number`` name it.

    ``actor`` is ``person:<id>``, ``device:<id>``, or a word for the program itself (``system``, ``operator`` ...).
    ``device`` is what the access token proved, ``session:<id>`` or ``device:<id>``; ``desk`` what that desk called
    itself when somebody signed in there, which nobody proved. ``fields`` are the names of all that changed, ``before``
    and ``after`` their values. Words that people wrote and who staff are have no values here; the values of ``erased``
    fields went with their member. ``before`` and ``after`` are None in rows from before values were kept.
    """

    service: str
    number: int
    at: Instant
    actor: str
    action: str
    subject: str
    member_id: UUID | None
    device: str | None
    desk: str | None
    fields: list[str]
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    erased: list[str]


class AuditPage(Message):
    """``next`` asks for the page after this one; None on the last."""

    items: list[AuditEntry]
    next: str | None


class AuditCheckQuery(Message):
    """``after`` is ``next`` of the answer before: a long log is checked a stretch at a time."""

    after: Annotated[str, Field(max_length=64)] | None = None


class AuditBreak(Message):
    """The first row of a service's chain that does not follow from the one before it, or is missing."""

    service: str
    number: int


class AuditState(Message):
    """Whether the chains hold. ``rows`` there are, ``checked`` of them by now; ``next`` is None when all are."""

    rows: int
    checked: int
    breaks: list[AuditBreak]
    next: str | None
