"""Weekly windows, opening hours and exceptions, by the wall clock of the site, on the nights the clocks change too.

Two slow and simple oracles stand against the product: the wall clock is read for every minute and looked up.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.domain.plan import MINUTES_A_DAY, Window, in_windows, next_opening
from shared.domain.site import Site, is_open, opens_next
from tests.support.builders import ZONE, a_site, days, every_day

SPRING = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
"""Clocks in Copenhagen go from 02:00 to 03:00."""
AUTUMN = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)
"""Clocks in Copenhagen go from 03:00 back to 02:00."""
MINUTE = timedelta(minutes=1)

ZONES = st.sampled_from([ZONE, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Asia/Kolkata")])
AROUND = st.sampled_from(
    [SPRING, AUTUMN, datetime(2026, 3, 8, 7, 0, tzinfo=UTC), datetime(2026, 4, 4, 15, 0, tzinfo=UTC)]
)
INSTANTS = st.builds(lambda at, minutes: at + minutes * MINUTE, AROUND, st.integers(-3000, 3000))
WINDOWS = st.builds(
    lambda weekday, opens, length: Window(weekday, opens, min(opens + length, 2 * MINUTES_A_DAY)),
    st.integers(0, 6),
    st.integers(0, 47).map(lambda half_hours: 30 * half_hours),
    st.integers(1, MINUTES_A_DAY),
)
WEEKS = st.lists(WINDOWS, max_size=4).map(tuple)
EXCEPTIONS = st.dictionaries(
    st.sampled_from([date(2026, 3, 29), date(2026, 3, 28), date(2026, 10, 25), date(2026, 10, 24)]), WEEKS, max_size=3
)


def wall(at: datetime, zone: ZoneInfo) -> tuple[date, int]:
    local = at.astimezone(zone)
    return local.date(), local.hour * 60 + local.minute


def covers(window: Window, begins_on: date, at: datetime, zone: ZoneInfo) -> bool:
    """Whether a window that begins on a day covers an instant, by the wall clock alone."""
    day, minute = wall(at, zone)
    return window.opens <= minute + (day - begins_on).days * MINUTES_A_DAY < window.closes


def oracle_in_windows(windows, at, zone) -> bool:
    day, _ = wall(at, zone)
    return any(
        window.weekday == begins_on.weekday() and covers(window, begins_on, at, zone)
        for window in windows
        for begins_on in (day, day - days(1))
    )


def oracle_is_open(site: Site, at: datetime) -> bool:
    day, _ = wall(at, site.zone)
    for begins_on in (day, day - days(1)):
        if begins_on in site.exceptions:
            windows = site.exceptions[begins_on]
        elif site.hours is None:
            windows = (Window(0, 0, MINUTES_A_DAY),)
        else:
            windows = tuple(w for w in site.hours if w.weekday == begins_on.weekday())
        if any(covers(window, begins_on, at, site.zone) for window in windows):
            return True
    return False


def first_minute(holds, after: datetime, within: timedelta) -> datetime | None:
    """The first whole minute after an instant at which something begins to hold."""
    at, before = after, holds(after)
    while at < after + within:
        at += MINUTE
        now = holds(at)
        if now and not before:
            return at
        before = now
    return None


# -- weekly windows -------------------------------------------------------------------------------------------------


@given(windows=WEEKS, at=INSTANTS, zone=ZONES)
def test_an_instant_is_in_a_window_when_the_wall_clock_is(windows, at, zone):
    assert in_windows(windows, at, zone) is oracle_in_windows(windows, at, zone)


@given(windows=WEEKS.filter(bool), at=INSTANTS, zone=ZONES)
def test_the_next_opening_lies_ahead_within_its_window(windows, at, zone):
    opening = next_opening(windows, at, zone)
    assert opening is None or (opening > at and in_windows(windows, opening, zone))
    assert opening is None or opening.utcoffset() == timedelta(0)


@given(windows=WEEKS, at=INSTANTS, zone=ZONES)
def test_nobody_who_stands_outside_is_let_in_before_the_next_opening(windows, at, zone):
    """But for the hour that the clocks skip, in which a window may be entered without its start ever coming."""
    soon = first_minute(lambda minute: oracle_in_windows(windows, minute, zone), at, timedelta(hours=26))
    if not in_windows(windows, at, zone) and soon is not None and not _skipped_in(soon, zone):
        assert next_opening(windows, at, zone) == soon


def _skipped_in(at: datetime, zone: ZoneInfo) -> bool:
    return at.astimezone(zone).utcoffset() > (at - MINUTE).astimezone(zone).utcoffset()


def test_without_windows_nothing_opens():
    assert next_opening((), SPRING, ZONE) is None
    assert not in_windows((), SPRING, ZONE)


def test_the_next_opening_may_be_the_same_weekday_in_a_week():
    windows = (Window(2, 480, 600),)
    at = datetime(2026, 3, 18, 7, 0, tzinfo=UTC)
    assert next_opening(windows, at, ZONE) == at + days(7)
    assert next_opening(windows, at - MINUTE, ZONE) == at


def test_a_window_that_passes_midnight_belongs_to_the_day_it_began_on():
    saturday_night = (Window(5, 21 * 60, 26 * 60),)
    late = datetime(2026, 3, 22, 0, 59, tzinfo=UTC)
    assert in_windows(saturday_night, late, ZONE)
    assert not in_windows(saturday_night, late + MINUTE, ZONE)
    assert not in_windows(saturday_night, late - days(1), ZONE)


def test_a_window_of_sunday_night_reaches_into_monday():
    assert in_windows((Window(6, 21 * 60, 26 * 60),), datetime(2026, 3, 23, 0, 30, tzinfo=UTC), ZONE)


def test_a_repeated_hour_counts_both_times():
    windows = every_day(2 * 60 + 30, 2 * 60 + 45)
    first, second = AUTUMN - 30 * MINUTE, AUTUMN + 30 * MINUTE
    assert in_windows(windows, first, ZONE)
    assert in_windows(windows, second, ZONE)
    assert next_opening(windows, first, ZONE) == second


def test_a_skipped_hour_never_comes():
    windows = (Window(6, 2 * 60, 3 * 60),)
    assert not any(in_windows(windows, SPRING + n * MINUTE, ZONE) for n in range(-60, 60))
    assert next_opening(windows, SPRING - days(1), ZONE) is None
    assert next_opening(windows, SPRING, ZONE) == SPRING + days(7) - timedelta(hours=1)


def test_a_start_in_the_skipped_hour_comes_as_much_later_as_the_clocks_jump():
    assert next_opening((Window(6, 2 * 60 + 30, 6 * 60),), SPRING - days(1), ZONE) == SPRING + 30 * MINUTE


@pytest.mark.parametrize(
    ("weekday", "opens", "closes"),
    [(-1, 0, 1), (7, 0, 1), (0, -1, 1), (0, 1440, 1441), (0, 5, 5), (0, 6, 5), (0, 0, 2881)],
)
def test_a_window_lies_in_a_weekday_and_ends_after_it_begins(weekday, opens, closes):
    with pytest.raises(ValueError, match="not a window of a weekday"):
        Window(weekday, opens, closes)


@pytest.mark.parametrize("edge", [(0, 0, 1), (6, 1439, 1440), (6, 1439, 2880)])
def test_the_edges_of_a_weekday_are_windows(edge):
    assert Window(*edge).closes == edge[2]


# -- sites ----------------------------------------------------------------------------------------------------------

SITES = st.builds(
    lambda hours, exceptions, zone: a_site(hours=hours, exceptions=exceptions, zone=zone),
    st.none() | WEEKS,
    EXCEPTIONS,
    ZONES,
)


@given(site=SITES, at=INSTANTS)
@example(site=a_site(hours=every_day(0, 2880)), at=SPRING)
def test_a_site_is_open_when_a_window_that_began_today_or_yesterday_says_so(site, at):
    assert is_open(site, at) is oracle_is_open(site, at)


@given(site=SITES, at=INSTANTS)
def test_a_closed_site_opens_next_when_it_says(site, at):
    soon = first_minute(lambda minute: oracle_is_open(site, minute), at, timedelta(hours=26))
    if not is_open(site, at) and soon is not None and not _skipped_in(soon, site.zone):
        assert opens_next(site, at) == soon


@given(site=SITES, at=INSTANTS)
def test_a_site_is_open_at_its_next_opening(site, at):
    opening = opens_next(site, at)
    assert opening is None or (opening > at and is_open(site, opening))


def test_hours_follow_the_wall_clock_over_both_nights():
    site = a_site(hours=every_day(6 * 60, 22 * 60))
    for night, hour_before, hour_after in ((SPRING, 5, 4), (AUTUMN, 4, 5)):
        day = night.replace(hour=0)
        assert opens_next(site, day - days(1)) == day - days(1) + timedelta(hours=hour_before)
        assert opens_next(site, day) == day + timedelta(hours=hour_after)
        assert is_open(site, day + timedelta(hours=hour_after))
        assert not is_open(site, day + timedelta(hours=hour_after) - MINUTE)


def test_a_site_that_is_open_all_day_stays_open_through_both_nights():
    for site in (a_site(), a_site(hours=every_day(0, MINUTES_A_DAY))):
        for night in (SPRING, AUTUMN):
            assert all(is_open(site, night + n * MINUTE) for n in range(-1500, 1500, 7))


def test_a_site_opens_at_its_minute_and_is_closed_at_its_closing_one():
    site = a_site(hours=every_day(6 * 60, 22 * 60))
    opening, closing = datetime(2026, 3, 18, 5, 0, tzinfo=UTC), datetime(2026, 3, 18, 21, 0, tzinfo=UTC)
    assert is_open(site, opening)
    assert is_open(site, closing - timedelta(microseconds=1))
    assert not is_open(site, closing)
    assert opens_next(site, opening - MINUTE) == opening
    assert opens_next(site, opening) == opening + days(1)


CHRISTMAS = date(2026, 12, 24)


def test_an_exception_replaces_the_hours_of_its_day():
    site = a_site(hours=every_day(6 * 60, 22 * 60), exceptions={CHRISTMAS: (Window(3, 10 * 60, 12 * 60),)})
    at = datetime(2026, 12, 24, 6, 0, tzinfo=UTC)
    assert not is_open(site, at)
    assert opens_next(site, at) == at.replace(hour=9)
    assert is_open(site, at.replace(hour=9))
    assert opens_next(site, at.replace(hour=11)) == datetime(2026, 12, 25, 5, 0, tzinfo=UTC)


def test_the_weekday_in_an_exception_is_not_looked_at():
    site = a_site(hours=(), exceptions={CHRISTMAS: (Window(0, 10 * 60, 26 * 60),)})
    at = datetime(2026, 12, 24, 9, 0, tzinfo=UTC)
    assert CHRISTMAS.weekday() != 0
    assert opens_next(site, at - MINUTE) == at
    assert is_open(site, at)
    assert is_open(site, datetime(2026, 12, 25, 0, 59, tzinfo=UTC))
    assert not is_open(site, datetime(2026, 12, 25, 1, 0, tzinfo=UTC))


def test_a_day_that_is_closed_by_exception_still_ends_the_night_before():
    site = a_site(hours=every_day(18 * 60, 26 * 60), exceptions={CHRISTMAS: ()})
    assert is_open(site, datetime(2026, 12, 24, 0, 30, tzinfo=UTC))
    assert not is_open(site, datetime(2026, 12, 24, 18, 0, tzinfo=UTC))
    assert not is_open(site, datetime(2026, 12, 25, 0, 30, tzinfo=UTC))


def test_a_site_that_never_closes_opens_at_midnight_after_a_closed_day():
    site = a_site(exceptions={CHRISTMAS: ()})
    assert opens_next(site, datetime(2026, 12, 24, 12, 0, tzinfo=UTC)) == datetime(2026, 12, 24, 23, 0, tzinfo=UTC)


def test_a_site_that_opens_within_30_days_says_so_and_later_does_not():
    def closed(number: int) -> Site:
        return a_site(exceptions={CHRISTMAS + days(n): () for n in range(number)})

    at = datetime(2026, 12, 24, 12, 0, tzinfo=UTC)
    assert opens_next(closed(30), at) == datetime(2027, 1, 22, 23, 0, tzinfo=UTC)
    assert opens_next(closed(31), at) is None
