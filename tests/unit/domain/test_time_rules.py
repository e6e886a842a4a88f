"""What a door may believe of the time, and how days, months and intervals are counted."""

import calendar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.time import (
    HELD_AFTER,
    DayInterval,
    DoorTime,
    ServerSample,
    TimeQuality,
    add_months,
    door_time,
    local_day,
)
from tests.support.builders import NOON, ZONE, days, seconds

INSTANTS = st.datetimes(datetime(1980, 1, 1), datetime(2090, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
BOOT_NS = st.integers(0, 10**17)
OFFSETS = st.timedeltas(timedelta(days=-3650), timedelta(days=3650))
DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))


@st.composite
def samples(draw, boot_id="this boot"):
    return ServerSample(draw(INSTANTS), draw(BOOT_NS), boot_id, draw(OFFSETS), draw(st.just(timedelta(0))))


def ask(wall, *, sample=None, boot_ns=0, boot_id="this boot", newest=None) -> DoorTime:
    return door_time(wall=wall, boot_ns=boot_ns, boot_id=boot_id, sample=sample, newest_stored_at=newest)


A_SAMPLE = ServerSample(NOON, 5_000_000_000, "this boot", seconds(7), timedelta(0))


@given(one=INSTANTS, other=INSTANTS, sample=samples(), since=BOOT_NS, newest=st.none() | INSTANTS)
def test_a_turned_wall_clock_changes_nothing_in_the_boot_of_a_server_answer(one, other, sample, since, newest):
    facts = {"sample": sample, "boot_ns": sample.boot_ns + since, "newest": newest}
    assert ask(one, **facts) == ask(other, **facts)


@given(wall=INSTANTS, sample=samples(), since=BOOT_NS, more=BOOT_NS)
def test_the_door_s_time_goes_on_with_the_boot_clock(wall, sample, since, more):
    first = ask(wall, sample=sample, boot_ns=sample.boot_ns + since)
    later = ask(wall, sample=sample, boot_ns=sample.boot_ns + since + more)
    assert abs((later.at - first.at) - timedelta(microseconds=more / 1000)) <= timedelta(microseconds=1)


@given(wall=INSTANTS, sample=st.none() | samples("an earlier boot"), newest=INSTANTS)
def test_without_a_server_the_time_is_never_before_the_newest_stored(wall, sample, newest):
    assert ask(wall, sample=sample, newest=newest).at >= newest


@given(wall=INSTANTS, sample=st.none() | samples("an earlier boot"), newest=INSTANTS)
def test_the_time_is_lost_exactly_when_the_guess_lies_before_the_newest_stored(wall, sample, newest):
    guess = wall + (sample.wall_offset if sample else timedelta(0))
    found = ask(wall, sample=sample, newest=newest)
    assert found.is_lost is (guess < newest)
    assert found == (DoorTime(newest, TimeQuality.LOST) if guess < newest else DoorTime(guess, TimeQuality.GUESSED))


@pytest.mark.parametrize(
    ("since", "quality"),
    [(timedelta(0), TimeQuality.SYNCED), (HELD_AFTER, TimeQuality.SYNCED), (HELD_AFTER + seconds(1), TimeQuality.HELD)],
)
def test_a_server_s_time_is_held_after_24_hours(since, quality):
    boot_ns = A_SAMPLE.boot_ns + int(since.total_seconds()) * 10**9
    assert ask(NOON, sample=A_SAMPLE, boot_ns=boot_ns) == DoorTime(NOON + since, quality)


def test_after_a_reboot_the_wall_clock_counts_with_its_last_offset():
    assert ask(NOON, sample=A_SAMPLE, boot_id="next boot") == DoorTime(NOON + seconds(7), TimeQuality.GUESSED)


def test_a_kiosk_that_never_heard_a_server_guesses_by_its_wall_clock():
    assert ask(NOON) == DoorTime(NOON, TimeQuality.GUESSED)


def test_a_dead_clock_battery_loses_the_time():
    assert ask(datetime(2000, 1, 1, tzinfo=UTC), sample=A_SAMPLE, boot_id="next boot", newest=NOON) == DoorTime(
        NOON, TimeQuality.LOST
    )


@pytest.mark.parametrize("quality", TimeQuality)
def test_only_a_lost_time_is_lost(quality):
    assert DoorTime(NOON, quality).is_lost is (quality is TimeQuality.LOST)


# -- days -----------------------------------------------------------------------------------------------------------


@given(first=DAYS, length=st.integers(1, 400))
def test_an_interval_holds_its_first_day_and_not_its_end(first, length):
    end = first + days(length)
    interval = DayInterval(first, end)
    assert first in interval
    assert end - days(1) in interval
    assert end not in interval
    assert first - days(1) not in interval
    assert interval.days == sum(first + days(n) in interval for n in range(-1, length + 2))


@pytest.mark.parametrize("length", [0, -1])
def test_an_interval_ends_after_it_begins(length):
    with pytest.raises(ValueError, match="must end after it begins: 2026-03-18 to"):
        DayInterval(date(2026, 3, 18), date(2026, 3, 18) + days(length))


@given(day=DAYS, months=st.integers(-24, 240), anchor=st.none() | st.integers(1, 31))
def test_a_later_month_has_the_anchor_s_day_or_its_own_last(day, months, anchor):
    later = add_months(day, months, anchor_day=anchor)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    last = calendar.monthrange(later.year, later.month)[1]
    assert later.day == min(anchor or day.day, last)


def test_a_short_month_does_not_move_the_anchor():
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2026, 2, 28), 1, anchor_day=31) == date(2026, 3, 31)
    assert add_months(date(2027, 12, 31), 2) == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("at", "zone", "day"),
    [
        (datetime(2026, 3, 18, 22, 59, tzinfo=UTC), ZONE, date(2026, 3, 18)),
        (datetime(2026, 3, 18, 23, 0, tzinfo=UTC), ZONE, date(2026, 3, 19)),
        (datetime(2026, 3, 18, 4, 59, tzinfo=UTC), ZoneInfo("America/Chicago"), date(2026, 3, 17)),
    ],
)
def test_the_local_day_is_the_site_s(at, zone, day):
    assert local_day(at, zone) == day
