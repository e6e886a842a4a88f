"""The hash chain of the audit log: what a row's hash covers, and whether a chain holds."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table
from sqlalchemy import select as select_columns
from sqlmodel import Session, SQLModel, select

from cloud_api.common.tables import AuditHead, AuditRow

FORM = 2
"""What the hash of a new row covers. Rows of form 1 had no device and no values."""
STRETCH = 10_000
"""So many rows are checked at a time: some tenths of a second."""
_SINCE_FORM_2 = ("member_id", "device", "desk", "before", "after", "sealed")
_AUDIT: Table = SQLModel.metadata.tables["common_audit"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a chain that was checked, through row ``checked``; ``broken_at`` is the first row that is not right."""

    checked: int
    broken_at: int | None
    is_last: bool


def noun_of(action: str) -> str:
    """The kind of thing that an action is about."""
    return action.partition(".")[0]


def chained(previous: str, row: Any) -> str:
    """The hash of a row that follows the row with the hash ``previous``."""
    parts = [previous, row.service, row.number, row.at.isoformat(), row.actor, row.action, row.subject, row.fields]
    if row.form != 1:
        whom = None if row.member_id is None else str(row.member_id)
        sealed = None if row.sealed is None else bytes(row.sealed).hex()
        parts += [row.form, whom, row.device, row.desk, row.before, row.after, sealed]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def find_break(session: Session, service: str) -> int | None:
    """The number of the first row that does not follow from the one before it; None when the chain holds."""
    checked = 0
    while True:
        stretch = check_stretch(session, service, after=checked)
        if stretch.is_last:
            return stretch.broken_at
        checked = stretch.checked


def check_stretch(session: Session, service: str, *, after: int, limit: int = STRETCH) -> Stretch:
    """Check the rows behind one that was checked before; behind the last one, that none is missing."""
    previous, number = _hash_at(session, service, after), after
    if previous is None:
        return Stretch(after, after, is_last=True)
    wanted = select_columns(_AUDIT).where(_AUDIT.c.service == service, _AUDIT.c.number > after)
    wanted = wanted.order_by(_AUDIT.c.number).limit(limit).execution_options(yield_per=1000)
    for row in session.execute(wanted):
        number += 1
        if not _follows(row, previous, number):
            return Stretch(number - 1, number, is_last=True)
        previous = row.hash
    if number == after + limit:
        return Stretch(number, None, is_last=False)
    head = session.get(AuditHead, service)
    kept = (0, "") if head is None else (head.number, head.hash)
    return Stretch(number, None if kept == (number, previous) else number + 1, is_last=True)


def _hash_at(session: Session, service: str, number: int) -> str | None:
    if number == 0:
        return ""
    return session.exec(select(AuditRow.hash).where(AuditRow.service == service, AuditRow.number == number)).first()


def _follows(row: Any, previous: str, number: int) -> bool:
    is_known = row.form == FORM or (row.form == 1 and all(getattr(row, name) is None for name in _SINCE_FORM_2))
    as_told = row.number == number and row.noun == noun_of(row.action)
    return is_known and as_told and bool(row.hash == chained(previous, row))
