"""The tables of ``common``. Only the module named beside each writes it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel

from cloud_api.common.columns import Bytes16, Counted, LongText, Unsigned64, UtcDateTime, Uuid16


class DatabaseIdentity(SQLModel, table=True):
    """Which file or server this database was last opened on (roster). One row."""

    __tablename__ = "common_database_identity"
    id: int = Field(default=1, primary_key=True)
    value: str = Field(max_length=200)


class RosterHead(SQLModel, table=True):
    """Where a site's roster stands (roster). ``checksum`` is the sum of the living rows' hashes modulo 2**64.

    A cursor below ``oldest_kept_version`` may have missed a tombstone that is gone.
    """

    __tablename__ = "roster_head"
    site_id: UUID = Field(primary_key=True, sa_type=Uuid16)
    epoch: UUID = Field(sa_type=Uuid16)
    version: int = Field(default=0, sa_type=BigInteger)
    checksum: int = Field(default=0, sa_type=Unsigned64)
    oldest_kept_version: int = Field(default=0, sa_type=BigInteger)


class RosterRow(SQLModel, table=True):
    """A roster row at its newest version (roster). ``body`` None is a tombstone, whose hash is 0."""

    __tablename__ = "roster_row"
    __table_args__ = (Index("ix_roster_row_version", "site_id", "version"),)
    site_id: UUID = Field(primary_key=True, sa_type=Uuid16)
    kind: str = Field(primary_key=True, max_length=16)
    key: str = Field(primary_key=True, max_length=64)
    version: int = Field(sa_type=BigInteger)
    body: str | None = Field(default=None, sa_type=LongText)
    hash: int = Field(sa_type=Unsigned64)
    changed_at: datetime = Field(sa_type=UtcDateTime)


class OutboxMessage(SQLModel, table=True):
    """Events that a transaction published, in one row (outbox). ``items`` is a JSON list of (id, key, payload).

    ``number`` only orders; what is still to do is ``done_at IS NULL``, so that a late commit is never skipped.
    ``traceparent`` is the trace of the request that published them.
    """

    __tablename__ = "common_outbox"
    __table_args__ = (Index("ix_common_outbox_done", "done_at", "number"),)
    number: int | None = Field(default=None, primary_key=True, sa_type=Counted)
    topic: str = Field(max_length=64)
    type: str = Field(max_length=64)
    published_at: datetime = Field(sa_type=UtcDateTime)
    items: str = Field(sa_type=LongText)
    traceparent: str | None = Field(default=None, max_length=55)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class InboxMessage(SQLModel, table=True):
    """A consumer has taken in a message: written with its effect (intake)."""

    __tablename__ = "common_inbox"
    consumer: str = Field(primary_key=True, max_length=64)
    message_id: UUID = Field(primary_key=True, sa_type=Uuid16)
    taken_at: datetime = Field(sa_type=UtcDateTime, index=True)


class FailedMessage(SQLModel, table=True):
    """A message that a consumer could not take in yet, with its content: nothing else needs to keep it (intake).

    It is tried again at ``retry_at``; one with ``tries`` 0 only waits behind an earlier one of its key. ``number``
    gives their order. One that is parked is left to a person.
    """

    __tablename__ = "common_failed_message"
    __table_args__ = (
        Index("ux_common_failed_message", "consumer", "message_id", unique=True),
        Index("ix_common_failed_message_key", "consumer", "topic", "key", "number"),
    )
    number: int | None = Field(default=None, primary_key=True, sa_type=Counted)
    consumer: str = Field(max_length=64)
    message_id: UUID = Field(sa_type=Uuid16)
    topic: str = Field(max_length=64)
    type: str = Field(max_length=64)
    key: UUID = Field(sa_type=Uuid16)
    published_at: datetime = Field(sa_type=UtcDateTime)
    payload: str = Field(sa_type=LongText)
    traceparent: str | None = Field(default=None, max_length=55)
    tries: int
    kept_at: datetime = Field(sa_type=UtcDateTime)
    retry_at: datetime = Field(sa_type=UtcDateTime)
    error: str = Field(max_length=1000)
    parked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class RelayTurn(SQLModel, table=True):
    """One row, whose lock is the turn of the one process that relays the outbox to Kafka (relay)."""

    __tablename__ = "common_relay_turn"
    id: int = Field(default=1, primary_key=True)


class AuditHead(SQLModel, table=True):
    """The end of a service's audit chain (audit)."""

    __tablename__ = "common_audit_head"
    service: str = Field(primary_key=True, max_length=32)
    number: int = Field(default=0, sa_type=BigInteger)
    hash: str = Field(default="", max_length=64)


