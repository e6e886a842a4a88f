"""Keep the trace of what was published."""

import sqlalchemy as sa
from alembic import op

revision = "common_0004"
down_revision = "common_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("common_failed_message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("traceparent", sa.String(length=55), nullable=True))

    with op.batch_alter_table("common_outbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("traceparent", sa.String(length=55), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("common_outbox", schema=None) as batch_op:
        batch_op.drop_column("traceparent")

    with op.batch_alter_table("common_failed_message", schema=None) as batch_op:
        batch_op.drop_column("traceparent")
