"""Packs: visits bought minus visits derived, never debited (hard case: packs are computed)."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from cloud_api.common import audit
from cloud_api.common.keys import Keys
from cloud_api.common.session import new_id, transaction_time
from cloud_api.gym.outgoing import tell_membership
from cloud_api.gym.placing import tell_doors
from cloud_api.gym.tables import MemberRow, MembershipRow, NoteRow, VisitRow

NAMED_CHECK_INS = 100
"""So many of the newest counted check-ins are named to the doors, which leave those out of their own sum."""


@dataclass(frozen=True, slots=True)
class Count:
    """What the visits say of a pack. ``check_ins`` are the newest ones, in the order of their ids."""

    visits: int
    check_ins: tuple[str, ...]
    last_visit_at: datetime | None


def recount(session: Session, keys: Keys, membership_ids: Collection[UUID]) -> None:
    """Count the visits of these packs anew and tell the doors where the sum or its check-ins changed.

    A change that is more than new visits after the last one corrects a number that was shown: it is written down, and
    staff are told. No entry is ever taken back.
    """
    query = select(MembershipRow).where(
        col(MembershipRow.id).in_(membership_ids), col(MembershipRow.bought).is_not(None)
    )
    for row in session.exec(query).all():
        now = count_visits(session, row)
        before = Count(row.counted, tuple(json.loads(row.counted_check_ins)), row.last_visit_at)
        if now != before:
            _store(session, keys, row, before, now)


def count_visits(session: Session, membership: MembershipRow) -> Count:
    """The visits that count on a pack, from the visits themselves."""
    visits = session.exec(
        select(VisitRow)
        .where(
            VisitRow.membership_id == membership.id,
            VisitRow.member_id == membership.member_id,
            col(VisitRow.is_void).is_(False),
        )
        .order_by(col(VisitRow.opened_at), col(VisitRow.id))
    ).all()
    check_ins = [item for visit in visits for item in json.loads(visit.check_ins)]
    newest = tuple(sorted(check_ins[-NAMED_CHECK_INS:]))
    return Count(len(visits), newest, visits[-1].opened_at if visits else None)


def _store(session: Session, keys: Keys, row: MembershipRow, before: Count, now: Count) -> None:
    fresh = _begun_after(session, row, before.last_visit_at)
    row.counted, row.last_visit_at = now.visits, now.last_visit_at
    row.counted_check_ins = json.dumps(now.check_ins)
    row.version += 1
    session.add(row)
    session.flush()
    if now.visits != before.visits + fresh:
        _note_correction(session, row, before, now)
    member = session.get(MemberRow, row.member_id)
    if member is not None and member.erased_at is None:
        tell_doors(session, keys, member)
    tell_membership(session, row, "counted")


def _begun_after(session: Session, row: MembershipRow, at: datetime | None) -> int:
    query = select(VisitRow.id).where(VisitRow.membership_id == row.id, col(VisitRow.is_void).is_(False))
    if at is not None:
        query = query.where(col(VisitRow.opened_at) > at)
    return len(session.exec(query).all())


def _note_correction(session: Session, row: MembershipRow, before: Count, now: Count) -> None:
    audit.record(
        session,
        service="gym",
        actor="system",
        action="membership.corrected",
        subject=row.id,
        member_id=row.member_id,
        before={"counted": before.visits},
        after={"counted": now.visits},
    )
    bought = row.bought or 0
    detail = {"membership_id": str(row.id), "left_before": bought - before.visits, "left_now": bought - now.visits}
    session.add(
        NoteRow(
            id=new_id(session),
            member_id=row.member_id,
            at=transaction_time(session),
            code="pack_corrected",
            detail=json.dumps(detail),
        )
    )
