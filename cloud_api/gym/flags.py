"""What the cloud noticed about an entry, by its own verdict on it. Flags are told, they take nothing back."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlmodel import Session, col, select

from cloud_api.common.events import AttendanceRecorded
from cloud_api.gym.judge import Bench
from cloud_api.gym.past import is_entry
from cloud_api.gym.tables import AttendanceRow, MemberRow
from shared.domain.decision import DenialReason, Denied

ADMITTED_AFTER_BLOCK = "admitted_after_block"
"""Let in after staff had closed the door to the member; the door did not know yet."""
UNKNOWN_VOUCHER = "unknown_voucher"
"""Let in on a voucher that the cloud has not heard of yet: nobody's entry so far."""
NOW_REFUSED = "now_"
"""``now_<reason>``: by what the cloud knows now, the rule book would refuse this entry."""
SALVAGED = "salvaged"
"""From ``devices``: handed in by a revoked device, so it counts only once a person has looked at it."""

_SAID_ALREADY = {
    DenialReason.BLOCKED_BY_STAFF: {ADMITTED_AFTER_BLOCK},
    DenialReason.PASS_REVOKED: {"admitted_after_revocation"},
    DenialReason.UNKNOWN_PASS: {"unknown_member", "removed_member"},
    DenialReason.BAD_SIGNATURE: {UNKNOWN_VOUCHER},
}
"""What a flag says better than the reason; most of them are set by ``devices``."""


@dataclass(frozen=True, slots=True)
class Stored:
    """An event as it came, and its row to be."""

    arrival: AttendanceRecorded
    row: AttendanceRow


def flag_entries(session: Session, stored: Sequence[Stored]) -> None:
    """Look at the entries among events about to be stored."""
    entries = sorted((item for item in stored if is_entry(item.arrival)), key=lambda item: item.arrival.site_id)
    _flag_vouchers([item.row for item in entries])
    _flag_blocked(session, [item.row for item in entries])
    for site_id, group in groupby(entries, key=lambda item: item.arrival.site_id):
        here = list(group)
        around = [item.arrival for item in stored if item.arrival.site_id == site_id]
        bench = Bench(session, site_id, around)
        for item in here:
            verdict = bench.judge(item.arrival)
            if isinstance(verdict, Denied):
                _flag_refusal(item.row, verdict.reason)


def flags_of(row: AttendanceRow) -> set[str]:
    return set(json.loads(row.flags))


def add_flags(row: AttendanceRow, *flags: str) -> None:
    row.flags = json.dumps(sorted({*flags_of(row), *flags}))


def drop_flag(row: AttendanceRow, flag: str) -> None:
    row.flags = json.dumps(sorted(flags_of(row) - {flag}))


def _flag_refusal(row: AttendanceRow, reason: DenialReason) -> None:
    if not flags_of(row) & _SAID_ALREADY.get(reason, set()):
        add_flags(row, NOW_REFUSED + reason.value)


def _flag_vouchers(rows: Sequence[AttendanceRow]) -> None:
    for row in rows:
        if row.voucher_id is not None and row.member_id is None:
            add_flags(row, UNKNOWN_VOUCHER)


def _flag_blocked(session: Session, rows: Sequence[AttendanceRow]) -> None:
    wanted = {row.member_id for row in rows if row.member_id is not None}
    blocked = col(MemberRow.id).in_(wanted) & col(MemberRow.blocked_at).is_not(None)
    members = {member.id: member for member in session.exec(select(MemberRow).where(blocked))}
    for row in rows:
        member = None if row.member_id is None else members.get(row.member_id)
        if member is not None and _was_blocked(member, row.at):
            add_flags(row, ADMITTED_AFTER_BLOCK)


def _was_blocked(member: MemberRow, at: datetime) -> bool:
    since, until = member.blocked_at, member.blocked_until
    return since is not None and since <= at and (until is None or at < until)
