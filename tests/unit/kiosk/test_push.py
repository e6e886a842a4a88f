"""Promises 3 and 4: exactly once, and no bad event holds up the rest."""

import random
from datetime import timedelta

import pytest

from kiosk.store.outbox import KEEP_ACKNOWLEDGED
from kiosk.sync.heartbeats import Heartbeats, Vitals
from kiosk.sync.push import FAILURES_BEFORE_HALVING, _upload_of
from shared.client.errors import NotRecognised, ServerFailed
from shared.contracts.devices import CameraState, EventStatus, UploadAnswer
from shared.errors import Rejected, Unavailable
from tests.support.builders import NOON, days
from tests.support.kiosk import Crash, a_kiosk, crash_at
from tests.support.small_gym import SmallGym, a_person

LOST = Unavailable("the line is cut")
FAILED = ServerFailed("500")


@pytest.fixture
def nora():
    return a_person()


@pytest.fixture
def kiosk(tmp_path, nora):
    kiosk = a_kiosk(tmp_path / "kiosk", SmallGym(nora))
    yield kiosk
    kiosk.store.close()


def scans(kiosk, person, number):
    for _ in range(number):
        kiosk.clock.advance(60)
        kiosk.scan(person.card)
    return [event.id for event in kiosk.events()]


def everything_is_there_once(kiosk):
    written = {event.id: event.model_dump_json() for event in kiosk.events()}
    stored = {event_id: body for event_id, (_, _, body) in kiosk.cloud.events.items()}
    assert stored == written


def steps(kiosk, number):
    return [kiosk.pusher.step() for _ in range(number)]


def test_what_was_scanned_arrives(kiosk, nora):
    scans(kiosk, nora, 5)
    kiosk.push()
    everything_is_there_once(kiosk)
    assert kiosk.unsent == 0
    assert steps(kiosk, 1)[0].done == 0
    assert len(kiosk.cloud.uploads) == 1


@pytest.mark.parametrize("after", [False, True], ids=["request lost", "answer lost"])
def test_a_lost_message_is_sent_again_and_stored_once(kiosk, nora, after):
    scans(kiosk, nora, 3)
    kiosk.cloud.fail("upload", LOST, LOST, after=after)
    results = steps(kiosk, 3)
    assert [done.error is None for done in results] == [False, False, True]
    everything_is_there_once(kiosk)
    assert kiosk.unsent == 0


@pytest.mark.parametrize("point", ["push.sent", "push.marking"])
def test_a_power_cut_between_answer_and_note_loses_and_doubles_nothing(kiosk, nora, point):
    scans(kiosk, nora, 3)
    with crash_at(point), pytest.raises(Crash):
        kiosk.pusher.step()
    kiosk.start()
    assert kiosk.unsent == 3
    kiosk.push()
    everything_is_there_once(kiosk)


def test_answers_are_matched_by_event_id_not_by_place(kiosk, nora):
    ids = scans(kiosk, nora, 4)
    kiosk.cloud.status_of = lambda event_id: EventStatus.LATER if event_id == ids[0] else None
    original = kiosk.cloud._answer
    kiosk.cloud._answer = lambda stream, results, *, reused: original(stream, results[::-1], reused=reused)
    kiosk.pusher.step()
    assert _waiting(kiosk) == [ids[0]]


def test_only_what_the_answer_names_is_settled(kiosk, nora):
    ids = scans(kiosk, nora, 3)
    original = kiosk.cloud._answer
    kiosk.cloud._answer = lambda stream, results, *, reused: original(stream, results[:1], reused=reused)
    kiosk.pusher.step()
    assert _waiting(kiosk) == ids[1:]


@pytest.mark.parametrize("status", [EventStatus.DUPLICATE, EventStatus.CONFLICT, EventStatus.REFUSED])
def test_every_final_answer_settles_an_event(kiosk, nora, status):
    scans(kiosk, nora, 1)
    kiosk.cloud.status_of = lambda _event_id: status
    kiosk.pusher.step()
    assert kiosk.unsent == 0


