"""Promise 11 and the hard case of time at the door, through the door itself."""

from datetime import UTC, datetime, timedelta

import pytest

from kiosk.store.folder import open_store
from kiosk.store.timekeeper import LONGEST_ROUND_TRIP
from shared.domain.attendance import EventKind
from shared.domain.decision import DenialReason, Denied, Granted, NoticeKind
from shared.domain.site import Strictness
from shared.domain.time import TimeQuality
from tests.support.builders import NOON, days, seconds
from tests.support.kiosk import FakeClock, Kiosk, a_kiosk
from tests.support.scripted_cloud import ScriptedCloud
from tests.support.small_gym import SmallGym, a_person

DEAD_BATTERY = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.fixture
def nora():
    return a_person()


@pytest.fixture
def kiosk(tmp_path, nora):
    kiosk = a_kiosk(tmp_path, SmallGym(nora))
    yield kiosk
    kiosk.store.close()


def door(kiosk):
    return kiosk.store.timekeeper.look().door


@pytest.mark.parametrize("turned", [timedelta(days=400), -timedelta(days=400), timedelta(minutes=3)])
def test_turning_the_wall_clock_changes_no_decision_and_is_recorded(kiosk, nora, turned):
    kiosk.door.tick()
    kiosk.clock.turn(turned)
    kiosk.door.tick()
    kiosk.door.tick()
    verdict = kiosk.scan(nora.live(NOON))
    assert isinstance(verdict.decision, Granted)
    jump, entry = kiosk.events()
    assert (jump.kind, jump.outcome) == (EventKind.CLOCK_JUMP, None)
    assert jump.note == f"wall clock moved by {turned.total_seconds():+.1f} s"
    assert jump.wall_at == NOON + turned
    assert (entry.door_at, entry.time_quality) == (NOON + seconds(4), TimeQuality.SYNCED)
    assert entry.wall_at == NOON + turned + seconds(4)


def test_a_clock_that_drifts_gently_has_not_jumped(kiosk):
    for _ in range(60):
        kiosk.clock.advance(60)
        kiosk.clock.turn(seconds(0.5))
        kiosk.door.tick()
    assert kiosk.events() == []


def test_a_server_time_older_than_a_day_is_held(kiosk):
    assert door(kiosk).quality is TimeQuality.SYNCED
    kiosk.clock.advance(days(1) + seconds(1))
    assert (door(kiosk).quality, door(kiosk).at) == (TimeQuality.HELD, NOON + days(1) + seconds(1))


def test_a_restart_of_the_program_keeps_the_servers_time(kiosk):
    kiosk.clock.turn(-days(3))
    kiosk.restart()
    assert (door(kiosk).quality, door(kiosk).at) == (TimeQuality.SYNCED, NOON)


def test_after_a_reboot_the_wall_clock_and_the_last_offset_are_a_guess(kiosk, nora):
    kiosk.clock.turn(timedelta(hours=-2))
    kiosk.clock.advance(61)  # samples are written down once a minute
    kiosk.learn_time(kiosk.clock.wall + timedelta(hours=2))
    kiosk.clock.advance(600)
    kiosk.clock.reboot()
    kiosk.restart()
    assert (door(kiosk).quality, door(kiosk).at) == (TimeQuality.GUESSED, NOON + seconds(661))
    assert isinstance(kiosk.scan(nora.live(NOON + seconds(661))).decision, Granted)
    assert kiosk.events()[-1].time_quality is TimeQuality.GUESSED


def test_with_a_dead_battery_the_time_is_lost_and_live_codes_are_refused(kiosk, nora):
    kiosk.scan(nora.card)
    kiosk.clock.advance(90)
    code = nora.live(kiosk.clock.wall)
    kiosk.clock.reboot(wall=DEAD_BATTERY)
    kiosk.restart()
    assert (door(kiosk).quality, door(kiosk).at) == (TimeQuality.LOST, NOON + seconds(4))
    verdict = kiosk.scan(code)
    assert verdict.decision == Denied(DenialReason.TIME_LOST)
    event = kiosk.events()[-1]
    assert (event.time_quality, event.reason) == (TimeQuality.LOST, "time_lost")
    kiosk.clock.advance(60)
    assert isinstance(kiosk.scan(nora.card).decision, Granted)


def test_under_a_soft_policy_a_live_code_opens_with_lost_time_and_the_event_says_so(tmp_path, nora):
    gym = SmallGym(nora)
    gym.put_policy(roster_too_old=Strictness.SOFT)
    kiosk = a_kiosk(tmp_path, gym)
    kiosk.clock.reboot(wall=DEAD_BATTERY)
    kiosk.restart()
    code = nora.live(NOON + days(2))
    assert NoticeKind.TIME_LOST in [notice.kind for notice in kiosk.scan(code).decision.notices]
    kiosk.clock.advance(60)
    assert kiosk.scan(code).decision.reason is DenialReason.CODE_ALREADY_USED


