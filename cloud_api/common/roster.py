"""The roster: the one thing that services write together (hard case: the roster).

``gym``, ``qr`` and ``identity`` call :func:`put` and :func:`remove` inside the transaction of the change itself; the
rows are written at its very end, where each site's version is stamped under its row lock. So versions become visible
in their order and without gaps, and a cursor can skip nothing. ``devices`` only reads.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Table, delete, insert, select, update
from sqlmodel import Session, SQLModel, col

from cloud_api.common.portions import PORTION
from cloud_api.common.session import queue_of, transaction_time
from cloud_api.common.tables import DatabaseIdentity, RosterHead, RosterRow
from shared.contracts.roster import CHECKSUM_MODULUS, RowKind, row_hash
from shared.errors import Rejected

_CHUNK = 500
_HEADS: Table = SQLModel.metadata.tables["roster_head"]
_ROWS: Table = SQLModel.metadata.tables["roster_row"]

_THE_SITES = select(col(DatabaseIdentity.id))
"""The one row that every gym's database has before its first site: its lock stands for which sites there are."""


@dataclass(frozen=True, slots=True)
class _Change:
    site_id: UUID
    kind: str
    key: str
    body: str | None


def open_site(session: Session, site_id: UUID) -> None:
    """Give a new site an empty roster. To be called once, where the site is made, before its first row.

    All sites of one database share an epoch. Nobody writes to all sites from here until the transaction ends, so that
    what the site is told now is complete: whoever comes later finds the site. The first lock of its transaction.
    """
    session.execute(_THE_SITES.with_for_update())
    epoch = session.scalars(select(col(RosterHead.epoch)).limit(1)).first() or uuid4()
    session.add(RosterHead(site_id=site_id, epoch=epoch))
    session.flush()


def hold_sites(session: Session) -> None:
    """Have no site opened until the transaction ends. Any number of transactions may do so at once.

    Locks are taken in this order, or two that meet wait for each other: what is changed (a member, a plan, a key), the
    sites, members' places, the audit log, the sites' heads. Opening a site begins with the sites, locks nothing before.
    """
    if not session.info.get("holds the sites"):
        session.execute(_THE_SITES.with_for_update(read=True))
        session.info["holds the sites"] = True


def list_sites(session: Session) -> list[UUID]:
    """The sites that have a roster, in ascending id, held as :func:`hold_sites` does: no other is opened meanwhile."""
    hold_sites(session)
    return known_sites(session)


def known_sites(session: Session) -> list[UUID]:
    """The same without holding them, for who only reads."""
    return list(session.scalars(select(col(RosterHead.site_id)).order_by(col(RosterHead.site_id))))


def put(session: Session, *, site_id: UUID, kind: RowKind, key: str, body: str) -> None:
    """Queue a row's new state, the JSON text of its model in ``shared.contracts.roster``.

    Nothing is written before the end of the transaction; of several changes to one row the last one counts, and a body
    equal to the stored one is no change. The site must have been opened.
    """
    queue_of(session, "roster").append(_Change(site_id, kind.value, key, body))


def remove(session: Session, *, site_id: UUID, kind: RowKind, key: str) -> None:
    """Queue a tombstone. Removing what is not there changes nothing."""
    queue_of(session, "roster").append(_Change(site_id, kind.value, key, None))


def find_body(session: Session, *, site_id: UUID, kind: RowKind, key: str) -> str | None:
    """A row's body as committed, or None. Changes queued in this transaction are not seen."""
    row = session.get(RosterRow, (site_id, kind.value, key))
    return None if row is None else row.body


def own_bodies(session: Session, kind: RowKind, site_ids: Sequence[UUID]) -> dict[UUID, str | None]:
    """Of each of these sites the row that is about itself, as committed, in one question."""
    query = select(RosterRow).where(col(RosterRow.kind) == kind.value, col(RosterRow.site_id).in_(site_ids))
    return {row.site_id: row.body for row in session.scalars(query) if row.key == str(row.site_id)}


def places_of(session: Session, *, kind: RowKind, key: str) -> list[tuple[UUID, UUID, int]]:
    """Each site that has a row, by its id, with its epoch and the row's version."""
    query = (
        select(col(RosterHead.site_id), col(RosterHead.epoch), col(RosterRow.version))
        .join(RosterRow, col(RosterRow.site_id) == col(RosterHead.site_id))
        .where(col(RosterRow.kind) == kind.value, col(RosterRow.key) == key)
        .order_by(col(RosterHead.site_id))
    )
    return [(site_id, epoch, version) for site_id, epoch, version in session.execute(query)]


def write_queued(session: Session) -> None:
    """Write what is queued, site by site in ascending id (no deadlock). Called at the edge of the transaction only."""
    queue = queue_of(session, "roster")
    latest = {(change.site_id, change.kind, change.key): change for change in queue}
    queue.clear()
    for site_id in sorted({change.site_id for change in latest.values()}):
        _write_site(session, site_id, [change for change in latest.values() if change.site_id == site_id])


