"""Members and their memberships as ``gym`` told them: who joined, who left, and on which day."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlmodel import Session, col, func, select

from cloud_api.common.database import ignoring
from cloud_api.common.outbox import Event
from cloud_api.reports import contacts, retention, sums
from cloud_api.reports.days import DAY, Days, today_at, within, zone_of
from cloud_api.reports.lines import member_lines
from cloud_api.reports.tables import MemberFact, MembersByDay, MembershipFact
from shared.contracts.report_rows import MemberLinePage, MemberRowsQuery, Move
from shared.contracts.reports import MembersOfDay, MembersReport
from shared.domain.time import local_day


def hear_of_members(session: Session, events: Sequence[Event]) -> None:
    """Take over members' states: the days they joined on, their home sites. An older version changes nothing."""
    told = newest((event.data for event in events), "member_id")
    held = hold(session, told)
    changes: list[tuple[sums.Key, tuple[int, int]]] = []
    for member_id, data in told.items():
        fact = held[member_id]
        if not (fact.version < data["version"] or (fact.version == data["version"] and fact.joined_on is None)):
            continue
        before = MemberFact(**fact.model_dump())
        _take_over(session, fact, data)
        changes += [*_counting(before, -1), *_counting(fact, +1)]
        retention.move(session, before, fact)
    session.flush()
    sums.add(session, MembersByDay, _summed(changes))


def hear_of_memberships(session: Session, events: Sequence[Event]) -> None:
    """Take over memberships' terms, and with them the day on which each member leaves."""
    told = newest((event.data for event in events), "membership_id")
    query = select(MembershipFact).where(col(MembershipFact.membership_id).in_(told))
    known = {
        fact.membership_id: fact
        for fact in session.exec(query.order_by(col(MembershipFact.membership_id)).with_for_update())
    }
    for membership_id, data in told.items():
        old, new = known.get(membership_id), _membership(membership_id, data)
        if old is None:
            session.add(new)
        elif old.version < new.version:
            session.add(old.sqlmodel_update(new.model_dump()))
    session.flush()
    _leave(session, {UUID(data["member_id"]) for data in told.values()})


def hold(session: Session, member_ids: Collection[UUID]) -> dict[UUID, MemberFact]:
    """The members, locked in the order of their ids until the transaction ends; made where nobody told of one yet."""
    query = select(MemberFact).where(col(MemberFact.member_id).in_(member_ids)).order_by(col(MemberFact.member_id))
    locked = query.with_for_update().execution_options(populate_existing=True)
    held = {fact.member_id: fact for fact in session.exec(locked)}
    if fresh := [MemberFact(member_id=each).model_dump() for each in sorted(set(member_ids) - held.keys())]:
        session.execute(ignoring(session, insert(MemberFact)), fresh)
        held = {fact.member_id: fact for fact in session.exec(locked)}
    return held


def newest(told: Iterable[dict[str, Any]], key: str) -> dict[UUID, dict[str, Any]]:
    """Of several states of a thing the newest, by its id."""
    found: dict[UUID, dict[str, Any]] = {}
    for data in told:
        known = found.get(UUID(data[key]))
        if known is None or known["version"] < data["version"]:
            found[UUID(data[key])] = data
    return found


def report(session: Session, wanted: Days) -> MembersReport:
    """By day; nobody leaves later than today."""
    today = today_at(session, wanted.site_id)
    by = col(MembersByDay.local_on)
    query = select(by, func.sum(MembersByDay.joined), func.sum(MembersByDay.left)).where(
        *within(wanted, MembersByDay.local_on, MembersByDay.site_id)
    )
    days = [
        MembersOfDay(on=on, joined=int(joined), left=int(left) if on <= today else 0)
        for on, joined, left in session.exec(query.group_by(by).order_by(by))
    ]
    return MembersReport(
        site_id=wanted.site_id,
        first=wanted.first,
        last=wanted.last,
        joined=sum(day.joined for day in days),
        left=sum(day.left for day in days),
        days=[day for day in days if day.joined or day.left],
    )


