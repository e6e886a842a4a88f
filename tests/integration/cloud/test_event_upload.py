"""Exactly once: an upload reports the past; each event is answered from what is stored, and no event harms another."""

import gzip
import json
import random
import threading
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import func, select

from cloud_api.common.events import ATTENDANCE_TOPIC, AttendanceRecorded
from cloud_api.common.outbox import Consumer
from cloud_api.devices.tables import EventRow, RefusedEventRow
from shared import faults
from shared.contracts.devices import EventStatus, UploadAnswer
from shared.domain.attendance import Outcome
from shared.domain.device import Direction
from shared.domain.passes import PassKind
from shared.domain.time import TimeQuality
from tests.support.answers import refusal
from tests.support.builders import NOON, an_event_record, an_id

EVENTS = "/v1/devices/self/events"
STORED, DUPLICATE, CONFLICT, REFUSED = (
    EventStatus.STORED,
    EventStatus.DUPLICATE,
    EventStatus.CONFLICT,
    EventStatus.REFUSED,
)


def an_event(number=1, **changes):
    return an_event_record(number=number, **changes)


def statuses(answer):
    return [result.status for result in answer.results]


def stored(gym):
    with gym.cloud.database.reading() as session:
        return sorted(session.exec(select(EventRow.id)))


def heard(gym):
    """What the services hear, from now on: payloads of the attendance topic."""
    taken = []
    gym.cloud.dispatcher.add(
        [
            Consumer(
                ATTENDANCE_TOPIC,
                "test",
                lambda _session, event: taken.append((event.id, AttendanceRecorded.model_validate(event.data))),
            )
        ]
    )
    return taken


def send_raw(kiosk, *items, stream_id=None):
    content = json.dumps({"stream_id": str(stream_id or kiosk.enrolment.stream_id), "events": list(items)})
    answer = kiosk.client.post(EVENTS, content=content)
    answer.raise_for_status()
    return UploadAnswer.model_validate(answer.json())


def as_json(event):
    return json.loads(event.model_dump_json())


def test_new_events_are_stored_and_their_numbers_closed(gym, kiosk):
    events = [an_event(n) for n in (1, 2, 3)]
    answer = kiosk.upload(*events)
    assert [(r.id, r.number, r.status) for r in answer.results] == [(e.id, e.number, STORED) for e in events]
    assert (answer.have_up_to, answer.missing, answer.open_new_stream) == (3, [], False)
    assert stored(gym) == sorted(e.id for e in events)


def test_an_upload_without_events_answers_what_is_there(kiosk):
    kiosk.upload(an_event(1), an_event(4))
    answer = kiosk.upload()
    assert (answer.results, answer.have_up_to, answer.missing) == ([], 1, [(2, 3)])


def test_sent_again_after_a_lost_reply_nothing_is_doubled(gym, kiosk):
    events = [an_event(n) for n in (1, 2, 3)]
    first = kiosk.upload(*events)
    again = kiosk.upload(*events)
    assert statuses(again) == [DUPLICATE] * 3
    assert (again.have_up_to, again.missing, again.open_new_stream) == (first.have_up_to, [], False)
    assert len(stored(gym)) == 3


def test_an_upload_that_overlaps_the_last_one_stores_what_is_new(gym, kiosk):
    events = [an_event(n) for n in range(1, 6)]
    kiosk.upload(*events[:3])
    assert statuses(kiosk.upload(*events[1:])) == [DUPLICATE, DUPLICATE, STORED, STORED]
    assert len(stored(gym)) == 5


@pytest.mark.parametrize("direction", list(Direction))
def test_the_same_event_sent_twice_at_once_is_stored_once(gym, kiosk, direction):
    event = an_event(1, direction=direction)
    content = kiosk.body(event)
    taken = heard(gym)
    barrier = threading.Barrier(8)
    answers = []

    def send():
        barrier.wait(30)
        answers.append(kiosk.client.post(EVENTS, content=content))

    assert kiosk.client
    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    found = [UploadAnswer.model_validate(answer.json()).results[0].status for answer in answers]
    assert sorted(found, key=lambda status: status.value) == [DUPLICATE] * 7 + [STORED]
    assert stored(gym) == [event.id]
    gym.dispatch()
    assert len(taken) == 1


