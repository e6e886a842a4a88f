"""The tables of ``qr``. No raw credential id, card id or barcode is in them: a pass is found by its keyed hash."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from cloud_api.common.columns import Bytes8, Bytes16, UtcDateTime, Uuid16


class PassRow(SQLModel, table=True):
    """A pass. ``wrapped_key`` is the member's content key under the pass's own secret, where that can protect one."""

    __tablename__ = "qr_pass"
    id: UUID = Field(primary_key=True, sa_type=Uuid16)
    member_id: UUID = Field(sa_type=Uuid16, index=True)
    kind: str = Field(max_length=16)
    lookup: bytes = Field(sa_type=Bytes16, unique=True)
    status: str = Field(max_length=16)
    label: str = Field(default="", max_length=80)
    algorithm: str | None = Field(default=None, max_length=16)
    public_key: bytes | None = Field(default=None, max_length=33)
    wrapped_key: bytes | None = Field(default=None, max_length=24)
    issued_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    version: int = 1


class IssuerKeyRow(SQLModel, table=True):
    """A key that signs vouchers (Ed25519). ``sealed_private`` is gone once the key is retired."""

    __tablename__ = "qr_issuer_key"
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    public_key: bytes = Field(max_length=32)
    sealed_private: bytes | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)
    retired_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class VoucherRow(SQLModel, table=True):
    """An issued voucher. ``site_id`` None means every site; ``last_valid_on`` counts."""

    __tablename__ = "qr_voucher"
    id: bytes = Field(primary_key=True, sa_type=Bytes8)
    member_id: UUID = Field(sa_type=Uuid16, index=True)
    membership_id: UUID | None = Field(default=None, sa_type=Uuid16)
    site_id: UUID | None = Field(default=None, sa_type=Uuid16)
    last_valid_on: date
    key_number: int
    status: str = Field(max_length=16)
    issued_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    version: int = 1
