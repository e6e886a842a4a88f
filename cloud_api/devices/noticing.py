"""What the cloud notices about events that a kiosk could not know: by the roster, and by other kiosks' events.

Every event is stored whatever is noticed (promise: an upload reports the past).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Table, select, tuple_
from sqlmodel import Session, SQLModel

from cloud_api.common import tables as _common  # noqa: F401  # defines the roster's tables
from cloud_api.devices import tables as _own  # noqa: F401
from shared.contracts.devices import EventRecord
from shared.contracts.roster import CredentialBody, MemberBody, RowKind
from shared.domain.attendance import Outcome
from shared.domain.passes import PassKind, PassStatus

UNKNOWN_MEMBER = "unknown_member"  # the roster of this site never had this member
REMOVED_MEMBER = "removed_member"  # it had, and has no more: erased, or gone to another site
ADMITTED_AFTER_BLOCK = "admitted_after_block"
ADMITTED_AFTER_REVOCATION = "admitted_after_revocation"
CODE_USED_ELSEWHERE = "code_used_elsewhere"  # the same live code opened at another kiosk

_ROWS: Table = SQLModel.metadata.tables["roster_row"]
_EVENTS: Table = SQLModel.metadata.tables["devices_event"]
_Flags = dict[UUID, list[str]]


def notice(
    session: Session, events: Sequence[tuple[EventRecord, datetime]], *, site_id: UUID, device_id: UUID
) -> dict[UUID, list[str]]:
    """Flags by event id, for new events with their effective times. Only events with a flag are in it."""
    flags: _Flags = defaultdict(list)
    granted = [(event, at) for event, at in events if event.outcome is Outcome.GRANTED]
    _notice_members(session, events, site_id, flags)
    _notice_revoked(session, granted, site_id, flags)
    _notice_used_codes(session, [event for event, _ in granted], device_id, flags)
    return flags


def _notice_members(
    session: Session, events: Sequence[tuple[EventRecord, datetime]], site_id: UUID, flags: _Flags
) -> None:
    keys = {event.member_id: str(event.member_id) for event, _ in events if event.member_id is not None}
    if not keys:
        return
    columns = (_ROWS.c.version, _ROWS.c.changed_at, _ROWS.c.body.is_(None).label("gone"))
    rows = _rows(session, site_id, RowKind.MEMBER, keys.values(), columns)
    suspects = []
    for event, at in events:
        if event.member_id is None:
            continue
        row = rows.get(keys[event.member_id])
        if row is None:
            flags[event.id].append(UNKNOWN_MEMBER)
        elif row.gone:
            flags[event.id].append(REMOVED_MEMBER)
        elif event.outcome is Outcome.GRANTED and _changed_unseen(row, event, at):
            suspects.append((event, at))
    _notice_blocked(session, suspects, site_id, flags)


def _notice_blocked(
    session: Session, suspects: Sequence[tuple[EventRecord, datetime]], site_id: UUID, flags: _Flags
) -> None:
    bodies = _rows(session, site_id, RowKind.MEMBER, {str(e.member_id) for e, _ in suspects}, (_ROWS.c.body,))
    for event, at in suspects:
        member = MemberBody.model_validate_json(bodies[str(event.member_id)].body)
        if member.blocked and (member.blocked_until is None or at < member.blocked_until):
            flags[event.id].append(ADMITTED_AFTER_BLOCK)


def _notice_revoked(
    session: Session, granted: Sequence[tuple[EventRecord, datetime]], site_id: UUID, flags: _Flags
) -> None:
    shown = [(event, at, event.lookup.hex()) for event, at in granted if event.lookup is not None]
    oldest = min((event.roster_version or 0 for event, _, _ in shown), default=0)
    columns = (_ROWS.c.version, _ROWS.c.changed_at, _ROWS.c.body)
    rows = _rows(session, site_id, RowKind.CREDENTIAL, {key for _, _, key in shown}, columns, after=oldest)
    for event, at, key in shown:
        row = rows.get(key)
        if row is None or row.body is None or not _changed_unseen(row, event, at):
            continue
        if CredentialBody.model_validate_json(row.body).status is PassStatus.REVOKED:
            flags[event.id].append(ADMITTED_AFTER_REVOCATION)


def _changed_unseen(row: Row[Any], event: EventRecord, at: datetime) -> bool:
    """Whether the row had changed before the event, and the kiosk had not heard of it."""
    return bool(row.version > (event.roster_version or 0) and row.changed_at <= at)


def _notice_used_codes(session: Session, granted: Sequence[EventRecord], device_id: UUID, flags: _Flags) -> None:
    codes = {
        (event.lookup, event.code_at): event.id
        for event in granted
        if event.pass_kind is PassKind.LIVE and event.lookup is not None and event.code_at is not None
    }
    if not codes:
        return
    used = session.execute(
        select(_EVENTS.c.lookup, _EVENTS.c.code_at).where(
            tuple_(_EVENTS.c.lookup, _EVENTS.c.code_at).in_(list(codes)), _EVENTS.c.device_id != device_id
        )
    )
    for lookup, code_at in used:
        event_id = codes[lookup, code_at]
        if CODE_USED_ELSEWHERE not in flags[event_id]:
            flags[event_id].append(CODE_USED_ELSEWHERE)


def _rows(
    session: Session, site_id: UUID, kind: RowKind, keys: Iterable[str], columns: Sequence[Any], *, after: int = -1
) -> dict[str, Row[Any]]:
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    found = session.execute(
        select(_ROWS.c.key, *columns).where(
            _ROWS.c.site_id == site_id,
            _ROWS.c.kind == kind.value,
            _ROWS.c.key.in_(wanted),
            _ROWS.c.version > after,
        )
    )
    return {row.key: row for row in found}
