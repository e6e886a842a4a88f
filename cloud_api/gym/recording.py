"""Taking in what happened at the doors: a row an event, then visits and packs (promise: an upload reports the past)."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update
from sqlmodel import Session, col, select

from cloud_api.common.events import AttendanceRecorded
from cloud_api.common.keys import Keys
from cloud_api.gym.flags import SALVAGED, UNKNOWN_VOUCHER, Stored, drop_flag, flag_entries
from cloud_api.gym.loading import is_check_in
from cloud_api.gym.lookups import get_site, lock_members, who_they_are
from cloud_api.gym.mapping import to_site
from cloud_api.gym.packs import recount
from cloud_api.gym.tables import AttendanceRow, VoucherRow
from cloud_api.gym.visits import derive_again
from shared.domain.attendance import EventKind
from shared.domain.site import Site


def record(session: Session, keys: Keys, arrivals: Sequence[AttendanceRecorded]) -> None:
    """Store events of the doors, each once, and bring visits and packs up to date.

    Nothing is refused: who should not have been let in is flagged.

    Raises:
        Rejected: ``site_unknown``.
    """
    known = _known(session, [arrival.event.id for arrival in arrivals])
    fresh = {arrival.event.id: arrival for arrival in arrivals if arrival.event.id not in known}
    sites = {site_id: to_site(get_site(session, site_id)) for site_id in {item.site_id for item in fresh.values()}}
    vouchers = _vouchers(session, fresh.values())
    stored = [Stored(arrival, _row(arrival, sites[arrival.site_id], vouchers)) for arrival in fresh.values()]
    _lead_on(session, [item.row for item in stored])
    flag_entries(session, stored)
    rows = [item.row for item in stored]
    if rows:
        session.execute(insert(AttendanceRow), [row.model_dump() for row in rows])
        _bind_late(session, rows)
    settle(session, keys, rows)


def settle(session: Session, keys: Keys, rows: Iterable[AttendanceRow]) -> None:
    """Derive anew what these events touch: their own visits, and those that a void takes something from."""
    touched: dict[UUID, dict[UUID, set[datetime]]] = defaultdict(lambda: defaultdict(set))
    for row in rows:
        check_in = _taken_back(session, row) if row.kind == EventKind.VOID.value else row
        if check_in is not None and check_in.member_id is not None and is_check_in(check_in):
            touched[check_in.site_id][check_in.member_id].add(check_in.at)
    lock_members(session, {member_id for members in touched.values() for member_id in members})
    memberships: set[UUID] = set()
    for site_id in sorted(touched):
        memberships |= derive_again(session, to_site(get_site(session, site_id)), touched[site_id])
    recount(session, keys, memberships)


def new_row(
    *, event_id: UUID, site: Site, at: datetime, received_at: datetime, kind: EventKind, **facts: Any
) -> AttendanceRow:
    """A row with the site's wall clock worked out."""
    local = at.astimezone(site.zone)
    return AttendanceRow(
        id=event_id,
        site_id=site.id,
        at=at,
        local_on=local.date(),
        local_hour=local.hour,
        received_at=received_at,
        kind=kind.value,
        **facts,
    )


def _known(session: Session, event_ids: Collection[UUID]) -> set[UUID]:
    return set(session.exec(select(AttendanceRow.id).where(col(AttendanceRow.id).in_(event_ids))))


def _lead_on(session: Session, rows: Sequence[AttendanceRow]) -> None:
    """What a door says of a member who turned out to be another one is that one's."""
    merged = who_they_are(session, {row.member_id for row in rows if row.member_id is not None})
    for row in rows:
        row.member_id = merged.get(row.member_id, row.member_id) if row.member_id is not None else None


def _vouchers(session: Session, arrivals: Iterable[AttendanceRecorded]) -> Mapping[bytes | None, VoucherRow]:
    shown = {arrival.event.voucher_id for arrival in arrivals if arrival.event.voucher_id is not None}
    return {row.id: row for row in session.exec(select(VoucherRow).where(col(VoucherRow.id).in_(shown)))}


def _bind_late(session: Session, rows: Iterable[AttendanceRow]) -> None:
    """Give entries on a voucher to its member, where another transaction tells of the voucher at this moment.

    Both write first and then look with a lock, so that one of them sees the other.
    """
    unbound = [row for row in rows if row.voucher_id is not None and row.member_id is None]
    if not unbound:
        return
    query = select(VoucherRow).where(col(VoucherRow.id).in_({row.voucher_id for row in unbound}))
    known: Mapping[bytes | None, VoucherRow] = {row.id: row for row in session.exec(query.with_for_update(read=True))}
    for row in unbound:
        if (voucher := known.get(row.voucher_id)) is not None:
            row.member_id, row.membership_id = voucher.member_id, voucher.membership_id
            drop_flag(row, UNKNOWN_VOUCHER)
            changed = row.model_dump(include={"member_id", "membership_id", "flags"})
            session.execute(update(AttendanceRow).where(col(AttendanceRow.id) == row.id).values(changed))


def _row(arrival: AttendanceRecorded, site: Site, vouchers: Mapping[bytes | None, VoucherRow]) -> AttendanceRow:
    event = arrival.event
    voucher = vouchers.get(event.voucher_id) if event.member_id is None else None
    return new_row(
        event_id=event.id,
        site=site,
        at=arrival.effective_at,
        received_at=arrival.received_at,
        kind=event.kind,
        device_id=arrival.device_id,
        number=event.number,
        door_at=event.door_at,
        direction=event.direction.value,
        outcome=None if event.outcome is None else event.outcome.value,
        reason=event.reason,
        notices=json.dumps(event.notices),
        reopened=event.reopened,
        pass_kind=None if event.pass_kind is None else event.pass_kind.value,
        lookup=event.lookup,
        code_at=event.code_at,
        voucher_id=event.voucher_id,
        member_id=event.member_id if voucher is None else voucher.member_id,
        membership_id=event.membership_id if voucher is None else voucher.membership_id,
        refers_to=event.refers_to,
        flags=json.dumps(sorted(arrival.flags)),
        is_held=SALVAGED in arrival.flags,
        note=event.note,
    )


def _taken_back(session: Session, void: AttendanceRow) -> AttendanceRow | None:
    """The check-in a void names, if it came already. Whether it may be taken back is seen when visits are derived."""
    return None if void.refers_to is None or void.is_held else session.get(AttendanceRow, void.refers_to)
