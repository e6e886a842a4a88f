"""The ledger's rules: every transaction is in balance, and each account means what it says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.ledger import ACCOUNT_OF, Account, Entry, Method, counted_out, floated, given_back, is_balanced, paid
from shared.domain.money import Money

AMOUNTS = st.integers(0, 10**12).map(lambda minor: Money(minor, "DKK"))


def by_account(entries):
    return {entry.account: entry.amount.minor for entry in entries}


@given(amount=AMOUNTS, counted=AMOUNTS, method=st.sampled_from(Method))
def test_every_transaction_sums_to_zero(amount, counted, method):
    for entries in (paid(amount, method), given_back(amount, method), floated(amount)):
        assert is_balanced(entries)
    assert is_balanced(counted_out(expected=amount, counted=counted))


@pytest.mark.parametrize(
    ("method", "account"),
    [(Method.CASH, Account.CASH), (Method.TRANSFER, Account.BANK), (Method.TERMINAL, Account.TERMINAL)],
)
def test_a_payment_goes_where_its_method_says_and_is_earned(method, account):
    assert by_account(paid(Money(900, "DKK"), method)) == {account: 900, Account.INCOME: -900}
    assert by_account(given_back(Money(900, "DKK"), method)) == {account: -900, Account.INCOME: 900}


def test_every_method_has_an_account_of_its_own():
    assert len(set(ACCOUNT_OF.values())) == len(ACCOUNT_OF) == len(Method)


def test_a_float_comes_from_the_safe_and_a_count_goes_there():
    assert by_account(floated(Money(50, "DKK"))) == {Account.CASH: 50, Account.SAFE: -50}
    entries = counted_out(expected=Money(300, "DKK"), counted=Money(290, "DKK"))
    assert by_account(entries) == {Account.SAFE: 290, Account.DIFFERENCE: 10, Account.CASH: -300}


def test_two_currencies_do_not_balance_one_another():
    one, other = Entry(Account.CASH, Money(1, "DKK")), Entry(Account.INCOME, Money(-1, "EUR"))
    assert not is_balanced([one, other])
    assert is_balanced([])
