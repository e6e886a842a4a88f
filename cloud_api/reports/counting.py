"""What is to be done now and then: beginning a week for the habits, and working sums out anew at night."""

import logging
from datetime import timedelta

from sqlalchemy import insert
from sqlmodel import Session, func, select

from cloud_api.common.database import Database, ignoring
from cloud_api.common.session import transaction_time
from cloud_api.reports import drift, habits
from cloud_api.reports.days import DAY, Period, month_of, next_month
from cloud_api.reports.drift import Drift
from cloud_api.reports.tables import HeardHour, Recount, RefusalFact, TakingFact, VisitFact

log = logging.getLogger(__name__)

_EVERY = timedelta(hours=20)
"""Nightly, whenever the night's first tidying up is."""
_BACK = timedelta(days=35)
"""So long kiosks keep what they may still hand in."""
_BY_DAY = (VisitFact, RefusalFact, TakingFact, HeardHour)


def tidy(database: Database) -> Drift | None:
    """Do what is due; returns how many sums were wrong when they were worked out anew, None when that was not due.

    Of several processes one does it.
    """
    with database.transaction() as session:
        habits.go_on(session)
        today, is_due = transaction_time(session).date(), _claim(session)
    return _recount(database, Period(None, today - _BACK, today + DAY)) if is_due else None


def recount_all(database: Database) -> int:
    """Work everything out anew, a month at a time; how many sums were wrong. Not beside another recount."""
    with database.reading() as session:
        today = transaction_time(session).date()
        found = [session.exec(select(func.min(table.local_on))).one() for table in _BY_DAY]
    month_on, wrong = month_of(min((day for day in found if day is not None), default=today)), 0
    while month_on <= today + DAY:
        following = next_month(month_on)
        wrong += _recount(database, Period(None, month_on, following - DAY), whole=following > today + DAY).total
        month_on = following
    return wrong


def last_drift(session: Session) -> int:
    """How many sums were wrong when they were last worked out anew."""
    row = session.get(Recount, 1)
    return 0 if row is None else row.drift


def _recount(database: Database, period: Period, *, whole: bool = True) -> Drift:
    """Found as of one moment, then added to whatever is there: nobody who counts waits for it."""
    with database.reading() as session:
        wrong = drift.find(session, period, whole=whole)
    found = drift.drift_of(wrong)
    with database.transaction() as session:
        drift.mend(session, wrong)
        if (row := session.get(Recount, 1)) is not None:
            row.drift = found.total
            session.add(row)
    if found.total:
        log.error("sums of the reports were wrong and have been put right: %s", found)
    return found


def _claim(session: Session) -> bool:
    """Whether nobody has done it within the last hours; then it is ours to do."""
    now, never = transaction_time(session), transaction_time(session) - 2 * _EVERY
    session.execute(ignoring(session, insert(Recount)), [{"id": 1, "claimed_at": never, "drift": 0}])
    row = session.get_one(Recount, 1, with_for_update=True)
    if now - row.claimed_at < _EVERY:
        return False
    row.claimed_at = now
    session.add(row)
    return True
