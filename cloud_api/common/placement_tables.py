"""The tables of ``placement``, the only module that writes them."""

from uuid import UUID

from sqlmodel import Field, SQLModel

from cloud_api.common.columns import LongText, Uuid16


class MemberPlace(SQLModel, table=True):
    """A living member: the sealed content key, and the sites (JSON, ids in ascending order) that know the member in full."""

    __tablename__ = "common_member_place"
    member_id: UUID = Field(primary_key=True, sa_type=Uuid16)
    sealed_key: bytes
    site_ids: str = Field(default="[]", sa_type=LongText)


class CredentialPlace(SQLModel, table=True):
    """A credential as the sites of its member know it. ``member_id`` None (a revoked voucher) is known everywhere."""

    __tablename__ = "common_credential_place"
    lookup: bytes = Field(primary_key=True, max_length=16)
    member_id: UUID | None = Field(default=None, sa_type=Uuid16, index=True)
    kind: str = Field(max_length=16)
    body: str = Field(sa_type=LongText)