def _write_site(session: Session, site_id: UUID, changes: Sequence[_Change]) -> None:
    head = session.execute(
        select(_HEADS.c.version, _HEADS.c.checksum).where(_HEADS.c.site_id == site_id).with_for_update()
    ).one_or_none()
    if head is None:
        raise Rejected(f"There is no site {site_id}.", code="site_unknown")
    stored = _stored(session, site_id, changes)
    real = [change for change in changes if _is_change(change, stored)]
    if not real:
        return
    rows = [_stamped(change, head.version + place, session) for place, change in enumerate(real, start=1)]
    gone = sum(stored[change.kind, change.key][1] for change in real if (change.kind, change.key) in stored)
    checksum = (head.checksum - gone + sum(row["hash"] for row in rows)) % CHECKSUM_MODULUS
    session.execute(
        update(_HEADS).where(_HEADS.c.site_id == site_id).values(version=head.version + len(rows), checksum=checksum)
    )
    _write_rows(session, rows, known=stored.keys())


def _stored(
    session: Session, site_id: UUID, changes: Sequence[_Change]
) -> dict[tuple[str, str], tuple[str | None, int]]:
    """Body and hash of the rows that are there already, read under the head's lock."""
    found: dict[tuple[str, str], tuple[str | None, int]] = {}
    for kind in sorted({change.kind for change in changes}):
        keys = [change.key for change in changes if change.kind == kind]
        for start in range(0, len(keys), _CHUNK):
            rows = session.execute(
                select(_ROWS.c.key, _ROWS.c.body, _ROWS.c.hash).where(
                    _ROWS.c.site_id == site_id, _ROWS.c.kind == kind, _ROWS.c.key.in_(keys[start : start + _CHUNK])
                )
            )
            found.update({(kind, row.key): (row.body, row.hash) for row in rows})
    return found


def _is_change(change: _Change, stored: dict[tuple[str, str], tuple[str | None, int]]) -> bool:
    body, _ = stored.get((change.kind, change.key), (None, 0))
    return body != change.body


def _stamped(change: _Change, version: int, session: Session) -> dict[str, Any]:
    body = change.body
    return {
        "site_id": change.site_id,
        "kind": change.kind,
        "key": change.key,
        "version": version,
        "body": body,
        "hash": 0 if body is None else row_hash(change.kind, change.key, version, body),
        "changed_at": transaction_time(session),
    }


def _write_rows(session: Session, rows: list[dict[str, Any]], *, known: Iterable[tuple[str, str]]) -> None:
    """Replace the rows: the site's head is locked, so nobody else writes them meanwhile."""
    known = set(known)
    old = [row for row in rows if (row["kind"], row["key"]) in known]
    for kind in sorted({row["kind"] for row in old}):
        keys = [row["key"] for row in old if row["kind"] == kind]
        for start in range(0, len(keys), _CHUNK):
            session.execute(
                delete(_ROWS).where(
                    _ROWS.c.site_id == rows[0]["site_id"],
                    _ROWS.c.kind == kind,
                    _ROWS.c.key.in_(keys[start : start + _CHUNK]),
                )
            )
    session.execute(insert(_ROWS), rows)


def prune_tombstones(session: Session, *, older_than: datetime) -> int:
    """Forget a portion of the tombstones older than an instant (30 days ago as a rule); returns how many.

    Cursors that may not have seen them are sent to the snapshot from then on. They are looked for before the head is
    locked: one that came to life meanwhile has a new version, and is not among them.
    """
    for site_id in known_sites(session):
        is_old = (_ROWS.c.site_id == site_id) & _ROWS.c.body.is_(None) & (_ROWS.c.changed_at < older_than)
        found = select(_ROWS.c.version).where(is_old).order_by(_ROWS.c.version).limit(PORTION)
        if versions := session.scalars(found).all():
            _forget(session, site_id, versions)
            return len(versions)
    return 0


def _forget(session: Session, site_id: UUID, versions: Sequence[int]) -> None:
    oldest_kept = select(_HEADS.c.oldest_kept_version).where(_HEADS.c.site_id == site_id).with_for_update()
    newest = max(session.scalar(oldest_kept) or 0, versions[-1])
    session.execute(
        delete(_ROWS).where(_ROWS.c.site_id == site_id, _ROWS.c.version.in_(versions), _ROWS.c.body.is_(None))
    )
    session.execute(update(_HEADS).where(_HEADS.c.site_id == site_id).values(oldest_kept_version=newest))


def new_epoch(session: Session) -> UUID:
    """Send every kiosk to the snapshot, and have it send again what it keeps: after a restore or a moved database."""
    epoch = uuid4()
    session.execute(update(_HEADS).values(epoch=epoch))
    return epoch


def recompute_checksum(session: Session, site_id: UUID) -> int:
    """The checksum from the rows themselves, for an audit of the one kept step by step."""
    rows = session.execute(
        select(_ROWS.c.kind, _ROWS.c.key, _ROWS.c.version, _ROWS.c.body).where(
            _ROWS.c.site_id == site_id, _ROWS.c.body.is_not(None)
        )
    )
    return sum(row_hash(row.kind, row.key, row.version, row.body) for row in rows) % CHECKSUM_MODULUS
