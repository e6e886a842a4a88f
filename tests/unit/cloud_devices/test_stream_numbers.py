from hypothesis import given
from hypothesis import strategies as st

from cloud_api.devices.numbers import Numbers

batches = st.lists(st.lists(st.integers(1, 30), max_size=6), max_size=8)


def test_a_new_stream_has_nothing():
    assert (Numbers().have_up_to, Numbers().high, Numbers().gaps) == (0, 0, ())
    assert 1 not in Numbers()
    assert 0 not in Numbers()


def test_numbers_in_a_row_leave_no_gap():
    numbers = Numbers().close([1, 2]).close([3])
    assert (numbers.have_up_to, numbers.gaps) == (3, ())


def test_a_gap_is_named_until_it_is_filled():
    numbers = Numbers().close([1, 5])
    assert (numbers.have_up_to, numbers.gaps) == (1, ((2, 4),))
    numbers = numbers.close([3])
    assert (numbers.have_up_to, numbers.gaps) == (1, ((2, 2), (4, 4)))
    assert (3 in numbers, 4 in numbers) == (True, False)
    assert numbers.close([2, 4]) == Numbers(5)


@given(batches=batches)
def test_it_knows_exactly_the_numbers_it_was_told(batches):
    numbers, told = Numbers(), set()
    for batch in batches:
        numbers = numbers.close(batch)
        told |= set(batch)
        assert {n for n in range(-1, 35) if n in numbers} == told
        assert numbers.high == max(told, default=0)
        missing = {n for first, last in numbers.gaps for n in range(first, last + 1)}
        assert missing == set(range(1, numbers.high + 1)) - told
        assert numbers.have_up_to == next(n for n in range(100) if n + 1 not in told)
        assert all(one[1] + 1 < two[0] for one, two in zip(numbers.gaps, numbers.gaps[1:], strict=False))


@given(batches=batches)
def test_the_order_of_the_uploads_makes_no_difference(batches):
    there, back = Numbers(), Numbers()
    for batch in batches:
        there = there.close(batch)
    for batch in reversed(batches):
        back = back.close(batch).close(batch)
    assert there == back


def test_numbers_heard_of_are_gaps_until_they_come():
    numbers = Numbers().close([1, 2]).hear_of(5)
    assert (numbers.high, numbers.have_up_to, numbers.gaps) == (5, 2, ((3, 5),))
    assert 4 not in numbers
    assert numbers.hear_of(4) == numbers
    assert numbers.hear_of(7).gaps == ((3, 7),)
    assert numbers.close([3, 4, 5]) == Numbers(5)


@given(batches=batches, heard=st.integers(0, 40))
def test_what_was_heard_of_makes_no_difference_to_what_is_closed(batches, heard):
    plain, told = Numbers(), Numbers().hear_of(heard)
    for batch in batches:
        plain, told = plain.close(batch), told.close(batch)
    assert told == plain.hear_of(heard)
