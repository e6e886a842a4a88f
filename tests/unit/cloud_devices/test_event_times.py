"""When an event really happened: believed, worked out, or left as the door said; never after it arrived."""

from datetime import UTC, datetime, timedelta

import pytest

from cloud_api.devices.timing import BOOT_CLOCK_BACK, CLOCK_CORRECTED, CLOCK_IN_FUTURE, effective_times
from shared.domain.time import TimeQuality
from tests.support.builders import NOON, an_event_record

GOOD = [TimeQuality.SYNCED, TimeQuality.HELD]
POOR = [TimeQuality.GUESSED, TimeQuality.LOST]


def an_event(number, *, boot_ms=60_000, **changes):
    return an_event_record(number=number, boot_ms=boot_ms, **changes)


@pytest.mark.parametrize("quality", GOOD)
def test_a_time_that_rests_on_a_servers_is_believed(quality):
    early = NOON - timedelta(days=3)
    assert effective_times([an_event(1, door_at=early, time_quality=quality)], now=NOON) == [(early, ())]


@pytest.mark.parametrize("quality", POOR)
def test_a_poor_time_stays_when_nothing_corrects_it(quality):
    early = NOON - timedelta(days=3)
    assert effective_times([an_event(1, door_at=early, time_quality=quality)], now=NOON) == [(early, ())]


@pytest.mark.parametrize("quality", POOR)
@pytest.mark.parametrize("good", GOOD)
def test_a_poor_time_is_worked_out_from_a_believed_one_of_the_same_boot(quality, good):
    lost = an_event(1, door_at=NOON - timedelta(days=900), time_quality=quality, boot_ms=1_000)
    synced = an_event(2, door_at=NOON, time_quality=good, boot_ms=61_000)
    assert effective_times([lost, synced], now=NOON) == [(NOON - timedelta(minutes=1), (CLOCK_CORRECTED,)), (NOON, ())]


def test_a_time_that_cannot_be_corrects_no_other():
    lost = an_event(1, door_at=NOON - timedelta(days=900), time_quality=TimeQuality.LOST)
    good, ahead = an_event(2), an_event(3, door_at=NOON + timedelta(days=900))
    assert effective_times([lost, good, ahead], now=NOON)[0] == (NOON, (CLOCK_CORRECTED,))


def test_another_boot_corrects_nothing():
    lost = an_event(1, door_at=NOON - timedelta(days=900), time_quality=TimeQuality.LOST, boot_id="other")
    assert effective_times([lost, an_event(2)], now=NOON)[0] == (NOON - timedelta(days=900), ())


@pytest.mark.parametrize(
    ("ahead", "expected"),
    [
        (timedelta(minutes=2), (NOON + timedelta(minutes=2), ())),
        (timedelta(minutes=2, microseconds=1), (NOON, (CLOCK_IN_FUTURE,))),
        (timedelta(days=8000), (NOON, (CLOCK_IN_FUTURE,))),
    ],
)
def test_nothing_happens_long_after_it_arrived(ahead, expected):
    assert effective_times([an_event(1, door_at=NOON + ahead)], now=NOON) == [expected]


def test_a_boot_clock_that_goes_back_is_told():
    events = [an_event(1, boot_ms=5000), an_event(2, boot_ms=4999), an_event(3, boot_ms=4999)]
    assert [flags for _, flags in effective_times(events, now=NOON)] == [(), (BOOT_CLOCK_BACK,), ()]


def test_times_at_the_ends_of_the_calendar_break_nothing():
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    synced = an_event(1, door_at=last, boot_ms=0)
    lost = an_event(2, door_at=first, time_quality=TimeQuality.LOST, boot_ms=2**52)
    assert effective_times([synced, lost], now=NOON) == [(NOON, (CLOCK_IN_FUTURE,)), (first, ())]
