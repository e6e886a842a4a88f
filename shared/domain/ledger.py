"""The house ledger's rules: which accounts a payment, a refund and a till move, each time in balance."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from shared.domain.money import Money


class Method(Enum):
    """How money changed hands at the desk."""

    CASH = "cash"  # into or out of a site's till
    TRANSFER = "transfer"  # over a bank account
    TERMINAL = "terminal"  # a card terminal that stands apart; its slip's number is typed in


class Account(Enum):
    """Where money is (a positive amount came in) and why it came (a negative one was earned)."""

    CASH = "cash"  # in a till
    SAFE = "safe"  # cash outside of tills, since the ledger began
    BANK = "bank"
    TERMINAL = "terminal"  # owed by the terminal's acquirer
    INCOME = "membership_income"
    DIFFERENCE = "till_difference"  # positive: cash was missing when a till was counted


ACCOUNT_OF = {
    Method.CASH: Account.CASH,
    Method.TRANSFER: Account.BANK,
    Method.TERMINAL: Account.TERMINAL,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a transaction: an account and what it gains."""

    account: Account
    amount: Money


def paid(amount: Money, method: Method) -> tuple[Entry, ...]:
    """A member paid."""
    return Entry(ACCOUNT_OF[method], amount), Entry(Account.INCOME, -amount)


def given_back(amount: Money, method: Method) -> tuple[Entry, ...]:
    """Money went back, or a payment typed in wrongly is reversed."""
    return paid(-amount, method)


def floated(amount: Money) -> tuple[Entry, ...]:
    """A till opened with change from the safe."""
    return Entry(Account.CASH, amount), Entry(Account.SAFE, -amount)


def counted_out(*, expected: Money, counted: Money) -> tuple[Entry, ...]:
    """A till closed: what was counted goes to the safe, what is missing or too much is told apart; nothing stays."""
    return (
        Entry(Account.SAFE, counted),
        Entry(Account.DIFFERENCE, expected - counted),
        Entry(Account.CASH, -expected),
    )


def is_balanced(entries: Iterable[Entry]) -> bool:
    """Whether the entries sum to zero in each currency."""
    sums: dict[str, int] = {}
    for entry in entries:
        sums[entry.amount.currency] = sums.get(entry.amount.currency, 0) + entry.amount.minor
    return not any(sums.values())
