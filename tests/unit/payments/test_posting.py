"""What is out of balance is never booked."""

import pytest
from sqlmodel import select

from cloud_api.payments.posting import post
from cloud_api.payments.tables import EntryRow
from shared.contracts.payments import TransactionKind
from shared.domain.ledger import Account, Entry, Method, paid
from shared.domain.money import Money
from tests.support.builders import SITE_ID, an_id
from tests.support.cloud import StillClock
from tests.support.cloud_database import a_database

PRICE = Money(34_900, "DKK")


@pytest.mark.parametrize(
    "entries",
    [
        [Entry(Account.BANK, PRICE)],
        [*paid(PRICE, Method.TRANSFER), Entry(Account.SAFE, Money(1, "DKK"))],
        paid(PRICE, Method.CASH),  # in no till
    ],
)
def test_a_transaction_that_is_not_in_balance_is_refused(tmp_path, entries):
    database = a_database(tmp_path, clock=StillClock())
    with pytest.raises(ValueError, match="not in balance"), database.transaction() as session:
        post(session, an_id(), TransactionKind.PAYMENT, entries, site_id=SITE_ID, till=None, by="test")
    with database.reading() as session:
        assert session.exec(select(EntryRow)).all() == []
    database.close()
