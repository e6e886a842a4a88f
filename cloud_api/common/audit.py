"""The audit log: who did what to what, from where, before and after; one hash chain per service.

Values that name a person are sealed under the member's own key and lost with it; what people wrote in their own words
is only named. Everything else is kept as it is.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from cloud_api.common.audit_chain import FORM, chained, noun_of
from cloud_api.common.confidential import open_with, seal_for
from cloud_api.common.keys import Keys
from cloud_api.common.principal import Principal, PrincipalKind
from cloud_api.common.session import queue_of, transaction_time
from cloud_api.common.tables import AuditHead, AuditRow

_PURPOSE = "audit"


@dataclass(frozen=True, slots=True)
class Personal:
    """The fields of a change whose values name a member: they are sealed under the member's content key."""

    keys: Keys
    member_id: UUID
    names: Collection[str]


@dataclass(frozen=True, slots=True)
class _Entry:
    service: str
    actor: str
    action: str
    subject: str
    member_id: UUID | None
    device: str | None
    desk: str | None
    fields: list[str]
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    sealed: bytes | None = None


def record(
    session: Session,
    *,
    service: str,
    actor: Principal | str,
    action: str,
    subject: object,
    member_id: UUID | None = None,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    unsaid: Collection[str] = (),
    personal: Personal | None = None,
) -> None:
    """Queue an audit row, written with the change at the end of the transaction.

    ``action`` is like ``device.revoked``; ``actor`` a principal, or a word for the program itself (``system``,
    ``operator``); ``member_id`` the member whom it concerns. Of ``before`` and ``after`` the fields that differ are
    kept: with their values, but for those of ``unsaid`` fields, which are only named, and those of ``personal`` ones.

    Raises:
        Rejected: ``member_unknown``: personal values of an erased member cannot be sealed.
    """
    names, old, new = _differing(before or {}, after or {})
    private = set() if personal is None else {name for name in names if name in personal.names}
    said = [name for name in names if name not in private and name not in unsaid]
    sealed = None
    if personal is not None and private:
        values = {"before": _only(old, private), "after": _only(new, private)}
        sealed = seal_for(session, personal.keys, personal.member_id, _PURPOSE, values)
    whom = member_id if personal is None else personal.member_id
    device, desk = _from_where(actor)
    queue_of(session, "audit").append(
        _Entry(
            service=service,
            actor=name_of(actor),
            action=action,
            subject=str(subject),
            member_id=whom,
            device=device,
            desk=desk,
            fields=names,
            before=_only(old, said),
            after=_only(new, said),
            sealed=sealed,
        )
    )


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


def open_values(row: AuditRow, content_key: bytes) -> dict[str, dict[str, Any]]:
    """The personal values of a row, ``before`` and ``after``. Raises ValueError: they were sealed for something else."""
    if row.sealed is None or row.member_id is None:
        return {"before": {}, "after": {}}
    values: dict[str, dict[str, Any]] = open_with(content_key, row.member_id, _PURPOSE, row.sealed)
    return values


def _from_where(actor: Principal | str) -> tuple[str | None, str | None]:
    """What the access token proves, and what the desk said."""
    if isinstance(actor, str):
        return None, None
    if actor.kind is PrincipalKind.DEVICE:
        return f"device:{actor.subject}", None
    return None if actor.session_id is None else f"session:{actor.session_id}", actor.desk


def _differing(
    before: Mapping[str, object], after: Mapping[str, object]
) -> tuple[list[str], dict[str, Any], dict[str, Any]]:
    """The names of the fields that differ, in order, and both sides as JSON can say them."""
    names = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    return names, _sayable(before, names), _sayable(after, names)


def _sayable(values: Mapping[str, object], names: Collection[str]) -> dict[str, Any]:
    ordered = {name: _in_order(values[name]) for name in names if name in values}
    told: dict[str, Any] = to_jsonable_python(ordered, bytes_mode="hex")
    return told


def _in_order(value: object) -> object:
    return sorted(value, key=str) if isinstance(value, set | frozenset) else value


def _only(values: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in names}


def _locked_head(session: Session, service: str) -> AuditHead:
    head = session.get(AuditHead, service, with_for_update=True)
    return head or _first_head(session, service)


def _first_head(session: Session, service: str) -> AuditHead:
    """The beginning of a chain. Of two that begin it at once the second goes on with that of the first."""
    try:
        with session.begin_nested():
            head = AuditHead(service=service)
            session.add(head)
            session.flush()
    except IntegrityError:
        return session.get_one(AuditHead, service, with_for_update=True, populate_existing=True)
    return head


def _append(session: Session, head: AuditHead, entry: _Entry) -> None:
    row = AuditRow(
        service=entry.service,
        number=head.number + 1,
        form=FORM,
        at=transaction_time(session),
        actor=entry.actor,
        action=entry.action,
        noun=noun_of(entry.action),
        subject=entry.subject,
        member_id=entry.member_id,
        device=entry.device,
        desk=entry.desk,
        fields=json.dumps(entry.fields),
        before=json.dumps(entry.before),
        after=json.dumps(entry.after),
        sealed=entry.sealed,
        hash="",
    )
    row.hash = chained(head.hash, row)
    head.number, head.hash = row.number, row.hash
    session.add(row)
