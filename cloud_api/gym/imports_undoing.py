"""Undoing an import: whoever came of it and is as the import made them is forgotten, everybody else is kept."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from cloud_api.common import audit, placement
from cloud_api.common.journal import Journal
from cloud_api.common.principal import Principal
from cloud_api.common.session import transaction_time
from cloud_api.gym import erasure
from cloud_api.gym.lookups import lock_members
from cloud_api.gym.tables import ImportLineRow, ImportRow, MemberRow, MembershipRow, PaidLineRow, PhotoRow, VisitRow
from shared.contracts.imports import UNDO_DAYS, LineOutcome, UndoStep
from shared.domain.passes import PassKind
from shared.errors import Rejected

STEP = 100
"""So many members in a step: each is a transaction, and the doors' rosters are held at its end only."""
_OLD_TAGS = frozenset({PassKind.BARCODE})


def undo_some(session: Session, journal: Journal, import_id: UUID, *, by: Principal | str) -> UndoStep:
    """Undo the next lines of an import, the first ones first. Nothing goes into it from now on.

    An erased member is a tombstone as any other, so that kiosks, restored backups and late events treat it as one. A
    member to whom something has happened since is kept: a visit, a payment, a new pass, a change.

    Raises:
        Rejected: ``import_unknown``; ``undo_too_late`` after 30 days.
    """
    row = _hold(session, import_id, by=by)
    lines = session.exec(_made(import_id).order_by(col(ImportLineRow.line)).limit(STEP)).all()
    ids = [line.member_id for line in lines if line.member_id is not None]
    lock_members(session, ids)
    members = {each.id: each for each in session.exec(select(MemberRow).where(col(MemberRow.id).in_(ids)))}
    reasons = _reasons(session, lines, members.values())
    erasure.erase_many(
        session, journal, [each for each in members.values() if each.id not in reasons and each.erased_at is None]
    )
    for line in lines:
        line.reason = reasons.get(line.member_id) if line.member_id is not None else None
        line.outcome = (LineOutcome.ERASED if line.reason is None else LineOutcome.KEPT).value
        session.add(line)
    session.flush()
    step = UndoStep(erased=len(lines) - len(reasons), kept=len(reasons), left=_left(session, import_id))
    if lines:
        after = {"erased": step.erased, "kept": step.kept}
        audit.record(session, service="gym", actor=by, action="import.undone", subject=row.id, after=after)
    return step


def _hold(session: Session, import_id: UUID, *, by: Principal | str) -> ImportRow:
    row = session.get(ImportRow, import_id, with_for_update=True)
    if row is None:
        raise Rejected("There is no such import.", code="import_unknown")
    now = transaction_time(session)
    if now > row.started_at + timedelta(days=UNDO_DAYS):
        raise Rejected(f"After {UNDO_DAYS} days an import stays.", code="undo_too_late")
    if row.undone_at is None:
        row.undone_at, row.undone_by = now, audit.name_of(by)
        session.add(row)
    return row


def _made(import_id: UUID):  # type: ignore[no-untyped-def]  # noqa: ANN202  # a select, whose type is longer than it
    made = LineOutcome.MADE.value
    return select(ImportLineRow).where(ImportLineRow.import_id == import_id, ImportLineRow.outcome == made)


def _left(session: Session, import_id: UUID) -> int:
    return session.scalar(select(func.count()).select_from(_made(import_id).subquery())) or 0


def _reasons(session: Session, lines: Sequence[ImportLineRow], members: Collection[MemberRow]) -> dict[UUID, str]:
    """Why members are kept, the weightiest reason of each."""
    living = [row.id for row in members if row.erased_at is None]
    begun_with = {line.membership_id for line in lines}
    held = session.exec(select(MembershipRow).where(col(MembershipRow.member_id).in_(living))).all()
    changed = {row.id for row in members if row.id in living and row.version > 1}
    changed |= {row.member_id for row in held if row.version > 1 or row.id not in begun_with}
    changed |= set(session.exec(select(PhotoRow.member_id).where(col(PhotoRow.member_id).in_(living))))
    paid = set(
        session.exec(select(PaidLineRow.membership_id).where(col(PaidLineRow.membership_id).in_([r.id for r in held])))
    )
    visited = select(VisitRow.member_id).where(col(VisitRow.member_id).in_(living), col(VisitRow.is_void).is_(False))
    reasons = dict.fromkeys(changed, "changed")
    reasons |= dict.fromkeys(placement.holders(session, living, but=_OLD_TAGS), "passes")
    reasons |= {row.member_id: "payments" for row in held if row.id in paid}
    return reasons | dict.fromkeys(session.exec(visited), "visits")
