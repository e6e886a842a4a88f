"""The tables of ``payments``. Amounts are integers in minor units.

Transactions, entries and receipts are written once: the ORM refuses to change or delete them.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, event
from sqlalchemy.orm import ORMExecuteState
from sqlmodel import Field, Session, SQLModel

from cloud_api.common.columns import LongText, UtcDateTime, Uuid16


class PlanRow(SQLModel, table=True):
    """A plan's price as ``gym`` told it last."""

    __tablename__ = "payments_plan"
    id: UUID = Field(primary_key=True, sa_type=Uuid16)
    name: str = Field(max_length=120)
    price_minor: int = Field(sa_type=BigInteger)
    currency: str = Field(max_length=3)
    on_sale: bool
    version: int


class MembershipRow(SQLModel, table=True):
    """A membership as ``gym`` told it last; version 0 when its sale was paid and ``gym`` has not told yet.

    ``renewed_from_on`` is the paid day from which a renewal was paid that ``gym`` has not told yet.
    """

    __tablename__ = "payments_membership"
    id: UUID = Field(primary_key=True, sa_type=Uuid16)
    member_id: UUID = Field(sa_type=Uuid16)
    plan_id: UUID = Field(sa_type=Uuid16)
    paid_through_on: date | None = None
    renewed_from_on: date | None = None
    version: int = 0


class OrderRow(SQLModel, table=True):
    """An order. ``payment_id`` is the payment that counts, None while it is open; its row is locked for every change."""

    __tablename__ = "payments_order"
    id: UUID = Field(primary_key=True, sa_type=Uuid16)
    site_id: UUID = Field(sa_type=Uuid16)
    member_id: UUID = Field(sa_type=Uuid16, index=True)
    currency: str = Field(max_length=3)
    total_minor: int = Field(sa_type=BigInteger)
    refunded_minor: int = Field(default=0, sa_type=BigInteger)
    payment_id: UUID | None = Field(default=None, sa_type=Uuid16)
    created_at: datetime = Field(sa_type=UtcDateTime)
    paid_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    version: int = 1


class LineRow(SQLModel, table=True):
    """A line of an order, priced when the order was made."""

    __tablename__ = "payments_line"
    order_id: UUID = Field(primary_key=True, sa_type=Uuid16)
    number: int = Field(primary_key=True)
    kind: str = Field(max_length=16)
    plan_id: UUID = Field(sa_type=Uuid16)
    plan_name: str = Field(max_length=120)
    membership_id: UUID = Field(sa_type=Uuid16)
    starts_on: date | None = None
    paid_through_on: date | None = None
    price_minor: int = Field(sa_type=BigInteger)


class CounterRow(SQLModel, table=True):
    """The last number given out. Locked last of all rows, and given back by a roll back: no gaps."""

    __tablename__ = "payments_counter"
    name: str = Field(primary_key=True, max_length=32)
    value: int = Field(sa_type=BigInteger)


class TillRow(SQLModel, table=True):
    """A till from opening to closing. ``open_site_id`` is its site while it is open: a site has one open till."""

    __tablename__ = "payments_till"
    __table_args__ = (Index("ix_payments_till_site", "site_id", "opened_at", "id"),)
    id: UUID = Field(primary_key=True, sa_type=Uuid16)
    site_id: UUID = Field(sa_type=Uuid16)
    open_site_id: UUID | None = Field(default=None, sa_type=Uuid16, unique=True)
    currency: str = Field(max_length=3)
    float_minor: int = Field(sa_type=BigInteger)
    opened_at: datetime = Field(sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    expected_minor: int | None = Field(default=None, sa_type=BigInteger)
    counted_minor: int | None = Field(default=None, sa_type=BigInteger)
    reason: str | None = Field(default=None, max_length=200)
    version: int = 1


class TransactionRow(SQLModel, table=True):
    """A transaction of the ledger; its entries sum to zero."""

    __tablename__ = "payments_transaction"
    __table_args__ = (Index("ix_payments_transaction_at", "at", "id"),)
    id: UUID = Field(primary_key=True, sa_type=Uuid16)
    kind: str = Field(max_length=16)
    at: datetime = Field(sa_type=UtcDateTime)
    site_id: UUID = Field(sa_type=Uuid16)
    actor: str = Field(max_length=64)
    receipt_number: int | None = Field(default=None, sa_type=BigInteger)


class EntryRow(SQLModel, table=True):
    """What an account gained. ``till_id`` is set for cash in a till."""

    __tablename__ = "payments_entry"
    transaction_id: UUID = Field(primary_key=True, sa_type=Uuid16)
    place: int = Field(primary_key=True)
    account: str = Field(max_length=32, index=True)
    till_id: UUID | None = Field(default=None, sa_type=Uuid16, index=True)
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str = Field(max_length=3)


class ReceiptRow(SQLModel, table=True):
    """A receipt with what was true when it was issued. ``id`` is its transaction's; ``refers_to`` a receipt's number."""

    __tablename__ = "payments_receipt"
    __table_args__ = (Index("ix_payments_receipt_member", "member_id", "number"),)
    number: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    id: UUID = Field(unique=True, sa_type=Uuid16)
    kind: str = Field(max_length=16)
    order_id: UUID = Field(sa_type=Uuid16, index=True)
    member_id: UUID = Field(sa_type=Uuid16)
    site_id: UUID = Field(sa_type=Uuid16)
    till_id: UUID | None = Field(default=None, sa_type=Uuid16, index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    gym_name: str = Field(sa_type=LongText)
    site_name: str = Field(max_length=120)
    zone: str = Field(max_length=64)
    method: str = Field(max_length=16)
    reference: str | None = Field(default=None, max_length=64)
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str = Field(max_length=3)
    refers_to: int | None = Field(default=None, sa_type=BigInteger)
    reason: str | None = Field(default=None, max_length=200)
    ends_membership: bool = False


_WRITTEN_ONCE = (TransactionRow, EntryRow, ReceiptRow)


def _refuse(*_: object) -> None:
    message = "what is booked is never changed or deleted: book a refund or a correction"
    raise RuntimeError(message)


def _refuse_many(state: ORMExecuteState) -> None:
    if (state.is_update or state.is_delete) and _names(state.statement) & {row.__tablename__ for row in _WRITTEN_ONCE}:
        _refuse()


def _names(statement: Any) -> set[str]:
    return {statement.table.name}


for _row in _WRITTEN_ONCE:
    event.listen(_row, "before_update", _refuse)
    event.listen(_row, "before_delete", _refuse)
event.listen(Session, "do_orm_execute", _refuse_many)
