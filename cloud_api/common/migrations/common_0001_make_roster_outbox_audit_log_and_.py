"""Make roster, outbox, audit log and placement."""

import sqlalchemy as sa
from alembic import op

from cloud_api.common import columns

revision = "common_0001"
down_revision = None
branch_labels = ("common",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "common_audit",
        sa.Column("service", sa.String(length=32), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", columns.UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=128), nullable=False),
        sa.Column("fields", columns.LongText(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("service", "number"),
    )
    with op.batch_alter_table("common_audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_common_audit_subject"), ["subject"], unique=False)

    op.create_table(
        "common_audit_head",
        sa.Column("service", sa.String(length=32), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("service"),
    )
    op.create_table(
        "common_credential_place",
        sa.Column("lookup", columns.Bytes16(), nullable=False),
        sa.Column("member_id", columns.Uuid16(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("body", columns.LongText(), nullable=False),
        sa.PrimaryKeyConstraint("lookup"),
    )
    with op.batch_alter_table("common_credential_place", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_common_credential_place_member_id"), ["member_id"], unique=False)

    op.create_table(
        "common_database_identity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "common_failed_message",
        sa.Column("consumer", sa.String(length=64), nullable=False),
        sa.Column("message_id", columns.Uuid16(), nullable=False),
        sa.Column("outbox_number", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("retry_at", columns.UtcDateTime(), nullable=False),
        sa.Column("error", sa.String(length=1000), nullable=False),
        sa.Column("parked_at", columns.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("consumer", "message_id"),
    )
    with op.batch_alter_table("common_failed_message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_common_failed_message_outbox_number"), ["outbox_number"], unique=False)

    op.create_table(
        "common_inbox",
        sa.Column("consumer", sa.String(length=64), nullable=False),
        sa.Column("message_id", columns.Uuid16(), nullable=False),
        sa.Column("outbox_number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("consumer", "message_id"),
    )
    with op.batch_alter_table("common_inbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_common_inbox_outbox_number"), ["outbox_number"], unique=False)

    op.create_table(
        "common_member_place",
        sa.Column("member_id", columns.Uuid16(), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.Column("site_ids", columns.LongText(), nullable=False),
        sa.PrimaryKeyConstraint("member_id"),
    )
    op.create_table(
        "common_outbox",
        sa.Column("number", columns.Counted(), nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("published_at", columns.UtcDateTime(), nullable=False),
        sa.Column("items", columns.LongText(), nullable=False),
        sa.Column("done_at", columns.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("number"),
    )
    with op.batch_alter_table("common_outbox", schema=None) as batch_op:
        batch_op.create_index("ix_common_outbox_done", ["done_at", "number"], unique=False)

    op.create_table(
        "roster_head",
        sa.Column("site_id", columns.Uuid16(), nullable=False),
        sa.Column("epoch", columns.Uuid16(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("checksum", columns.Unsigned64(), nullable=False),
        sa.Column("oldest_kept_version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("site_id"),
    )
    op.create_table(
        "roster_row",
        sa.Column("site_id", columns.Uuid16(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("body", columns.LongText(), nullable=True),
        sa.Column("hash", columns.Unsigned64(), nullable=False),
        sa.Column("changed_at", columns.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "kind", "key"),
    )
    with op.batch_alter_table("roster_row", schema=None) as batch_op:
        batch_op.create_index("ix_roster_row_version", ["site_id", "version"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("roster_row", schema=None) as batch_op:
        batch_op.drop_index("ix_roster_row_version")

    op.drop_table("roster_row")
    op.drop_table("roster_head")
    with op.batch_alter_table("common_outbox", schema=None) as batch_op:
        batch_op.drop_index("ix_common_outbox_done")

    op.drop_table("common_outbox")
    op.drop_table("common_member_place")
    with op.batch_alter_table("common_inbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_common_inbox_outbox_number"))

    op.drop_table("common_inbox")
    with op.batch_alter_table("common_failed_message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_common_failed_message_outbox_number"))

    op.drop_table("common_failed_message")
    op.drop_table("common_database_identity")
    with op.batch_alter_table("common_credential_place", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_common_credential_place_member_id"))

    op.drop_table("common_credential_place")
    op.drop_table("common_audit_head")
    with op.batch_alter_table("common_audit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_common_audit_subject"))

    op.drop_table("common_audit")
