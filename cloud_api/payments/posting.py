"""Writing the ledger: the only functions that do. What they wrote is never changed (``tables``)."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import insert
from sqlmodel import Session, SQLModel

from cloud_api.common.database import ignoring
from cloud_api.common.principal import Principal
from cloud_api.common.session import transaction_time
from cloud_api.payments.tables import CounterRow, EntryRow, TillRow, TransactionRow
from shared.contracts.payments import TransactionKind
from shared.domain.ledger import Account, Entry, is_balanced

_COUNTER = SQLModel.metadata.tables["payments_counter"]
_RECEIPTS = "receipt"


def post(
    session: Session,
    transaction_id: UUID,
    kind: TransactionKind,
    entries: Sequence[Entry],
    *,
    site_id: UUID,
    till: TillRow | None,
    by: Principal | str,
    receipt_number: int | None = None,
) -> None:
    """Book one transaction. Its cash is in ``till``, which is locked.

    Raises:
        ValueError: the entries do not sum to zero, or move cash without a till: a bug of ours.
    """
    moves_cash = any(entry.account is Account.CASH for entry in entries)
    if not is_balanced(entries) or (moves_cash and till is None):
        message = f"{kind.value} is not in balance, or moves cash without a till"
        raise ValueError(message)
    session.add(
        TransactionRow(
            id=transaction_id,
            kind=kind.value,
            at=transaction_time(session),
            site_id=site_id,
            actor=actor_of(by),
            receipt_number=receipt_number,
        )
    )
    for place, entry in enumerate(entries, 1):
        held_in = till.id if till is not None and entry.account is Account.CASH else None
        session.add(
            EntryRow(
                transaction_id=transaction_id,
                place=place,
                account=entry.account.value,
                till_id=held_in,
                amount_minor=entry.amount.minor,
                currency=entry.amount.currency,
            )
        )


def next_number(session: Session) -> int:
    """The next receipt number. It locks the counter, the last row of all to be locked, until the transaction ends."""
    counter = session.get(CounterRow, _RECEIPTS, with_for_update=True)
    if counter is None:
        session.execute(ignoring(session, insert(_COUNTER).values(name=_RECEIPTS, value=0)))
        counter = session.get_one(CounterRow, _RECEIPTS, with_for_update=True)
    counter.value += 1
    session.add(counter)
    return counter.value


def actor_of(by: Principal | str) -> str:
    return f"{by.kind.value}:{by.subject}" if isinstance(by, Principal) else by
