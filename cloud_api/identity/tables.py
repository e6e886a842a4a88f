"""Identity's tables."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from cloud_api.common.columns import UtcDateTime, Uuid16


class PersonRow(SQLModel, table=True):
    """Someone who signs in. ``email`` is in lower case; ``password_hash`` is argon2id, None until the invitation is redeemed."""

    __tablename__ = "identity_person"
    id: UUID = Field(primary_key=True, sa_type=Uuid16)
    email: str = Field(max_length=254, unique=True)
    name: str = Field(max_length=200)
    password_hash: str | None = Field(default=None, max_length=200)
    enabled: bool = True
    member_id: UUID | None = Field(default=None, sa_type=Uuid16)
    created_at: datetime = Field(sa_type=UtcDateTime)


class PersonGroupRow(SQLModel, table=True):
    """A person is in a group."""

    __tablename__ = "identity_person_group"
    person_id: UUID = Field(primary_key=True, sa_type=Uuid16)
    group: str = Field(primary_key=True, max_length=16)


class PinRow(SQLModel, table=True):
    """A PIN by which a person takes over a desk where a colleague is signed in. ``hash`` is argon2id."""

    __tablename__ = "identity_pin"
    person_id: UUID = Field(primary_key=True, sa_type=Uuid16)
    hash: str = Field(max_length=200)
    set_at: datetime = Field(sa_type=UtcDateTime)


class DeskCardRow(SQLModel, table=True):
    """A card by which a person takes over a desk where a colleague is signed in; it names nobody else.

    ``hash`` is HMAC-SHA256 of its text under a secret of the server, in hex.
    """

    __tablename__ = "identity_desk_card"
    person_id: UUID = Field(primary_key=True, sa_type=Uuid16)
    hash: str = Field(max_length=64, unique=True)
    set_at: datetime = Field(sa_type=UtcDateTime)


class SessionRow(SQLModel, table=True):
    """A sign-in, at what called itself ``desk``. Its access tokens count while it is not ended: signing out works at once.

    ``refresh_hash`` is of the one refresh token that counts; ``previous_hash`` of the one it replaced: seeing that
    again later than a lost answer explains means that somebody has a copy, and ends the session.
    """

    __tablename__ = "identity_session"
    id: UUID = Field(primary_key=True, sa_type=Uuid16)
    person_id: UUID = Field(sa_type=Uuid16, index=True)
    desk: str | None = Field(default=None, max_length=80)
    refresh_hash: str = Field(max_length=64, unique=True)
    previous_hash: str | None = Field(default=None, max_length=64, index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    rotated_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class InvitationRow(SQLModel, table=True):
    """A one-time link. ``person_id`` None makes the first Owner; else that person sets a password."""

    __tablename__ = "identity_invitation"
    hash: str = Field(primary_key=True, max_length=64)
    person_id: UUID | None = Field(default=None, sa_type=Uuid16)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
