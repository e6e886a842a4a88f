"""Hold the keys of objects under way."""

import sqlalchemy as sa
from alembic import op

from cloud_api.common import columns

revision = "common_0003"
down_revision = "common_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "common_object_hold",
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("held_at", columns.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    with op.batch_alter_table("common_object_hold", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_common_object_hold_held_at"), ["held_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("common_object_hold", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_common_object_hold_held_at"))

    op.drop_table("common_object_hold")
