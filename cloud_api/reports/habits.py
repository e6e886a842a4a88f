"""How often members come now, against their own habit: four whole weeks, and the twelve before them.

Every member's two numbers stand in one row, for the week that :class:`HabitWeek` names. Visits that come or go within
those sixteen weeks are added and taken away at once; :func:`go_on` begins the next week.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, delete, func, insert, literal, select
from sqlmodel import Session, col

from cloud_api.common.database import ignoring
from cloud_api.common.session import transaction_time
from cloud_api.reports import sums
from cloud_api.reports.days import WEEK, week_of
from cloud_api.reports.tables import Habit, HabitWeek, VisitsByWeek

RECENT_WEEKS, BEFORE_WEEKS = 4, 12
_TIMES = BEFORE_WEEKS // RECENT_WEEKS


def add_visits(session: Session, weeks: sums.Deltas) -> None:
    """Add what members' visits by week gained, as far as it lies in the sixteen weeks."""
    held = session.scalars(select(HabitWeek).with_for_update(read=True)).first()
    if held is None:
        return
    found: dict[sums.Key, tuple[int, int, int]] = {}
    for (member_id, week_on), (count,) in weeks.items():
        recent, before = _parts(held.week_on, week_on, count)
        was = found.get((member_id,), (0, 0, 0))
        found[member_id,] = (was[0] + recent, was[1] + before, was[2] + before - _TIMES * recent)
    sums.add(session, Habit, found)


def go_on(session: Session) -> date:
    """Have the habits stand in this week; returns its Monday. Done again within a week it changes nothing."""
    this_week = week_of(transaction_time(session).date())
    session.execute(ignoring(session, insert(HabitWeek)), [{"id": 1, "week_on": date(2000, 1, 3)}])
    held = session.scalars(select(HabitWeek).with_for_update()).one()
    if held.week_on != this_week:
        held.week_on = this_week
        session.add(held)
        session.execute(delete(Habit))
        session.flush()
        names = ["member_id", "recent", "before", "missed"]
        session.execute(insert(Habit).from_select(names, _worked_out(this_week)))
    return this_week


def count_again(session: Session) -> Iterator[tuple[UUID, int, int, int]]:
    """Every member's row, from the visits by week."""
    held = session.scalars(select(HabitWeek)).first()
    if held is not None:
        for member_id, recent, before, missed in session.execute(_worked_out(held.week_on)):
            yield member_id, int(recent), int(before), int(missed)


def _parts(now_on: date, week_on: date, count: int) -> tuple[int, int]:
    """What of a count is recent, and what is before."""
    if now_on - RECENT_WEEKS * WEEK <= week_on < now_on:
        return count, 0
    if now_on - (RECENT_WEEKS + BEFORE_WEEKS) * WEEK <= week_on < now_on - RECENT_WEEKS * WEEK:
        return 0, count
    return 0, 0


def _worked_out(now_on: date) -> Select[Any]:
    first_on, recent_on = now_on - (RECENT_WEEKS + BEFORE_WEEKS) * WEEK, now_on - RECENT_WEEKS * WEEK
    week, visits = col(VisitsByWeek.week_on), col(VisitsByWeek.visits)
    recent = func.sum(case((week >= recent_on, visits), else_=literal(0)))
    before = func.sum(case((week < recent_on, visits), else_=literal(0)))
    member_id = col(VisitsByWeek.member_id)
    query = select(member_id, recent, before, before - _TIMES * recent)
    return query.where(week >= first_on, week < now_on).group_by(member_id)