def test_a_batch_holds_500_events_of_one_stream_oldest_first(kiosk, nora):
    ids = scans(kiosk, nora, 3)
    kiosk.pusher._most = kiosk.pusher._limit = 2
    kiosk.cloud.last_number_seen = 99
    _heartbeats(kiosk).step()  # a new stream
    ids = scans(kiosk, nora, 2)
    kiosk.push()
    sent = [[event.id for event in upload.events] for upload in kiosk.cloud.uploads]
    assert sent == [ids[:2], ids[2:3], ids[3:]]
    assert len({upload.stream_id for upload in kiosk.cloud.uploads}) == 2


def test_no_contact_never_halves_or_sets_aside(kiosk, nora):
    scans(kiosk, nora, 8)
    kiosk.cloud.fail("upload", *[LOST] * 50)
    assert all(done.error is LOST for done in steps(kiosk, 50))
    kiosk.push()
    assert [len(upload.events) for upload in kiosk.cloud.uploads] == [8]
    assert kiosk.store.outbox.state().quarantined == 0


def test_the_one_event_the_cloud_fails_on_is_set_aside_and_the_rest_goes_on(kiosk, nora):
    ids = scans(kiosk, nora, 20)
    bad = ids[13]
    kiosk.cloud.status_of = lambda event_id: FAILED if event_id == bad else None
    results = steps(kiosk, 60)
    assert _waiting(kiosk) == []
    assert kiosk.store.outbox.state().quarantined == 1
    assert set(kiosk.cloud.events) == set(ids) - {bad}
    assert sum(done.error is not None for done in results) <= 8 * FAILURES_BEFORE_HALVING


def test_two_neighbours_the_cloud_fails_on_are_both_set_aside(kiosk, nora):
    ids = scans(kiosk, nora, 10)
    kiosk.cloud.status_of = lambda event_id: FAILED if event_id in ids[4:6] else None
    steps(kiosk, 80)
    assert set(kiosk.cloud.events) == set(ids) - set(ids[4:6])
    assert kiosk.store.outbox.state().quarantined == 2


def test_a_cloud_that_fails_on_everything_gets_nothing_set_aside(kiosk, nora):
    ids = scans(kiosk, nora, 6)
    kiosk.cloud.status_of = lambda _event_id: FAILED
    steps(kiosk, 100)
    assert kiosk.store.outbox.state().quarantined == 0
    kiosk.cloud.status_of = lambda _event_id: None
    kiosk.clock.advance(timedelta(hours=2))
    kiosk.push()
    kiosk.push()
    assert set(kiosk.cloud.events) == set(ids)
    assert kiosk.unsent == 0


def test_an_event_set_aside_is_tried_alone_once_an_hour(kiosk, nora):
    ids = scans(kiosk, nora, 4)
    kiosk.cloud.status_of = lambda event_id: FAILED if event_id == ids[0] else None
    steps(kiosk, 40)
    kiosk.cloud.uploads.clear()
    assert all(done.error is None for done in steps(kiosk, 5))
    assert kiosk.cloud.uploads == []
    kiosk.clock.advance(timedelta(minutes=61))
    steps(kiosk, 5)
    assert [[event.id for event in upload.events] for upload in kiosk.cloud.uploads] == [[ids[0]]]
    kiosk.cloud.status_of = lambda _event_id: None
    kiosk.clock.advance(timedelta(minutes=61))
    kiosk.push()
    assert kiosk.store.outbox.state().quarantined == 0
    everything_is_there_once(kiosk)


def test_a_batch_refused_as_a_whole_is_halved_too(kiosk, nora):
    ids = scans(kiosk, nora, 6)
    bad = Rejected("cannot be read", code="not_readable")
    kiosk.cloud.status_of = lambda event_id: bad if event_id == ids[2] else None
    steps(kiosk, 40)
    assert set(kiosk.cloud.events) == set(ids) - {ids[2]}


def test_an_event_told_to_come_later_three_times_makes_room(kiosk, nora):
    ids = scans(kiosk, nora, 3)
    kiosk.pusher._most = kiosk.pusher._limit = 1
    kiosk.cloud.status_of = lambda event_id: EventStatus.LATER if event_id == ids[0] else None
    steps(kiosk, 8)
    assert set(kiosk.cloud.events) == set(ids[1:])
    assert kiosk.store.outbox.state().quarantined == 1


