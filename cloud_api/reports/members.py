"""Members and their memberships as ``gym`` told them: who joined, who left, and on which day."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, func, select

from cloud_api.common.outbox import Event
from cloud_api.common.rewriting import rewrite
from cloud_api.reports import contacts, retention, sums
from cloud_api.reports.days import DAY, Days, today_at, within, zone_of
from cloud_api.reports.facts import Fact, Moved, hold, keep
from cloud_api.reports.lines import member_lines
from cloud_api.reports.tables import MemberFact, MembersByDay, MembershipFact
from shared.contracts.report_rows import MemberLinePage, MemberRowsQuery, Move
from shared.contracts.reports import MembersOfDay, MembersReport
from shared.domain.time import local_day

_MEMBERSHIPS: Table = sums.table_of(MembershipFact)


def hear_of_members(session: Session, events: Sequence[Event]) -> None:
    """Take over members' states: the days they joined on, their home sites. An older version changes nothing."""
    told = newest((event.data for event in events), "member_id")
    held = hold(session, told)
    moved = [
        (held[member_id], _taken_over(session, held[member_id], data))
        for member_id, data in told.items()
        if _is_news(held[member_id], data)
    ]
    keep(session, [after for _, after in moved])
    contacts.forget_notes(session, [after.member_id for _, after in moved if after.is_erased])
    retention.move(session, moved)
    sums.add(session, MembersByDay, _summed(moved))


def hear_of_memberships(session: Session, events: Sequence[Event]) -> None:
    """Take over memberships' terms, and with them the day on which each member leaves."""
    told = newest((event.data for event in events), "membership_id")
    by = _MEMBERSHIPS.c.membership_id
    query = select_columns(by, _MEMBERSHIPS.c.version).where(by.in_(told)).order_by(by).with_for_update()
    known = {row.membership_id: row.version for row in session.execute(query)}
    news = [
        _membership(membership_id, data)
        for membership_id, data in told.items()
        if membership_id not in known or known[membership_id] < data["version"]
    ]
    rewrite(session, _MEMBERSHIPS, news)
    _leave(session, {UUID(data["member_id"]) for data in told.values()})


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


def _is_news(fact: Fact, data: Mapping[str, Any]) -> bool:
    return fact.version < data["version"] or (fact.version == data["version"] and fact.joined_on is None)


def _taken_over(session: Session, fact: Fact, data: Mapping[str, Any]) -> Fact:
    site_id = UUID(data["home_site_id"])
    fact = replace(fact, version=data["version"], site_id=site_id, is_erased=data["erased"])
    if data.get("merged_into") is not None:
        return replace(fact, joined_on=None, left_on=None)  # told of the one whom this member turned out to be
    if data.get("joined_at") is None:
        return fact
    return replace(fact, joined_on=local_day(datetime.fromisoformat(data["joined_at"]), zone_of(session, site_id)))


def _membership(membership_id: UUID, data: Mapping[str, Any]) -> dict[str, Any]:
    starts_on, paid_through_on = (date.fromisoformat(data[name]) for name in ("starts_on", "paid_through_on"))
    ends_on = None if data["ends_on"] is None else date.fromisoformat(data["ends_on"])
    last_on = paid_through_on if ends_on is None else min(paid_through_on, ends_on)
    pauses: list[list[str]] = sorted(data.get("freezes") or [])
    paused_on, resumes_on = map(date.fromisoformat, pauses[-1]) if pauses else (None, None)
    return {
        "membership_id": membership_id,
        "version": data["version"],
        "member_id": UUID(data["member_id"]),
        "plan_id": UUID(data["plan_id"]),
        "starts_on": starts_on,
        "paid_through_on": paid_through_on,
        "ends_on": ends_on,
        "last_on": last_on if starts_on <= last_on and not data.get("for_staff") else None,
        "renews": data.get("renews", False),
        "paused_on": paused_on,
        "resumes_on": resumes_on,
    }


def _leave(session: Session, member_ids: Collection[UUID]) -> None:
    held, by = hold(session, member_ids), _MEMBERSHIPS.c.member_id
    query = select_columns(by, func.max(_MEMBERSHIPS.c.last_on)).where(by.in_(member_ids)).group_by(by)
    moved = [
        (held[member_id], replace(held[member_id], left_on=None if last_on is None else last_on + DAY))
        for member_id, last_on in session.execute(query)
    ]
    moved = [(before, after) for before, after in moved if before != after]
    keep(session, [after for _, after in moved])
    sums.add(session, MembersByDay, _summed(moved))


def _summed(moved: Iterable[Moved]) -> dict[sums.Key, tuple[int, int]]:
    found: dict[sums.Key, tuple[int, int]] = {}
    for before, after in moved:
        for key, (joined, left) in (*_counting(before, -1), *_counting(after, +1)):
            was = found.get(key, (0, 0))
            found[key] = (was[0] + joined, was[1] + left)
    return found


def _counting(fact: Fact, count: int) -> list[tuple[sums.Key, tuple[int, int]]]:
    """What a member adds; nothing before the first word of where one belongs, and since when."""
    if fact.site_id is None or fact.joined_on is None:
        return []
    joined: list[tuple[sums.Key, tuple[int, int]]] = [((fact.site_id, fact.joined_on), (count, 0))]
    return joined if fact.left_on is None else [*joined, ((fact.site_id, fact.left_on), (0, count))]
