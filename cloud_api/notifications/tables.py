"""The tables of ``notifications``. No name, no address and no text is in them that could be read without a member's key."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from cloud_api.common.columns import UtcDateTime, Uuid16


class ContactRow(SQLModel, table=True):
    """How to reach a member, as ``gym`` told it. ``sealed`` is None for a member without an e-mail address."""

    __tablename__ = "notifications_contact"
    member_id: UUID = Field(primary_key=True, sa_type=Uuid16)
    sealed: bytes | None = None
    version: int


class MailRow(SQLModel, table=True):
    """A mail that is to go, went, or will not go; its id follows from the event that asked for it.

    ``about`` is the pass, voucher or order it tells of. ``content`` is what it says, sealed under the member's key; it
    is forgotten after a while. ``round`` counts how often it was asked for. Who claimed it sends it: nobody else does
    before ``claimed_until``.
    """

    __tablename__ = "notifications_mail"
    __table_args__ = (
        Index("ix_notifications_mail_due", "state", "next_try_at"),
        Index("ix_notifications_mail_member", "member_id", "queued_at"),
    )
    id: UUID = Field(primary_key=True, sa_type=Uuid16)
    member_id: UUID = Field(sa_type=Uuid16)
    kind: str = Field(max_length=16)
    about: str = Field(max_length=36, index=True)
    content: bytes | None = None
    state: str = Field(max_length=8)
    round: int = 1
    tries: int = 0
    error: str | None = Field(default=None, max_length=64)
    queued_at: datetime = Field(sa_type=UtcDateTime)
    next_try_at: datetime = Field(sa_type=UtcDateTime)
    claimed_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