def test_an_event_whose_text_rotted_is_set_aside(kiosk, nora):
    ids = scans(kiosk, nora, 3)
    with kiosk.store.database.write() as connection:
        connection.execute("DROP TRIGGER events_are_facts")
        connection.execute("UPDATE event SET body = 'x' WHERE number = 2")
    steps(kiosk, 3)
    assert set(kiosk.cloud.events) == {ids[0], ids[2]}
    assert kiosk.store.outbox.state().quarantined == 1


def test_a_device_that_is_not_recognised_keeps_everything(kiosk, nora):
    scans(kiosk, nora, 3)
    refused = NotRecognised("who are you?", code="device_unknown")
    kiosk.cloud.fail("upload", *[refused] * 30)
    assert all(done.error is refused for done in steps(kiosk, 30))
    assert (kiosk.unsent, kiosk.store.outbox.state().quarantined) == (3, 0)
    assert len(kiosk.events()) == 3


def test_missing_numbers_are_sent_again_although_they_were_acknowledged(kiosk, nora):
    ids = scans(kiosk, nora, 5)
    kiosk.push()
    for event_id in ids[1:3]:
        del kiosk.cloud.events[event_id]
    scans(kiosk, nora, 1)
    steps(kiosk, 4)
    everything_is_there_once(kiosk)


def test_a_reused_number_opens_a_new_stream_and_both_events_are_kept(kiosk, nora, tmp_path):
    scans(kiosk, nora, 5)
    kiosk.push()
    image = tmp_path / "image"
    kiosk.store.close()
    _copy(kiosk.folder, image)
    kiosk.start()
    scans(kiosk, nora, 4)
    kiosk.push()
    stored = set(kiosk.cloud.events)
    kiosk.store.close()
    kiosk.folder = image
    kiosk.start()
    first_stream = kiosk.store.events.current_stream()[0]
    ids = scans(kiosk, nora, 3)
    kiosk.push()
    assert set(kiosk.cloud.events) == stored | set(ids)
    assert kiosk.store.events.current_stream() != (first_stream, 8)
    assert kiosk.store.events.current_stream()[1] == 0
    scans(kiosk, nora, 2)
    kiosk.push()
    assert [event.number for event in kiosk.events()][-2:] == [1, 2]
    assert {event.id for event in kiosk.events()} <= set(kiosk.cloud.events)


def test_a_heartbeat_finds_out_about_numbers_this_disk_forgot(kiosk, nora):
    scans(kiosk, nora, 2)
    before = kiosk.store.events.current_stream()
    kiosk.cloud.last_number_seen = 2
    _heartbeats(kiosk).step()
    assert kiosk.store.events.current_stream() == before
    kiosk.cloud.last_number_seen = 7
    _heartbeats(kiosk).step()
    stream, last = kiosk.store.events.current_stream()
    assert (stream != before[0], last) == (True, 0)


def test_a_heartbeat_says_how_the_kiosk_is(kiosk, nora):
    scans(kiosk, nora, 2)
    kiosk.clock.advance(30)
    assert _heartbeats(kiosk).step().error is None
    [beat] = kiosk.cloud.heartbeats
    assert (beat.last_number, beat.queue, beat.quarantined, beat.not_recorded) == (2, 2, 0, 3)
    assert beat.oldest_unsent_at == kiosk.events()[0].door_at
    assert (beat.roster_version, beat.roster_age_s) == (kiosk.cloud.gym.version, 158)
    assert (beat.clock_offset_ms, beat.camera, beat.decode_rate) == (0, CameraState.OK, 29.5)
    assert beat.disk_free_mib > 0


def test_everything_kept_is_sent_again_on_request(kiosk, nora):
    scans(kiosk, nora, 4)
    kiosk.push()
    kiosk.cloud.events.clear()
    kiosk.store.outbox.send_everything_again()
    kiosk.push()
    everything_is_there_once(kiosk)


def test_an_answer_to_a_question_from_before_a_restore_settles_nothing(kiosk, nora):
    """The answer comes from a cloud whose state was since thrown away."""
    scans(kiosk, nora, 3)
    batch = kiosk.store.outbox.next_batch(500)
    answer: UploadAnswer = kiosk.cloud.upload(_upload(kiosk, batch))
    kiosk.cloud.restore({})
    kiosk.store.outbox.send_everything_again()
    assert kiosk.store.outbox.acknowledge(batch, answer.results, at=NOON) == frozenset()
    kiosk.push()
    everything_is_there_once(kiosk)


