"""Days and moments as a person says them, seen from today. Qt-free and language-free."""

from datetime import date, datetime, timedelta

from shared.desktop.translation import Say, say

_WEEK_AHEAD = timedelta(days=6)
_SAME_YEAR_WITHIN = timedelta(days=270)


def plain_day(day: date, today: date) -> Say:
    """Day and month; with the year when it is far enough away to be mistaken for another."""
    if abs(day - today) < _SAME_YEAR_WITHIN:
        return say("day.plain", day=day)
    return say("day.with_year", day=day, year=day.year)


def which_day(day: date, today: date) -> Say:
    """``today``, ``tomorrow``, ``on Sunday`` within the week, else ``on 30 June``."""
    if day == today:
        return say("day.today")
    if day == today + timedelta(days=1):
        return say("day.tomorrow")
    if today < day <= today + _WEEK_AHEAD:
        return say("day.weekday", day=day)
    return say("day.date", day=plain_day(day, today))


def moment(local: datetime, today: date) -> Say:
    """A coming moment of a site-local clock: ``at 14:00``, ``tomorrow at 06:00``, ``on Monday at 06:00``."""
    day, time = local.date(), local.time()
    if day == today:
        return say("when.today", time=time)
    if day == today + timedelta(days=1):
        return say("when.tomorrow", time=time)
    if today < day <= today + _WEEK_AHEAD:
        return say("when.weekday", day=day, time=time)
    return say("when.date", day=plain_day(day, today), time=time)
