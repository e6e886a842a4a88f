"""Money adds up exactly and never across currencies."""

import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.money import CurrencyMismatchError, Money, decimals_of

AMOUNTS = st.integers(-(10**15), 10**15).map(lambda minor: Money(minor, "DKK"))
NOTHING = Money(0, "DKK")


def test_a_refund_and_a_payment_add_up_to_what_is_kept():
    assert Money(34_900, "DKK") - Money(4_900, "DKK") == Money(30_000, "DKK")
    assert -Money(4_900, "DKK") + Money(34_900, "DKK") == Money(30_000, "DKK")


@given(a=AMOUNTS, b=AMOUNTS, c=AMOUNTS)
def test_sums_do_not_depend_on_their_order(a, b, c):
    assert a + b == b + a
    assert (a + b) + c == a + (b + c)


@given(a=AMOUNTS, b=AMOUNTS)
def test_what_is_taken_away_comes_back(a, b):
    assert (a - b) + b == a
    assert a - b == a + -b
    assert a + -a == NOTHING


@given(a=AMOUNTS, b=AMOUNTS)
def test_a_sum_is_the_sum_of_the_minor_units(a, b):
    assert (a + b).minor == a.minor + b.minor
    assert isinstance((a + b).minor, int)


@pytest.mark.parametrize("combine", [operator.add, operator.sub])
def test_two_currencies_never_meet_in_a_sum(combine):
    with pytest.raises(CurrencyMismatchError, match="cannot combine DKK with EUR"):
        combine(Money(1, "DKK"), Money(1, "EUR"))


def test_the_same_number_of_another_currency_is_another_amount():
    assert Money(1, "DKK") != Money(1, "EUR")


@pytest.mark.parametrize(
    ("currency", "digits"), [("DKK", 2), ("EUR", 2), ("JPY", 0), ("ISK", 0), ("KWD", 3), ("TND", 3)]
)
def test_a_currency_has_the_digits_of_iso_4217(currency, digits):
    assert decimals_of(currency) == digits