def test_the_order_in_which_uploads_arrive_makes_no_difference(gym, kiosk):
    events = [an_event(n) for n in range(1, 13)]
    batches = [events[n : n + 3] for n in range(0, 12, 3)]
    random.Random(5).shuffle(batches)
    answers = [kiosk.upload(*batch) for batch in batches]
    assert all(status is STORED for answer in answers for status in statuses(answer))
    assert (answers[-1].have_up_to, answers[-1].missing) == (12, [])


def test_gaps_are_named_until_they_are_filled(kiosk):
    assert kiosk.upload(an_event(1), an_event(2), an_event(6)).missing == [(3, 5)]
    answer = kiosk.upload(an_event(4), an_event(9))
    assert (answer.have_up_to, answer.missing) == (2, [(3, 3), (5, 5), (7, 8)])
    answer = kiosk.upload(*[an_event(n) for n in (3, 5, 7, 8)])
    assert (answer.have_up_to, answer.missing) == (9, [])


def test_of_many_gaps_the_first_hundred_are_named(kiosk):
    answer = kiosk.upload(*[an_event(2 * n) for n in range(1, 151)])
    assert len(answer.missing) == 100
    assert answer.missing[0] == (1, 1)
    assert answer.have_up_to == 0


def test_one_event_that_cannot_be_read_holds_up_no_other_and_its_gap_closes(gym, kiosk):
    good, bad, late = an_event(1), as_json(an_event(2)) | {"door_at": "yesterday"}, an_event(3)
    answer = send_raw(kiosk, as_json(good), bad, as_json(late))
    assert statuses(answer) == [STORED, REFUSED, STORED]
    assert (answer.results[1].id, answer.results[1].number) == (UUID(bad["id"]), 2)
    assert (answer.have_up_to, answer.missing) == (3, [])
    with gym.cloud.database.reading() as session:
        kept = session.exec(select(RefusedEventRow)).one()
    assert json.loads(kept.raw) == bad
    assert (kept.number, kept.event_id, kept.stream_id) == (2, UUID(bad["id"]), kiosk.enrolment.stream_id)
    assert kept.reason.startswith("door_at")


def test_what_cannot_be_read_is_kept_once_however_often_it_comes(gym, kiosk):
    bad = as_json(an_event(1)) | {"kind": "dance"}
    for _ in range(3):
        assert statuses(send_raw(kiosk, bad)) == [REFUSED]
    with gym.cloud.database.reading() as session:
        assert session.exec(select(func.count()).select_from(RefusedEventRow)).one() == 1


def test_an_event_refused_before_is_stored_when_it_comes_readable(gym, kiosk):
    event = an_event(1)
    send_raw(kiosk, as_json(event) | {"boot_ms": -1})
    answer = kiosk.upload(event)
    assert statuses(answer) == [STORED]
    assert answer.open_new_stream is False
    assert stored(gym) == [event.id]


def test_the_same_id_with_other_content_is_a_conflict_and_the_first_is_kept(gym, kiosk):
    event = an_event(1, note="first")
    kiosk.upload(event)
    other = event.model_copy(update={"note": "second"})
    answer = kiosk.upload(other)
    assert statuses(answer) == [CONFLICT]
    assert answer.have_up_to == 1
    with gym.cloud.database.reading() as session:
        assert json.loads(session.exec(select(EventRow.body)).one())["note"] == "first"


@pytest.mark.parametrize(
    "note",
    [
        "it's",
        "\\",
        "\\'",
        "'), ('x', 'y'); --",
        'a "word"',
        "%s %(x)s ? :n",
        "\0 \x1a \n",
        "på 門 🚪",
        "_utf8mb4 x'27'",
        "/* */ #",
    ],
)
def test_a_note_is_kept_to_the_letter(gym, kiosk, note):
    event = an_event(1, note=note)
    assert statuses(kiosk.upload(event, an_event(2, boot_id=note))) == [STORED, STORED]
    with gym.cloud.database.reading() as session:
        first, second = session.exec(select(EventRow.body).order_by(EventRow.number))
    assert (json.loads(first)["note"], json.loads(second)["boot_id"]) == (note, note)
    assert statuses(kiosk.upload(event)) == [DUPLICATE]


def test_an_id_twice_in_one_upload_is_stored_once(gym, kiosk):
    event = an_event(1)
    answer = kiosk.upload(event, event, event.model_copy(update={"note": "other"}))
    assert statuses(answer) == [STORED, DUPLICATE, CONFLICT]
    assert stored(gym) == [event.id]


