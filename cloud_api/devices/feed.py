"""The roster as devices read it: changes after a cursor, or the whole (hard case: feed answers). Reads only."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, Table, select
from sqlmodel import Session, SQLModel

from cloud_api.common import tables as _tables  # noqa: F401  # defines the roster's tables
from cloud_api.devices.messages import RosterPlace
from shared.contracts.devices import FeedAnswer, Snapshot
from shared.contracts.roster import RosterRow, RowKind
from shared.errors import Rejected

MAX_ROWS = 1000
"""Rows in one answer at the most, and as a rule."""

_HEADS: Table = SQLModel.metadata.tables["roster_head"]
_ROWS: Table = SQLModel.metadata.tables["roster_row"]
_KINDS = {kind.value: kind for kind in RowKind}
_COLUMNS = (_ROWS.c.kind, _ROWS.c.key, _ROWS.c.version, _ROWS.c.body)


def read_feed(session: Session, site_id: UUID, epoch: UUID, version: int, limit: int = MAX_ROWS) -> FeedAnswer:
    """Changes after a cursor, oldest first, tombstones among them. Needs one consistent read.

    Raises:
        Rejected: ``snapshot_required``: another epoch, a cursor ahead of the server, or older than kept tombstones;
            ``site_unknown``.
    """
    head = _head(session, site_id)
    if epoch != head.epoch or not head.oldest_kept_version <= version <= head.version:
        raise Rejected("This roster cannot be brought up to date; take a snapshot.", code="snapshot_required")
    found = session.execute(
        select(*_COLUMNS)
        .where(_ROWS.c.site_id == site_id, _ROWS.c.version > version)
        .order_by(_ROWS.c.version)
        .limit(limit + 1)
    ).all()
    rows = [_row(row) for row in found[:limit]]
    more = len(found) > limit
    return FeedAnswer(
        epoch=head.epoch,
        version=rows[-1].version if more else head.version,
        head_version=head.version,
        checksum=head.checksum,
        rows=rows,
        more=more,
    )


def read_snapshot(session: Session, site_id: UUID) -> Snapshot:
    """The whole roster of a site without tombstones. Needs one consistent read.

    Raises:
        Rejected: ``site_unknown``.
    """
    head = _head(session, site_id)
    found = session.execute(
        select(*_COLUMNS)
        .where(_ROWS.c.site_id == site_id, _ROWS.c.body.is_not(None))
        .order_by(_ROWS.c.version)  # a member and the own passes changed together: neighbours compress best
    )
    rows = [_row(row) for row in found]
    return Snapshot(epoch=head.epoch, version=head.version, checksum=head.checksum, rows=rows)


def roster_places(session: Session) -> dict[UUID, RosterPlace]:
    """Where the roster of each site stands, by the site's id."""
    rules = (_ROWS.c.site_id == _HEADS.c.site_id) & (_ROWS.c.kind == RowKind.SITE.value)
    query = select(_HEADS.c.site_id, _HEADS.c.epoch, _HEADS.c.version, _ROWS.c.version.label("rules")).join(
        _ROWS, rules
    )
    return {
        row.site_id: RosterPlace(epoch=row.epoch, version=row.version, rules_version=row.rules)
        for row in session.execute(query)
    }


def _head(session: Session, site_id: UUID) -> Row[Any]:
    head = session.execute(select(_HEADS).where(_HEADS.c.site_id == site_id)).one_or_none()
    if head is None:
        raise Rejected("There is no such site.", code="site_unknown")
    return head


def _row(row: Any) -> RosterRow:
    return RosterRow(kind=_KINDS[row[0]], key=row[1], version=row[2], body=row[3])
