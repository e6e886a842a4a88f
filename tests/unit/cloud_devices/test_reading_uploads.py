"""An upload is read whole where it is sound, and event by event where something in it is not."""

import json
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud_api.devices.reading import Unreadable, read_upload
from shared.contracts.devices import MAX_BATCH, EventRecord, EventUpload
from shared.errors import InvalidInput
from tests.support.builders import an_event_record, an_id

STREAM = an_id(77)


def body(*events):
    return json.dumps({"stream_id": str(STREAM), "events": list(events)}).encode()


def as_json(event):
    return json.loads(event.model_dump_json())


def test_a_sound_upload_is_read_as_it_was_written():
    events = [an_event_record(number=n) for n in (1, 2, 3)]
    upload = read_upload(EventUpload(stream_id=STREAM, events=events).model_dump_json().encode())
    assert (upload.stream_id, list(upload.items)) == (STREAM, events)


def written(text):
    """What the texts of an upload tell, read again."""
    return [json.loads(item) for item in read_upload(text.encode()).texts]


def as_kiosks_write(*events):
    return EventUpload(stream_id=STREAM, events=list(events)).model_dump_json()


NASTY = ['},{"id":"', '"events":[{"id":"', "}]}", '\\"},{\\"id\\":\\"', "\n\u2028é😀", ""]


@pytest.mark.parametrize("note", NASTY)
def test_the_text_of_each_event_is_kept_as_it_came(note):
    events = [an_event_record(number=n, note=note) for n in (1, 2, 3)]
    assert read_upload(as_kiosks_write(*events).encode()).texts == tuple(e.model_dump_json() for e in events)


@given(notes=st.lists(st.text(max_size=30) | st.sampled_from(NASTY), max_size=4))
def test_whatever_is_written_in_an_event_its_text_is_its_own(notes):
    events = [an_event_record(number=n, note=note) for n, note in enumerate(notes, start=1)]
    assert written(as_kiosks_write(*events)) == [as_json(event) for event in events]


@pytest.mark.parametrize(
    "otherwise",
    [
        lambda text: text.replace('"id":"', '"id" : "'),
        lambda text: text.replace("}]}", "} ] }"),
        lambda text: text.replace('{"id":"', '{"mood":[{"id":"0"},{"id":"1"}],"id":"'),
        lambda text: text.replace('"events"', '"sent":[{"events":[{"id":"0"}]}],"events"'),
        lambda text: json.dumps(json.loads(text), indent=2),
        lambda text: json.dumps(json.loads(text), sort_keys=True),
    ],
)
def test_an_upload_written_otherwise_is_read_the_same(otherwise):
    events = [an_event_record(number=n) for n in (1, 2)]
    upload = read_upload(otherwise(as_kiosks_write(*events)).encode())
    assert upload.items == tuple(events)
    known = [{name: value for name, value in json.loads(text).items() if name != "mood"} for text in upload.texts]
    assert known == [as_json(event) for event in events]


def test_unknown_fields_are_kept_with_their_event():
    text = as_kiosks_write(an_event_record()).replace('"note":null', '"note":null,"mood":"good"')
    assert written(text)[0]["mood"] == "good"


def test_a_bad_event_in_the_middle_is_alone():
    one, two = an_event_record(number=1), an_event_record(number=3)
    bad = as_json(an_event_record(number=2)) | {"outcome": "perhaps"}
    upload = read_upload(body(as_json(one), bad, as_json(two)))
    assert (upload.items[0], upload.items[2]) == (one, two)
    unreadable = upload.items[1]
    assert isinstance(unreadable, Unreadable)
    assert (unreadable.number, str(unreadable.id)) == (2, bad["id"])
    assert json.loads(unreadable.raw) == bad
    assert unreadable.reason.startswith("outcome: ")


def test_unknown_fields_of_a_newer_kiosk_harm_nothing():
    event = an_event_record()
    assert read_upload(body(as_json(event) | {"mood": "good"})).items == (event,)


@pytest.mark.parametrize(
    ("item", "number", "known_id"),
    [
        (None, 0, False),
        ("text", 0, False),
        ([1], 0, False),
        ({}, 0, False),
        ({"id": 5, "number": "7"}, 0, False),
        ({"id": str(STREAM), "number": 7}, 7, True),
        ({"id": str(STREAM), "number": 0}, 0, True),
        ({"id": str(STREAM), "number": -3}, 0, True),
        ({"id": str(STREAM), "number": 2**53}, 0, True),
        ({"id": "no uuid", "number": 2**53 - 1}, 2**53 - 1, False),
    ],
)
def test_number_and_id_are_read_as_far_as_they_go(item, number, known_id):
    unreadable = read_upload(body(item)).items[0]
    assert isinstance(unreadable, Unreadable)
    assert (unreadable.number, unreadable.id) == (number, STREAM if known_id else UUID(int=0))


def test_bytes_that_are_no_text_spoil_their_own_event_only():
    good = as_json(an_event_record(number=1))
    bad = json.dumps(as_json(an_event_record(number=2)) | {"note": "X"}).encode().replace(b'"X"', b'"\xff\xfe"')
    raw = b'{"stream_id": "%s", "events": [%s, %s]}' % (str(STREAM).encode(), json.dumps(good).encode(), bad)
    items = read_upload(raw).items
    assert isinstance(items[0], EventRecord)
    assert isinstance(items[1], Unreadable)
    assert items[1].number == 2


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"not json",
        b"[]",
        b"null",
        b"{}",
        b'{"stream_id": "x", "events": []}',
        b'{"events": []}',
        json.dumps({"stream_id": str(STREAM)}).encode(),
        json.dumps({"stream_id": str(STREAM), "events": {}}).encode(),
        b"[" * 100_000,
        body(*[{}] * (MAX_BATCH + 1)),
    ],
)
def test_what_is_no_upload_is_refused_whole(raw):
    with pytest.raises(InvalidInput):
        read_upload(raw)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)


@given(junk=json_values, field=st.sampled_from(sorted(EventRecord.model_fields)), alone=st.booleans())
def test_junk_anywhere_harms_no_other_event(junk, field, alone):
    good = an_event_record(number=1)
    bad = junk if alone else as_json(an_event_record(number=2)) | {field: junk}
    items = read_upload(body(as_json(good), bad)).items
    assert items[0] == good
    assert len(items) == 2