def test_the_same_event_written_otherwise_is_no_conflict(kiosk):
    event = an_event(1)
    kiosk.upload(event)
    other = as_json(event) | {"door_at": "2026-03-18T13:00:00+01:00", "id": str(event.id).upper()}
    assert statuses(send_raw(kiosk, dict(reversed(other.items())))) == [DUPLICATE]


def test_an_event_stored_by_an_older_server_is_the_same_though_it_lacks_a_newer_field(gym, kiosk):
    event = an_event(1)
    kiosk.upload(event)
    with gym.cloud.database.transaction() as session:
        row = session.exec(select(EventRow)).one()
        row.body = json.dumps({name: value for name, value in json.loads(row.body).items() if name != "reopened"})
        session.add(row)
    assert statuses(kiosk.upload(event)) == [DUPLICATE]


def test_a_number_that_comes_back_with_another_id_is_stored_flagged_and_told(gym, kiosk):
    """The disk of the kiosk was restored: it forgot event 2 and wrote another one under its number."""
    kiosk.upload(an_event(1), an_event(2))
    other = an_event(2)
    answer = kiosk.upload(other)
    assert statuses(answer) == [STORED]
    assert "reused_number" in answer.results[0].flags
    assert answer.open_new_stream is True
    assert other.id in stored(gym)
    again = kiosk.upload(other)
    assert (statuses(again), again.open_new_stream) == ([DUPLICATE], True)


def test_a_number_twice_in_one_upload_is_a_reuse_too(gym, kiosk):
    answer = kiosk.upload(an_event(1), an_event(1))
    assert statuses(answer) == [STORED, STORED]
    assert sum("reused_number" in result.flags for result in answer.results) == 1
    assert len(stored(gym)) == 2


def test_an_event_that_comes_again_under_another_stream_is_known_by_its_id(gym, kiosk):
    event = an_event(1)
    kiosk.upload(event)
    answer = kiosk.upload(event, stream_id=uuid4())
    assert statuses(answer) == [DUPLICATE]
    assert answer.have_up_to == 1


def test_a_new_stream_is_opened_by_its_first_upload(gym, kiosk):
    kiosk.upload(an_event(1), an_event(2))
    answer = kiosk.upload(an_event(1), stream_id=uuid4())
    assert statuses(answer) == [STORED]
    assert (answer.have_up_to, answer.open_new_stream) == (1, False)


def test_another_devices_stream_is_stored_and_flagged(gym, kiosk):
    other = gym.kiosk("Back door")
    answer = other.upload(an_event(1), stream_id=kiosk.enrolment.stream_id)
    assert statuses(answer) == [STORED]
    assert "other_devices_stream" in answer.results[0].flags


def test_each_new_event_is_told_to_the_services_once_in_order(gym, kiosk):
    taken = heard(gym)
    member = an_id(900)
    events = [an_event(2, member_id=member), an_event(1, member_id=None), an_event(3, outcome=Outcome.DENIED)]
    gym.clock.advance(timedelta(minutes=5))
    kiosk.upload(*events)
    kiosk.upload(*events)
    gym.dispatch()
    assert [message.event.number for _, message in taken] == [1, 2, 3]
    assert [message_id for message_id, _ in taken] == [events[1].id, events[0].id, events[2].id]
    first = taken[1][1]
    assert first.event == events[0]
    assert (first.device_id, first.site_id, first.stream_id) == (kiosk.id, gym.site_id, kiosk.enrolment.stream_id)
    assert (first.received_at, first.effective_at) == (gym.clock.now(), NOON)


def test_a_wrong_clock_is_corrected_and_told(gym, kiosk):
    taken = heard(gym)
    lost = an_event(1, door_at=NOON - timedelta(days=400), time_quality=TimeQuality.LOST, boot_ms=0)
    good = an_event(2, door_at=NOON, boot_ms=60_000)
    ahead = an_event(3, door_at=NOON + timedelta(days=9000), boot_ms=61_000)
    answer = kiosk.upload(lost, good, ahead)
    gym.dispatch()
    assert [message.effective_at for _, message in taken] == [NOON - timedelta(minutes=1), NOON, NOON]
    flags = [result.flags for result in answer.results]
    assert "clock_corrected" in flags[0]
    assert "clock_in_future" in flags[2]


