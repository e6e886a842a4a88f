"""Ids sort by the time of their making and are what RFC 9562 calls version 7."""

from uuid import RFC_4122, UUID

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.ids import uuid7

MILLISECONDS = st.integers(0, 2**48 - 1)
RANDOM_BITS = st.integers(0, 2**74 - 1)


@given(earlier=MILLISECONDS, later=MILLISECONDS, one=RANDOM_BITS, other=RANDOM_BITS)
def test_ids_sort_by_the_time_of_their_making(earlier, later, one, other):
    if earlier < later:
        assert uuid7(earlier, one) < uuid7(later, other)
        assert uuid7(earlier, one).bytes < uuid7(later, other).bytes
        assert str(uuid7(earlier, one)) < str(uuid7(later, other))


@given(at=MILLISECONDS, bits=RANDOM_BITS)
def test_an_id_is_a_version_7_uuid_that_tells_its_time(at, bits):
    made = uuid7(at, bits)
    assert made.version == 7
    assert made.variant == RFC_4122
    assert made.int >> 80 == at


@given(at=MILLISECONDS, bits=RANDOM_BITS)
def test_every_random_bit_counts(at, bits):
    flipped = {uuid7(at, bits ^ 1 << number) for number in range(74)}
    assert len(flipped | {uuid7(at, bits)}) == 75


def test_the_example_of_rfc_9562():
    assert uuid7(0x017F22E279B0, 0xCC3 << 62 | 0x18C4DC0C0C07398F) == UUID("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")


def test_two_ids_of_one_millisecond_differ():
    assert len({uuid7(1_750_000_000_000) for _ in range(1000)}) == 1000
