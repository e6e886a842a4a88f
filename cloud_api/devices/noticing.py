"""What the cloud notices about events that a kiosk could not know: by the roster, and by other kiosks' events.

Every event is stored whatever is noticed (promise: an upload reports the past). The queries look for what is out of
the ordinary; for an upload in which nothing is, they are two lookups and no more.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Table, select
from sqlmodel import Session, SQLModel

from cloud_api.common import tables as _common  # noqa: F401  # defines the roster's tables
from cloud_api.common.database import select_in
from shared.contracts.devices import EventRecord
from shared.contracts.roster import CredentialBody, MemberBody, RowKind
from shared.domain.attendance import Outcome
from shared.domain.passes import PassKind, PassStatus

UNKNOWN_MEMBER = "unknown_member"  # the roster of this site never had this member
REMOVED_MEMBER = "removed_member"  # it had, and has no more: erased, or gone to another site
ADMITTED_AFTER_BLOCK = "admitted_after_block"
ADMITTED_AFTER_REVOCATION = "admitted_after_revocation"
CODE_USED_ELSEWHERE = "code_used_elsewhere"  # the same live code opened at another kiosk

Dated = Sequence[tuple[EventRecord, datetime]]
"""New events with their effective times."""

_ROWS: Table = SQLModel.metadata.tables["roster_row"]
_LIVING = (
    "SELECT `key` FROM roster_row WHERE site_id = ? AND kind = 'member' AND body IS NOT NULL AND `key` IN ({keys})"
)
_HEAD_AND_LIVING = """SELECT (SELECT version FROM roster_head WHERE site_id = ?), COUNT(*) FROM roster_row
WHERE site_id = ? AND kind = 'member' AND body IS NOT NULL AND `key` IN ({keys})"""
_USES = """SELECT e.code_key FROM devices_event e JOIN devices_upload u ON u.number = e.upload_number
WHERE u.device_id <> ? AND e.code_key IN ({keys})"""
_Flags = dict[UUID, list[str]]


def code_key(event: EventRecord) -> bytes | None:
    """What two uses of one live code have in common: lookup hash and unix second; None when no live code opened."""
    if event.pass_kind is not PassKind.LIVE or event.outcome is not Outcome.GRANTED:
        return None
    if event.lookup is None or event.code_at is None:
        return None
    return event.lookup + int(event.code_at.timestamp()).to_bytes(8, "big", signed=True)


def notice(
    session: Session, dated: Dated, codes: dict[bytes, UUID], *, site_id: UUID, device_id: UUID
) -> dict[UUID, list[str]]:
    """Flags by event id; only events with a flag are in it. ``codes``: the ids of the events by their code keys."""
    flags: _Flags = defaultdict(list)
    members = {str(event.member_id): event.member_id for event, _ in dated if event.member_id is not None}
    head, living = _head_and_living(session, site_id, members)
    if living < len(members):
        _notice_absent(session, dated, site_id, members, flags)
    _notice_unseen_changes(session, dated, site_id, head, flags)
    for (key,) in set(select_in(session, _USES, given=[device_id.bytes], keys=list(codes))):
        flags[codes[key]].append(CODE_USED_ELSEWHERE)
    return flags


def _head_and_living(session: Session, site_id: UUID, keys: Collection[str]) -> tuple[int, int]:
    """The version of the site's roster, and how many of these members are in it: as a rule all of them."""
    given = [site_id.bytes, site_id.bytes]
    head, living = tuple(select_in(session, _HEAD_AND_LIVING, given=given, keys=list(keys) or [""])[0])
    return head or 0, living


def _notice_absent(session: Session, dated: Dated, site_id: UUID, members: Mapping[str, UUID], flags: _Flags) -> None:
    """Members that the site's roster has no more, or never had."""
    living = {key for (key,) in select_in(session, _LIVING, given=[site_id.bytes], keys=list(members))}
    absent = members.keys() - living
    tombstones = _rows(session, site_id, RowKind.MEMBER, absent)
    told = {members[key]: REMOVED_MEMBER if key in tombstones else UNKNOWN_MEMBER for key in absent}
    for event, _ in dated:
        if event.member_id in told:
            flags[event.id].append(told[event.member_id])


def _notice_unseen_changes(session: Session, dated: Dated, site_id: UUID, head: int, flags: _Flags) -> None:
    """Members let in after they were blocked, passes after they were revoked: the kiosk had not heard of it yet."""
    granted = [(event, at) for event, at in dated if event.outcome is Outcome.GRANTED]
    oldest = min((event.roster_version or 0 for event, _ in granted), default=head)
    if head <= oldest:
        return
    keys = {str(event.member_id) for event, _ in granted}
    blocked = _rows(session, site_id, RowKind.MEMBER, keys, after=oldest)
    keys = {event.lookup.hex() for event, _ in granted if event.lookup is not None}
    revoked = _rows(session, site_id, RowKind.CREDENTIAL, keys, after=oldest)
    for event, at in granted:
        member = blocked.get(str(event.member_id))
        if member is not None and _unseen(member, event, at) and _is_blocked(member.body, at):
            flags[event.id].append(ADMITTED_AFTER_BLOCK)
        credential = revoked.get("" if event.lookup is None else event.lookup.hex())
        if credential is not None and _unseen(credential, event, at) and _is_revoked(credential.body):
            flags[event.id].append(ADMITTED_AFTER_REVOCATION)


def _unseen(row: Row[Any], event: EventRecord, at: datetime) -> bool:
    """Whether the row had changed before the event, in a version that the kiosk did not have."""
    return bool(row.version > (event.roster_version or 0) and row.changed_at <= at)


def _is_blocked(body: str | None, at: datetime) -> bool:
    if body is None:
        return False
    member = MemberBody.model_validate_json(body)
    return member.blocked and (member.blocked_until is None or at < member.blocked_until)


def _is_revoked(body: str | None) -> bool:
    return body is not None and CredentialBody.model_validate_json(body).status is PassStatus.REVOKED


def _rows(
    session: Session, site_id: UUID, kind: RowKind, keys: Iterable[str], *, after: int = -1
) -> dict[str, Row[Any]]:
    """Roster rows of a kind among these keys that changed after a version."""
    found = session.execute(
        select(_ROWS.c.key, _ROWS.c.version, _ROWS.c.changed_at, _ROWS.c.body).where(
            _ROWS.c.site_id == site_id,
            _ROWS.c.kind == kind.value,
            _ROWS.c.key.in_(sorted(keys)),
            _ROWS.c.version > after,
        )
    )
    return {row.key: row for row in found}