def test_the_same_live_code_at_two_kiosks_is_told(gym, kiosk):
    other = gym.kiosk("Back door")
    code = {"pass_kind": PassKind.LIVE, "lookup": b"\x07" * 16, "code_at": NOON}
    assert "code_used_elsewhere" not in kiosk.upload(an_event(1, **code)).results[0].flags
    assert "code_used_elsewhere" not in kiosk.upload(an_event(2, **code)).results[0].flags
    denied = other.upload(an_event(1, **code, outcome=Outcome.DENIED))
    assert "code_used_elsewhere" not in denied.results[0].flags
    later = other.upload(an_event(2, **code | {"code_at": NOON + timedelta(seconds=1)}))
    assert "code_used_elsewhere" not in later.results[0].flags
    assert "code_used_elsewhere" in other.upload(an_event(3, **code)).results[0].flags


def test_a_failure_before_the_commit_stores_nothing_and_is_answered_500(gym, kiosk):
    event = an_event(1)
    uninstall = faults.install(lambda point: 1 / 0 if point == "ingest.before_commit" else None)
    try:
        refusal(kiosk.client.post(EVENTS, content=kiosk.body(event)), 500, "internal_error")
    finally:
        uninstall()
    assert stored(gym) == []
    assert statuses(kiosk.upload(event)) == [STORED]


def test_a_failure_after_the_commit_loses_the_answer_and_nothing_else(gym, kiosk):
    event = an_event(1)
    uninstall = faults.install(lambda point: 1 / 0 if point == "ingest.after_commit" else None)
    try:
        refusal(kiosk.client.post(EVENTS, content=kiosk.body(event)), 500, "internal_error")
    finally:
        uninstall()
    assert stored(gym) == [event.id]
    assert statuses(kiosk.upload(event)) == [DUPLICATE]


def test_a_gzip_upload_is_read(kiosk):
    content = gzip.compress(kiosk.body(*[an_event(n) for n in range(1, 501)]).encode())
    answer = kiosk.client.post(EVENTS, content=content, headers={"Content-Encoding": "gzip"})
    assert UploadAnswer.model_validate(answer.json()).have_up_to == 500


def test_an_upload_of_501_events_is_refused_whole(gym, kiosk):
    items = [as_json(an_event(n)) for n in range(1, 502)]
    content = json.dumps({"stream_id": str(kiosk.enrolment.stream_id), "events": items})
    refusal(kiosk.client.post(EVENTS, content=content), 422, "invalid_input")
    assert stored(gym) == []


@pytest.mark.parametrize("content", [b"", b"nonsense", b"[]", b'{"stream_id": "x", "events": []}'])
def test_what_is_no_upload_is_refused(kiosk, content):
    refusal(kiosk.client.post(EVENTS, content=content), 422, "invalid_input")


operations = st.lists(
    st.tuples(st.lists(st.integers(1, 12), min_size=1, max_size=5), st.sampled_from(["answered", "lost", "failed"])),
    max_size=10,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=operations)
def test_any_mix_of_sending_losing_and_failing_ends_with_each_event_once(gym, kiosk, history):
    """Whatever was sent in whatever pieces, in the end each event is stored once and no number is open."""
    stream, events = uuid4(), {n: an_event(n) for n in range(1, 13)}
    confirmed = set()
    for numbers, fate in history:
        content = kiosk.body(*[events[n] for n in numbers], stream_id=stream)
        uninstall = faults.install(
            lambda point, fate=fate: 1 / 0 if fate == "failed" and point == "ingest.before_commit" else None
        )
        try:
            answer = kiosk.client.post(EVENTS, content=content)
        finally:
            uninstall()
        if fate == "answered":
            results = UploadAnswer.model_validate(answer.json()).results
            confirmed |= {result.id for result in results if result.status in (STORED, DUPLICATE)}
    answer = kiosk.upload(*events.values(), stream_id=stream)
    assert {result.id for result in answer.results if result.status is DUPLICATE} >= confirmed
    assert set(statuses(answer)) <= {STORED, DUPLICATE}
    assert (answer.have_up_to, answer.missing, answer.open_new_stream) == (12, [], False)
    with gym.cloud.database.reading() as session:
        rows = session.exec(select(EventRow.number).where(EventRow.stream_id == stream)).all()
    assert sorted(rows) == list(range(1, 13))
