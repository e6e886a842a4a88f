"""What staff look at of imports: which there were, and what became of their lines."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from cloud_api.common.paging import beyond, cut
from cloud_api.gym.tables import ImportLineRow, ImportRow, MemberRow
from cloud_api.gym.views import member_ref
from shared.contracts.imports import UNDO_DAYS, ImportLine, ImportLinePage, ImportList, ImportView, LineOutcome
from shared.errors import Rejected

_NEWEST = 100


def list_imports(session: Session) -> ImportList:
    """The newest hundred."""
    order = (col(ImportRow.started_at).desc(), col(ImportRow.id).desc())
    rows = session.exec(select(ImportRow).order_by(*order).limit(_NEWEST)).all()
    counts = _counts(session, rows)
    return ImportList(items=[_view(row, counts[row.id]) for row in rows])


def list_lines(
    session: Session, import_id: UUID, *, outcome: LineOutcome | None, after: str | None, limit: int
) -> ImportLinePage:
    """Raises Rejected ``import_unknown``."""
    if session.get(ImportRow, import_id) is None:
        raise Rejected("There is no such import.", code="import_unknown")
    order = [col(ImportLineRow.line)]
    query = select(ImportLineRow).where(ImportLineRow.import_id == import_id).order_by(*order).limit(limit + 1)
    if outcome is not None:
        query = query.where(ImportLineRow.outcome == outcome.value)
    if after is not None:
        query = query.where(beyond(order, after, [int]))
    rows, following = cut(session.exec(query).all(), limit, lambda row: (row.line,))
    return ImportLinePage(items=_lines(session, rows), next=following)


def _counts(session: Session, rows: Sequence[ImportRow]) -> defaultdict[UUID, dict[str, int]]:
    query = (
        select(ImportLineRow.import_id, ImportLineRow.outcome, func.count())
        .where(col(ImportLineRow.import_id).in_([row.id for row in rows]))
        .group_by(col(ImportLineRow.import_id), col(ImportLineRow.outcome))
    )
    found: defaultdict[UUID, dict[str, int]] = defaultdict(dict)
    for import_id, outcome, count in session.exec(query):
        found[import_id][outcome] = count
    return found


def _view(row: ImportRow, counts: dict[str, int]) -> ImportView:
    return ImportView(
        id=row.id,
        file_name=row.file_name,
        started_at=row.started_at,
        started_by=row.started_by,
        undone_at=row.undone_at,
        undo_until=row.started_at + timedelta(days=UNDO_DAYS),
        **{outcome.value: counts.get(outcome.value, 0) for outcome in LineOutcome},
    )


def _lines(session: Session, rows: Sequence[ImportLineRow]) -> list[ImportLine]:
    wanted = {row.member_id for row in rows if row.member_id is not None}
    members = {row.id: row for row in session.exec(select(MemberRow).where(col(MemberRow.id).in_(wanted)))}
    return [
        ImportLine(
            line=row.line,
            outcome=LineOutcome(row.outcome),
            reason=row.reason,
            member=None if row.member_id is None else member_ref(row.member_id, members),
        )
        for row in rows
    ]
