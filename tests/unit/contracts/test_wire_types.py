"""The house types of the wire: bytes are base64url, times carry their zone, limits are kept."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.contracts.base import Bytes, Instant, Message, from_base64, to_base64
from shared.contracts.devices import MAX_BATCH, EventRecord, EventUpload
from shared.contracts.roster import CHECKSUM_MODULUS, row_hash
from tests.support.builders import NOON, an_event_record, an_id


class _Sample(Message):
    data: Bytes
    at: Instant


@given(st.binary(max_size=100))
def test_bytes_come_back_from_base64url(data):
    text = to_base64(data)
    assert from_base64(text) == data
    assert from_base64(text + "=" * (-len(text) % 4)) == data
    assert not set(text) & set("+/=")


@pytest.mark.parametrize("text", ["A", "AAAAA", "A A=", "AA=A", "ÆØÅ", "\ud800\ud800", "AAAA\n", "AAA=="])
def test_what_is_not_base64url_is_refused_in_plain_words(text):
    with pytest.raises(ValueError, match="not base64url"):
        from_base64(text)


@given(data=st.binary(max_size=40), at=st.datetimes(timezones=st.just(UTC)))
def test_a_message_comes_back_from_its_json(data, at):
    sample = _Sample(data=data, at=at)
    assert _Sample.model_validate_json(sample.model_dump_json()) == sample


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValidationError, match="a time needs its zone"):
        _Sample(data=b"", at=NOON.replace(tzinfo=None))


def test_a_time_of_another_zone_is_the_same_instant_in_utc():
    there = NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert _Sample(data=b"", at=there).at.utcoffset() == timedelta(0)
    assert _Sample(data=b"", at=there).at == NOON


def test_times_are_written_in_utc_to_the_microsecond():
    at = datetime(2026, 3, 18, 12, 0, 0, 1, tzinfo=UTC)
    assert '"at":"2026-03-18T12:00:00.000001Z"' in _Sample(data=b"\xfb\xff", at=at).model_dump_json()


def test_a_message_does_not_change():
    sample = _Sample(data=b"", at=NOON)
    with pytest.raises(ValidationError, match="frozen"):
        sample.data = b"other"


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("number", 0),
        ("number", 2**53),
        ("lookup", bytes(15)),
        ("lookup", bytes(17)),
        ("voucher_id", bytes(7)),
        ("boot_ms", -1),
        ("boot_ms", 2**53),
        ("offset_ms", 2**53),
        ("offset_ms", -(2**53)),
        ("roster_age_s", -1),
        ("roster_version", 2**53),
        ("reason", "x" * 65),
        ("boot_id", "x" * 65),
        ("note", "x" * 201),
        ("notices", ["x"] * 17),
        ("notices", ["x" * 65]),
        ("kind", "party"),
        ("wall_at", NOON.replace(tzinfo=None)),
    ],
)
def test_an_event_outside_its_limits_is_refused(field, wrong):
    facts = {**an_event_record().model_dump(), field: wrong}
    with pytest.raises(ValidationError, match=field):
        EventRecord.model_validate(facts)


@pytest.mark.parametrize(
    ("field", "right"),
    [("number", 2**53 - 1), ("offset_ms", -(2**53) + 1), ("note", "x" * 200), ("notices", ["x"] * 16)],
)
def test_an_event_at_its_limits_is_taken(field, right):
    assert getattr(an_event_record(**{field: right}), field) == right


def test_an_upload_has_at_most_500_events():
    event = an_event_record()
    assert len(EventUpload(stream_id=an_id(), events=[event] * MAX_BATCH).events) == 500
    with pytest.raises(ValidationError, match="500"):
        EventUpload(stream_id=an_id(), events=[event] * (MAX_BATCH + 1))


@given(kind=st.text(), key=st.text(alphabet="0123456789abcdef-"), version=st.integers(0, 2**53), body=st.text())
def test_a_row_hash_is_64_bits_and_depends_on_every_part(kind, key, version, body):
    found = row_hash(kind, key, version, body)
    assert 0 <= found < CHECKSUM_MODULUS
    assert found not in (
        row_hash(kind + "x", key, version, body),
        row_hash(kind, key + "x", version, body),
        row_hash(kind, key, version + 1, body),
        row_hash(kind, key, version, body + "x"),
    )


def test_a_row_hash_is_what_it_was():
    assert row_hash("credential", "00ff", 42, '{"a":1}') == 18112243368576915891