def test_lost_time_still_passes(kiosk, nora):
    kiosk.scan(nora.card)
    kiosk.clock.reboot(wall=DEAD_BATTERY)
    kiosk.restart()
    before = door(kiosk).at
    kiosk.clock.advance(3600)
    assert door(kiosk).at == before + seconds(3600)
    kiosk.scan(nora.card)
    kiosk.clock.reboot(wall=DEAD_BATTERY)
    kiosk.restart()
    assert door(kiosk).at == before + seconds(3604)


def test_a_server_ends_the_lost_time(kiosk):
    kiosk.clock.reboot(wall=DEAD_BATTERY)
    kiosk.restart()
    kiosk.learn_time(NOON + days(1))
    assert (door(kiosk).quality, door(kiosk).at) == (TimeQuality.SYNCED, NOON + days(1))


def test_a_wrong_guess_of_the_future_does_not_outlive_the_next_server_answer(kiosk, nora):
    """The battery came back with 2049: what was stored then must not make every later time look lost."""
    kiosk.clock.reboot(wall=NOON + days(8000))
    kiosk.restart()
    kiosk.scan(nora.card)
    kiosk.learn_time(NOON + seconds(60))
    kiosk.clock.reboot(wall=kiosk.clock.wall + seconds(60))
    kiosk.restart()
    assert (door(kiosk).quality, door(kiosk).at) == (TimeQuality.GUESSED, NOON + seconds(120))


def test_a_first_start_believes_the_wall_clock_as_a_guess(tmp_path):
    store = open_store(tmp_path, FakeClock(), reserve_size=1)
    assert (store.timekeeper.look().door.quality, store.timekeeper.look().door.at) == (TimeQuality.GUESSED, NOON)
    store.close()


def test_the_shortest_round_trip_of_the_last_hour_counts(kiosk):
    kiosk.learn_time(NOON + timedelta(milliseconds=1), timedelta(milliseconds=2))
    kiosk.clock.advance(60)
    kiosk.learn_time(NOON + seconds(60) + timedelta(milliseconds=400), timedelta(seconds=1))
    assert door(kiosk).at == NOON + seconds(60) + timedelta(milliseconds=1)
    kiosk.clock.advance(3601)
    kiosk.learn_time(NOON + seconds(3661) + timedelta(milliseconds=400), timedelta(seconds=1))
    assert door(kiosk).at == NOON + seconds(3661) + timedelta(milliseconds=400)


def test_a_server_whose_clock_was_set_is_followed(kiosk):
    kiosk.learn_time(NOON - days(3), timedelta(seconds=1))
    assert door(kiosk).at == NOON - days(3)


def test_an_answer_that_took_long_says_nothing_about_the_time(kiosk):
    kiosk.learn_time(NOON + days(1), LONGEST_ROUND_TRIP + seconds(1))
    assert door(kiosk).at == NOON


def test_the_offset_is_the_latest_measured(kiosk, nora):
    kiosk.clock.turn(seconds(30))
    kiosk.learn_time(NOON, timedelta(seconds=1))
    kiosk.scan(nora.card)
    assert kiosk.events()[0].offset_ms == -30_000


def test_turning_the_clock_does_not_make_an_old_roster_young(tmp_path, nora):
    kiosk = a_kiosk(tmp_path, SmallGym(nora))
    kiosk.clock.advance(days(4))
    kiosk.clock.turn(-days(4))
    assert kiosk.scan(nora.card).decision == Denied(DenialReason.ROSTER_TOO_OLD)


def test_turning_a_clock_that_never_heard_a_server_does_not_either(tmp_path, nora):
    kiosk = Kiosk(tmp_path, FakeClock(), ScriptedCloud(SmallGym(nora)))
    kiosk.pull()
    kiosk.clock.advance(days(4))
    kiosk.clock.turn(-days(4))
    assert kiosk.scan(nora.card).decision == Denied(DenialReason.ROSTER_TOO_OLD)


def test_the_rosters_age_survives_a_reboot(tmp_path, nora):
    kiosk = a_kiosk(tmp_path, SmallGym(nora))
    kiosk.clock.advance(days(4))
    kiosk.clock.reboot()
    kiosk.restart()
    kiosk.cloud = ScriptedCloud(SmallGym())
    assert kiosk.scan(nora.card).decision == Denied(DenialReason.ROSTER_TOO_OLD)