class AuditRow(SQLModel, table=True):
    """Who did what to what, from where, and what it was before and after (audit).

    ``noun`` is the action's first word; ``device`` what the access token proves (``session:<id>``, ``device:<id>``),
    ``desk`` what that desk called itself when somebody signed in, which is a claim. ``before`` and ``after`` are JSON,
    the fields that differ; personal values stand in ``sealed`` instead, under the content key of ``member_id``. Rows
    of ``form`` 1 are from before: of them only the names in ``fields`` are known.

    ``hash`` is SHA-256 over the row and the hash before it, so that no row can be changed or taken out unseen.
    """

    __tablename__ = "common_audit"
    __table_args__ = (
        Index("ix_common_audit_at", "at", "service", "number"),
        Index("ix_common_audit_noun", "noun", "at", "service", "number"),
        Index("ix_common_audit_actor", "actor", "at", "service", "number"),
        Index("ix_common_audit_subject", "subject", "at", "service", "number"),
        Index("ix_common_audit_member", "member_id", "at", "service", "number"),
    )
    service: str = Field(primary_key=True, max_length=32)
    number: int = Field(primary_key=True, sa_type=BigInteger)
    form: int = Field(default=2, sa_column_kwargs={"server_default": "1"})
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str = Field(max_length=64)
    action: str = Field(max_length=64)
    noun: str = Field(max_length=64, sa_column_kwargs={"server_default": ""})
    subject: str = Field(max_length=128)
    member_id: UUID | None = Field(default=None, sa_type=Uuid16)
    device: str | None = Field(default=None, max_length=64)
    desk: str | None = Field(default=None, max_length=80)
    fields: str = Field(sa_type=LongText)
    before: str | None = Field(default=None, sa_type=LongText)
    after: str | None = Field(default=None, sa_type=LongText)
    sealed: bytes | None = None
    hash: str = Field(max_length=64)


class MemberPlace(SQLModel, table=True):
    """A living member (placement): the sealed content key, and the sites that know the member in full.

    ``site_ids`` is JSON, ids in ascending order.
    """

    __tablename__ = "common_member_place"
    member_id: UUID = Field(primary_key=True, sa_type=Uuid16)
    sealed_key: bytes
    site_ids: str = Field(default="[]", sa_type=LongText)


class CredentialPlace(SQLModel, table=True):
    """A pass as the sites of its member know it (placement). ``member_id`` None (a revoked voucher): known everywhere."""

    __tablename__ = "common_credential_place"
    lookup: bytes = Field(primary_key=True, sa_type=Bytes16)
    member_id: UUID | None = Field(default=None, sa_type=Uuid16, index=True)
    kind: str = Field(max_length=16)
    body: str = Field(sa_type=LongText)


class ObjectHold(SQLModel, table=True):
    """An object that is being put and will be referred to: not to be swept before a day has passed (keeping).

    While ``removing_until`` lies ahead the sweep is removing it: nobody may hold it, or come to refer to it.
    """

    __tablename__ = "common_object_hold"
    key: str = Field(primary_key=True, max_length=128)
    held_at: datetime = Field(sa_type=UtcDateTime, index=True)
    removing_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
