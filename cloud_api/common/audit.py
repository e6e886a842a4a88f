"""The audit log: who did what to what, in one hash chain per service. Ids and field names, never a value."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from cloud_api.common.principal import Principal
from cloud_api.common.session import queue_of, transaction_time
from cloud_api.common.tables import AuditHead, AuditRow


@dataclass(frozen=True, slots=True)
class _Entry:
    service: str
    actor: str
    action: str
    subject: str
    fields: str


def record(
    session: Session,
    *,
    service: str,
    actor: Principal | str,
    action: str,
    subject: object,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Queue an audit row, written with the change at the end of the transaction.

    ``action`` is like ``device.revoked``; ``actor`` a principal, or a word for the program itself (``system``,
    ``operator``). Of ``before`` and ``after`` only the names of the fields that differ are kept.
    """
    old, new = dict(before or {}), dict(after or {})
    names = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
    queue_of(session, "audit").append(_Entry(service, name_of(actor), action, str(subject), json.dumps(names)))


def name_of(actor: Principal | str) -> str:
    """How an actor is written down: the kind and the id of an account, or the word for the program itself."""
    return f"{actor.kind.value}:{actor.subject}" if isinstance(actor, Principal) else actor


def write_queued(session: Session) -> None:
    """Chain and write what is queued. Called at the edge of the transaction only; services in the order of their names."""
    queue: list[_Entry] = queue_of(session, "audit")
    for service in sorted({entry.service for entry in queue}):
        head = _locked_head(session, service)
        for entry in queue:
            if entry.service == service:
                _append(session, head, entry)
    queue.clear()
    session.flush()


def _locked_head(session: Session, service: str) -> AuditHead:
    head = session.get(AuditHead, service, with_for_update=True)
    if head is None:
        head = AuditHead(service=service)
        session.add(head)
    return head


def _append(session: Session, head: AuditHead, entry: _Entry) -> None:
    row = AuditRow(
        service=entry.service,
        number=head.number + 1,
        at=transaction_time(session),
        actor=entry.actor,
        action=entry.action,
        subject=entry.subject,
        fields=entry.fields,
        hash="",
    )
    row.hash = _chained(head.hash, row)
    head.number, head.hash = row.number, row.hash
    session.add(row)


def _chained(previous: str, row: AuditRow) -> str:
    parts = [previous, row.service, row.number, row.at.isoformat(), row.actor, row.action, row.subject, row.fields]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def find_break(session: Session, service: str) -> int | None:
    """The number of the first row that does not follow from the one before it; None when the chain holds."""
    previous, number = "", 0
    for row in session.exec(select(AuditRow).where(AuditRow.service == service).order_by(col(AuditRow.number))):
        number += 1
        if row.number != number or row.hash != _chained(previous, row):
            return number
        previous = row.hash
    head = session.get(AuditHead, service)
    kept = (0, "") if head is None else (head.number, head.hash)
    return None if kept == (number, previous) else number + 1