def rows(session: Session, wanted: MemberRowsQuery) -> MemberLinePage:
    """Who joined, or who left, newest first."""
    day = col(MemberFact.joined_on if wanted.what is Move.JOINED else MemberFact.left_on)
    last = wanted.last if wanted.what is Move.JOINED else min(wanted.last, today_at(session, wanted.site_id))
    query = select(MemberFact).where(day.between(wanted.first, last), col(MemberFact.joined_on).is_not(None))
    if wanted.site_id is not None:
        query = query.where(col(MemberFact.site_id) == wanted.site_id)
    return member_lines(session, query, by=day, after=wanted.after, limit=wanted.limit)


def _take_over(session: Session, fact: MemberFact, data: Mapping[str, Any]) -> None:
    fact.version, fact.site_id = data["version"], UUID(data["home_site_id"])
    if data.get("joined_at") is not None:
        fact.joined_on = local_day(datetime.fromisoformat(data["joined_at"]), zone_of(session, fact.site_id))
    fact.is_erased = data["erased"]
    if data.get("merged_into") is not None:
        fact.joined_on = fact.left_on = None  # it is told of the one whom this member turned out to be
    session.add(fact)
    if fact.is_erased:
        contacts.forget_notes(session, fact.member_id)


def _membership(membership_id: UUID, data: Mapping[str, Any]) -> MembershipFact:
    starts_on, paid_through_on = (date.fromisoformat(data[name]) for name in ("starts_on", "paid_through_on"))
    ends_on = None if data["ends_on"] is None else date.fromisoformat(data["ends_on"])
    last_on = paid_through_on if ends_on is None else min(paid_through_on, ends_on)
    pauses: list[list[str]] = sorted(data.get("freezes") or [])
    paused_on, resumes_on = map(date.fromisoformat, pauses[-1]) if pauses else (None, None)
    return MembershipFact(
        membership_id=membership_id,
        version=data["version"],
        member_id=UUID(data["member_id"]),
        plan_id=UUID(data["plan_id"]),
        starts_on=starts_on,
        paid_through_on=paid_through_on,
        ends_on=ends_on,
        last_on=last_on if starts_on <= last_on and not data.get("for_staff") else None,
        renews=data.get("renews", False),
        paused_on=paused_on,
        resumes_on=resumes_on,
    )


def _leave(session: Session, member_ids: Collection[UUID]) -> None:
    held = hold(session, member_ids)
    by = col(MembershipFact.member_id)
    query = select(by, func.max(MembershipFact.last_on)).where(by.in_(member_ids)).group_by(by)
    changes: list[tuple[sums.Key, tuple[int, int]]] = []
    for member_id, last_on in session.exec(query):
        fact = held[member_id]
        changes += _counting(fact, -1)
        fact.left_on = None if last_on is None else last_on + DAY
        changes += _counting(fact, +1)
        session.add(fact)
    session.flush()
    sums.add(session, MembersByDay, _summed(changes))


def _counting(fact: MemberFact, count: int) -> list[tuple[sums.Key, tuple[int, int]]]:
    """What a member adds; nothing before the first word of where one belongs, and since when."""
    if fact.site_id is None or fact.joined_on is None:
        return []
    joined: list[tuple[sums.Key, tuple[int, int]]] = [((fact.site_id, fact.joined_on), (count, 0))]
    return joined if fact.left_on is None else [*joined, ((fact.site_id, fact.left_on), (0, count))]


def _summed(changes: Iterable[tuple[sums.Key, tuple[int, int]]]) -> dict[sums.Key, tuple[int, int]]:
    found: dict[sums.Key, tuple[int, int]] = {}
    for key, (joined, left) in changes:
        was = found.get(key, (0, 0))
        found[key] = (was[0] + joined, was[1] + left)
    return found
