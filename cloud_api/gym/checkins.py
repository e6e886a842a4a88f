"""What staff do at the desk: let someone in by hand, take a check-in back, let one count that was held."""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from cloud_api.common import audit
from cloud_api.common.keys import Keys
from cloud_api.common.outbox import publish
from cloud_api.common.principal import Principal
from cloud_api.common.session import new_id, transaction_time
from cloud_api.gym.loading import is_check_in
from cloud_api.gym.lookups import get_living_member, get_plan, get_site, memberships_of
from cloud_api.gym.mapping import to_membership, to_plan, to_site
from cloud_api.gym.outgoing import tell_accepted
from cloud_api.gym.recording import new_row, settle
from cloud_api.gym.tables import AttendanceRow
from shared.contracts.gym import ManualCheckIn
from shared.domain.attendance import EventKind, Outcome
from shared.domain.decision import Granted, decide
from shared.domain.device import Direction
from shared.domain.ids import MemberId
from shared.domain.passes import CardCode, PassKind, PassStatus
from shared.domain.roster import Holder, Holding, Presence, RosterEntry, RosterTrust
from shared.domain.site import Site
from shared.domain.time import DoorTime, TimeQuality
from shared.errors import InvalidInput, Rejected

OLDEST = timedelta(days=35)
_TOLD = {"id", "site_id", "at", "kind", "membership_id", "refers_to", "note"}


def check_in(session: Session, keys: Keys, request: ManualCheckIn, *, by: Principal | str) -> AttendanceRow:
    """Write down that a member came in, whatever the rule book says: staff stand there and see.

    It counts for the membership that would have let the member in, if there is one. Asked again with the same id, it
    gives what was written.

    Raises:
        Rejected: ``member_unknown``, ``member_erased``, ``site_unknown``, ``id_taken``.
        InvalidInput: the time lies ahead, or more than 35 days back.
    """
    known = None if request.id is None else session.get(AttendanceRow, request.id)
    if known is not None:
        return _same_check_in(known, request)
    member = get_living_member(session, request.member_id)
    site, now = to_site(get_site(session, request.site_id)), transaction_time(session)
    at = request.at or now
    if not now - OLDEST <= at <= now:
        raise InvalidInput("A check-in by hand lies at most 35 days back, and not ahead.", field="at")
    row = new_row(
        event_id=request.id or new_id(session),
        site=site,
        at=at,
        received_at=now,
        kind=EventKind.MANUAL,
        door_at=at,
        direction=Direction.ENTRY.value,
        outcome=Outcome.GRANTED.value,
        member_id=member.id,
        membership_id=_membership_for(session, site, member.id, DoorTime(at, TimeQuality.SYNCED)),
        note=request.note,
    )
    _store(session, keys, row, by=by, action="attendance.entered")
    return row


def take_back(session: Session, keys: Keys, event_id: UUID, *, note: str | None, by: Principal | str) -> AttendanceRow:
    """Void a check-in: a void event is added, the visit derived anew. Voiding again changes nothing.

    Raises:
        Rejected: ``event_unknown``; ``not_a_check_in``.
    """
    row = session.get(AttendanceRow, event_id)
    if row is None:
        raise Rejected("There is no such event.", code="event_unknown")
    if not is_check_in(row):
        raise Rejected("Only a check-in can be taken back.", code="not_a_check_in")
    if is_taken_back(session, row):
        return row
    now = transaction_time(session)
    void = new_row(
        event_id=new_id(session),
        site=to_site(get_site(session, row.site_id)),
        at=now,
        received_at=now,
        kind=EventKind.VOID,
        door_at=now,
        direction=row.direction,
        member_id=row.member_id,
        refers_to=row.id,
        note=note,
    )
    _store(session, keys, void, by=by, action="attendance.voided")
    payload = {"event_id": str(row.id), "void_id": str(void.id)}
    publish(session, topic="attendance", type="attendance.voided", key=row.member_id or row.id, payload=payload)
    return row


def accept(session: Session, keys: Keys, event_ids: Collection[UUID], *, by: Principal | str) -> list[AttendanceRow]:
    """Let events count that a revoked device handed in; those that count already stay as they are.

    Raises:
        Rejected: ``event_unknown``: nothing is accepted.
    """
    rows = session.exec(select(AttendanceRow).where(col(AttendanceRow.id).in_(event_ids))).all()
    if len(rows) != len(set(event_ids)):
        raise Rejected("One of these events does not exist.", code="event_unknown")
    held = [row for row in rows if row.is_held]
    for row in held:
        row.is_held = False
        session.add(row)
        audit.record(
            session, service="gym", actor=by, action="attendance.accepted", subject=row.id, member_id=row.member_id,
            before={"is_held": True}, after={"is_held": False},
        )  # fmt: skip
        tell_accepted(session, row)
    session.flush()
    settle(session, keys, held)
    return list(rows)


def is_taken_back(session: Session, row: AttendanceRow) -> bool:
    """Whether an event of the same site took this one back."""
    query = select(AttendanceRow.id).where(
        AttendanceRow.refers_to == row.id,
        AttendanceRow.kind == EventKind.VOID.value,
        AttendanceRow.site_id == row.site_id,
        col(AttendanceRow.is_held).is_(False),
    )
    return session.exec(query).first() is not None


def _same_check_in(known: AttendanceRow, request: ManualCheckIn) -> AttendanceRow:
    if (known.kind, known.member_id, known.site_id) != (EventKind.MANUAL.value, request.member_id, request.site_id):
        raise Rejected("This id names another event.", code="id_taken")
    return known


def _store(session: Session, keys: Keys, row: AttendanceRow, *, by: Principal | str, action: str) -> None:
    session.add(row)
    session.flush()
    settle(session, keys, [row])
    told = row.model_dump(include=_TOLD)
    audit.record(
        session, service="gym", actor=by, action=action, subject=row.refers_to or row.id, member_id=row.member_id,
        after=told, unsaid={"note"},
    )  # fmt: skip


def _membership_for(session: Session, site: Site, member_id: UUID, now: DoorTime) -> UUID | None:
    """The membership that the rule book would let the member in on, were the site open and nothing else amiss."""
    rows = memberships_of(session, member_id)
    holdings = tuple(Holding(to_membership(row), to_plan(get_plan(session, row.plan_id))) for row in rows)
    verdict = decide(
        CardCode(),
        RosterEntry(PassStatus.ACTIVE, Holder(MemberId(member_id), holdings)),
        site=replace(site, hours=None, exceptions={}, policy=replace(site.policy, accepted_kinds=frozenset(PassKind))),
        presence=Presence(),
        now=now,
        trust=RosterTrust(age=timedelta(0), in_contact=True),
    )
    return verdict.holding.membership.id if isinstance(verdict, Granted) and verdict.holding is not None else None
