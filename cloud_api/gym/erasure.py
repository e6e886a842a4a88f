"""Erasing a member: a tombstone stays, whatever names a person goes (hard case: erased members)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from cloud_api.common import audit, placement
from cloud_api.common.journal import Journal
from cloud_api.common.principal import Principal
from cloud_api.common.session import transaction_time
from cloud_api.gym import photos
from cloud_api.gym.families import release_wards
from cloud_api.gym.lookups import get_living_member
from cloud_api.gym.outgoing import tell_all_erased, tell_erased
from cloud_api.gym.remarks import forget_remarks
from cloud_api.gym.spans import forget_spans
from cloud_api.gym.tables import AttendanceRow, MemberRow
from cloud_api.gym.words import forget_words

JOURNAL_KIND = "member_erased"


def erase_member(session: Session, journal: Journal, member_id: UUID, *, by: Principal | str) -> MemberRow:
    """Forget who a member was: name, address, number, keys, photo, and every pass in every roster.

    Visits and memberships stay under the bare id. The journal makes a restored backup forget again. Asked again, such
    as when the answer was lost, it changes nothing.

    Raises:
        Rejected: ``member_unknown``; ``member_erased`` for one who was merged into another.
    """
    known = session.get(MemberRow, member_id, with_for_update=True)
    if known is not None and known.erased_at is not None and known.merged_into is None:
        return known
    row = get_living_member(session, member_id)
    now = transaction_time(session)
    _forget(session, row, at=now)
    _record(session, row, by=by)
    tell_erased(session, row)
    merged = session.exec(select(MemberRow.id).where(MemberRow.merged_into == member_id)).all()
    journal.append_many(JOURNAL_KIND, [member_id, *merged], now)  # a backup may know them apart
    return row


def erase_many(session: Session, journal: Journal, rows: Sequence[MemberRow]) -> None:
    """Forget many living members without a photo, whom the caller holds and writes into the audit log."""
    ids, now = [row.id for row in rows], transaction_time(session)
    placement.erase_members(session, ids)
    for row in rows:
        blank(row, at=now)
        session.add(row)
    session.exec(update(AttendanceRow).where(col(AttendanceRow.member_id).in_(ids)).values(note=None))
    session.flush()
    forget_words(session, ids)
    forget_spans(session, ids)
    forget_remarks(session, ids)
    release_wards(session, ids)
    tell_all_erased(session, rows)
    journal.append_many(JOURNAL_KIND, ids, now)


def erase_again(session: Session, member_id: UUID, at: datetime) -> None:
    """Do after a restore what the journal says was done."""
    row = session.get(MemberRow, member_id)
    if row is None or row.erased_at is not None:
        return
    _forget(session, row, at=at)
    _record(session, row, by="restore")
    tell_erased(session, row)


def _record(session: Session, row: MemberRow, *, by: Principal | str) -> None:
    audit.record(
        session, service="gym", actor=by, action="member.erased", subject=row.id, member_id=row.id,
        after={"erased_at": row.erased_at},
    )  # fmt: skip


def _forget(session: Session, row: MemberRow, *, at: datetime) -> None:
    placement.erase_member(session, row.id)
    blank(row, at=at)
    session.exec(update(AttendanceRow).where(col(AttendanceRow.member_id) == row.id).values(note=None))
    session.add(row)
    session.flush()
    forget_words(session, [row.id])
    forget_spans(session, [row.id])
    forget_remarks(session, [row.id])
    release_wards(session, [row.id])
    photos.forget_photo(session, row.id)  # last: who was setting one held the member's row until now


def blank(row: MemberRow, *, at: datetime) -> None:
    """Make a tombstone of a member's row."""
    row.number = row.email = row.phone = row.sealed = row.block_note = row.host_id = None
    row.given_name = row.family_name = row.number_order = ""
    row.blocked_at = row.blocked_until = row.guardian_id = row.born_on = None
    row.document_missing = False
    row.erased_at = at
    row.version += 1
