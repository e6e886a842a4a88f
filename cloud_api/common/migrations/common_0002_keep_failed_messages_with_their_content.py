"""Keep failed messages with their content.

Those that failed before are brought again by the outbox, which still has them, and kept anew if they fail again.
"""

import sqlalchemy as sa
from alembic import op

from cloud_api.common import columns

revision = "common_0002"
down_revision = "common_0001"
branch_labels = None
depends_on = None

_BRING_AGAIN = """UPDATE common_outbox SET done_at = NULL
WHERE number IN (SELECT outbox_number FROM common_failed_message)"""
_TAKEN_WHEN_PUBLISHED = """UPDATE common_inbox SET taken_at = COALESCE(
(SELECT published_at FROM common_outbox WHERE number = outbox_number), '2000-01-01 00:00:00.000000')"""


def upgrade() -> None:
    op.execute(_BRING_AGAIN)
    op.drop_table("common_failed_message")
    op.create_table(
        "common_failed_message",
        sa.Column("number", columns.Counted(), nullable=False),
        sa.Column("consumer", sa.String(length=64), nullable=False),
        sa.Column("message_id", columns.Uuid16(), nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("key", columns.Uuid16(), nullable=False),
        sa.Column("published_at", columns.UtcDateTime(), nullable=False),
        sa.Column("payload", columns.LongText(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("kept_at", columns.UtcDateTime(), nullable=False),
        sa.Column("retry_at", columns.UtcDateTime(), nullable=False),
        sa.Column("error", sa.String(length=1000), nullable=False),
        sa.Column("parked_at", columns.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ux_common_failed_message", "common_failed_message", ["consumer", "message_id"], unique=True)
    op.create_index(
        "ix_common_failed_message_key", "common_failed_message", ["consumer", "topic", "key", "number"], unique=False
    )
    op.create_table(
        "common_relay_turn",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.add_column("common_inbox", sa.Column("taken_at", columns.UtcDateTime(), nullable=True))
    op.execute(_TAKEN_WHEN_PUBLISHED)
    with op.batch_alter_table("common_inbox", schema=None) as batch_op:
        batch_op.alter_column("taken_at", existing_type=columns.UtcDateTime(), nullable=False)
        batch_op.drop_index(batch_op.f("ix_common_inbox_outbox_number"))
        batch_op.create_index(batch_op.f("ix_common_inbox_taken_at"), ["taken_at"], unique=False)
        batch_op.drop_column("outbox_number")


def downgrade() -> None:
    """What is kept now is lost to the program before, which knows of messages in the outbox only."""
    with op.batch_alter_table("common_inbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("outbox_number", sa.BigInteger(), nullable=False, server_default="0"))
        batch_op.drop_index(batch_op.f("ix_common_inbox_taken_at"))
        batch_op.create_index(batch_op.f("ix_common_inbox_outbox_number"), ["outbox_number"], unique=False)
        batch_op.drop_column("taken_at")
    op.drop_table("common_relay_turn")
    op.drop_table("common_failed_message")
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
    op.create_index("ix_common_failed_message_outbox_number", "common_failed_message", ["outbox_number"], unique=False)