def test_acknowledged_events_are_kept_for_35_days_and_unsent_ones_for_ever(kiosk, nora):
    scans(kiosk, nora, 3)
    kiosk.push()
    kiosk.cloud.fail("upload", *[LOST] * 3)
    scans(kiosk, nora, 2)
    kiosk.clock.advance(KEEP_ACKNOWLEDGED - timedelta(minutes=3))
    kiosk.learn_time()
    assert kiosk.store.outbox.prune(kiosk.clock.wall) == 0
    kiosk.clock.advance(timedelta(minutes=10))
    assert kiosk.store.outbox.prune(kiosk.clock.wall) == 3
    assert kiosk.store.outbox.prune(kiosk.clock.wall + days(1000)) == 0
    assert [event.number for event in kiosk.events()] == [4, 5]
    scans(kiosk, nora, 1)
    assert kiosk.events()[-1].number == 6


def test_pruning_waits_for_a_time_that_rests_on_a_server(kiosk, nora):
    scans(kiosk, nora, 1)
    kiosk.push()
    kiosk.clock.reboot(wall=NOON + days(400))
    kiosk.restart()
    kiosk.pull()
    steps(kiosk, 2)
    assert len(kiosk.events()) == 1
    kiosk.learn_time()
    kiosk.pull()
    steps(kiosk, 2)
    assert kiosk.events() == []


def test_pruning_waits_until_the_cloud_confirmed_that_it_was_not_restored(kiosk, nora):
    scans(kiosk, nora, 1)
    kiosk.push()
    kiosk.clock.advance(KEEP_ACKNOWLEDGED + days(5))
    kiosk.learn_time()
    steps(kiosk, 2)
    assert len(kiosk.events()) == 1
    kiosk.pull()
    steps(kiosk, 2)
    assert kiosk.events() == []


def test_events_cannot_be_changed(kiosk, nora):
    scans(kiosk, nora, 1)
    with pytest.raises(Unavailable, match="an event never changes"), kiosk.store.database.write() as connection:
        connection.execute("UPDATE event SET outcome = 'denied'")


@pytest.mark.parametrize("seed", range(12))
def test_any_mix_of_scans_losses_and_crashes_ends_with_each_event_once(tmp_path, seed):
    rng = random.Random(seed)
    nora = a_person()
    kiosk = a_kiosk(tmp_path, SmallGym(nora))
    for _ in range(60):
        act = rng.choice(["scan", "scan", "push", "lose", "crash", "restart", "fail"])
        if act == "scan":
            scans(kiosk, nora, 1)
        elif act == "push":
            kiosk.pusher.step()
        elif act == "lose":
            kiosk.cloud.fail("upload", LOST, after=rng.random() < 0.5)
        elif act == "fail":
            kiosk.cloud.fail("upload", FAILED, after=rng.random() < 0.5)
        elif act == "restart":
            kiosk.restart()
        else:
            _crash(kiosk, nora, rng)
    kiosk.cloud.before.clear()
    kiosk.cloud.after.clear()
    kiosk.push()
    everything_is_there_once(kiosk)
    kiosk.store.close()


def _crash(kiosk, nora, rng):
    point = rng.choice(["entry.before_commit", "entry.after_commit", "push.sent", "push.marking"])
    try:
        with crash_at(point):
            kiosk.clock.advance(60)
            kiosk.answer(nora.card)
            kiosk.pusher.step()
    except Crash:
        kiosk.start()


def _waiting(kiosk):
    batch = kiosk.store.outbox.next_batch(500)
    return [] if batch is None else [event.id for event in batch.events]


def _upload(kiosk, batch):
    return _upload_of(batch)[0]


def _heartbeats(kiosk):
    vitals = Vitals(camera=CameraState.OK, decode_rate=29.5, not_recorded=3)
    return Heartbeats(kiosk.store, kiosk.cloud, lambda: vitals, program_version="1.2.3")


def _copy(source, target):
    target.mkdir()
    for path in source.iterdir():
        (target / path.name).write_bytes(path.read_bytes())
