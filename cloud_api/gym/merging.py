"""Making one member of two that are the same person: both histories go on under one, the other leads there.

Not to be undone: from then on nobody can tell whose a visit was. The other member's key is lost with the name, so a
card taken over opens the door, but greets without a name until a new one is issued.
"""

from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from cloud_api.common import audit, placement
from cloud_api.common.confidential import open_sealed, seal_for
from cloud_api.common.keys import Keys
from cloud_api.common.principal import Principal
from cloud_api.common.session import transaction_time
from cloud_api.gym import remarks
from cloud_api.gym.erasure import blank
from cloud_api.gym.last_visits import keep_last_visits
from cloud_api.gym.lookups import get_living_member, get_site, lock_members, memberships_of
from cloud_api.gym.mapping import to_membership, to_site
from cloud_api.gym.members import PERSONAL, known_of
from cloud_api.gym.outgoing import tell_member, tell_membership, tell_merged, tell_visits
from cloud_api.gym.packs import recount
from cloud_api.gym.placing import sealed_card, tell_doors
from cloud_api.gym.spans import forget_spans, keep_spans
from cloud_api.gym.tables import AttendanceRow, MemberRow, MembershipRow, NoteRow, RemarkRow, VisitRow, VoucherRow
from cloud_api.gym.visits import derive_again
from cloud_api.gym.words import forget_words, keep_words
from shared.contracts.merging import Merge
from shared.errors import InvalidInput, Rejected

_HAVE_MEMBER = (AttendanceRow, NoteRow, VoucherRow)
_HAVE_VERSION = (MembershipRow, VisitRow)
_FILLED_IN = ("email", "phone", "born_on")


def merge_members(session: Session, keys: Keys, kept_id: UUID, merge: Merge, *, by: Principal | str) -> MemberRow:
    """Let the kept member have all that the other one had. Asked again, it changes nothing.

    Raises:
        InvalidInput: both are one.
        Rejected: ``member_unknown``, ``member_erased``; ``member_changed``: somebody has changed one of them meanwhile.
    """
    if merge.other_id == kept_id:
        raise InvalidInput("A member cannot be merged with itself.", field="other_id")
    lock_members(session, {kept_id, merge.other_id})
    kept = get_living_member(session, kept_id)
    known = session.get(MemberRow, merge.other_id)
    if known is not None and known.merged_into == kept_id:
        return kept
    other = get_living_member(session, merge.other_id)
    if (kept.version, other.version) != (merge.version, merge.other_version):
        raise Rejected("Somebody has changed one of them meanwhile. Look at them again.", code="member_changed")
    before = known_of(kept)
    _move_remarks(session, keys, kept, other)
    _fill_in(session, kept, other)
    placement.merge_members(session, kept=kept_id, other=merge.other_id)
    _move_rows(session, kept, other)
    _close(session, kept, other)
    _settle(session, keys, kept, other)
    audit.record(
        session, service="gym", actor=by, action="member.merged", subject=kept.id,
        before=before, after={**known_of(kept), "merged": other.id}, personal=audit.Personal(keys, kept.id, PERSONAL),
    )  # fmt: skip
    return kept


def _fill_in(session: Session, kept: MemberRow, other: MemberRow) -> None:
    """What is not known of the one is taken from the other. A block stays, whoever of them had it."""
    for name in _FILLED_IN:
        if getattr(kept, name) is None:
            setattr(kept, name, getattr(other, name))
    if kept.blocked_at is None:
        kept.blocked_at, kept.blocked_until, kept.block_note = other.blocked_at, other.blocked_until, other.block_note
    kept.joined_at = min(kept.joined_at, other.joined_at)
    if kept.guardian_id in (None, other.id):
        kept.guardian_id = None if other.guardian_id == kept.id else other.guardian_id
    kept.host_id = None if kept.host_id == other.id else kept.host_id
    kept.version += 1
    session.add(kept)


def _move_remarks(session: Session, keys: Keys, kept: MemberRow, other: MemberRow) -> None:
    for row in session.exec(select(RemarkRow).where(RemarkRow.member_id == other.id)):
        text = open_sealed(session, keys, other.id, remarks.purpose_of(row.id), row.sealed)
        row.member_id, row.sealed = kept.id, seal_for(session, keys, kept.id, remarks.purpose_of(row.id), text)
        session.add(row)


def _move_rows(session: Session, kept: MemberRow, other: MemberRow) -> None:
    session.flush()
    for table in _HAVE_MEMBER:
        session.execute(update(table).where(col(table.member_id) == other.id).values(member_id=kept.id))
    for versioned in _HAVE_VERSION:
        values = {"member_id": kept.id, "version": col(versioned.version) + 1}
        session.execute(update(versioned).where(col(versioned.member_id) == other.id).values(values))
    for name in ("guardian_id", "host_id"):
        theirs = (col(getattr(MemberRow, name)) == other.id) & (col(MemberRow.id) != kept.id)
        session.execute(update(MemberRow).where(theirs).values({name: kept.id}))
    session.execute(update(MemberRow).where(col(MemberRow.merged_into) == other.id).values(merged_into=kept.id))
    session.expire_all()


def _close(session: Session, kept: MemberRow, other: MemberRow) -> None:
    blank(other, at=transaction_time(session))
    other.merged_into = kept.id
    session.add(other)
    session.flush()
    forget_words(session, [other.id])
    forget_spans(session, [other.id])


def _settle(session: Session, keys: Keys, kept: MemberRow, other: MemberRow) -> None:
    """Bring up to date what follows from the rows, and tell of it."""
    held = memberships_of(session, kept.id)
    kept.sealed = sealed_card(kept, placement.get_content_key(session, keys, kept.id))
    session.add(kept)
    keep_words(session, [kept])
    blocked = () if kept.blocked_at is None else (kept.id,)
    keep_spans(session, {kept.id: [to_membership(row) for row in held]}, blocked=blocked)
    tell_doors(session, keys, kept)
    visits = session.exec(select(VisitRow).where(VisitRow.member_id == kept.id)).all()
    tell_visits(session, visits, "corrected")
    changed = {row.id for row in held}
    for site_id in sorted({visit.site_id for visit in visits}):
        times = {visit.opened_at for visit in visits if visit.site_id == site_id}
        changed |= derive_again(session, to_site(get_site(session, site_id)), {kept.id: times})
    keep_last_visits(session, kept.home_site_id, {}, gone=[kept.id])
    recount(session, keys, changed)
    for row in held:
        tell_membership(session, row, "taken_over")
    tell_member(session, keys, kept, "changed")
    tell_merged(session, other)
