"""Keep changes that are to come."""

import sqlalchemy as sa
from alembic import op

from cloud_api.common import columns

revision = "gym_0007"
down_revision = "gym_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gym_planned_change",
        sa.Column("thing_id", columns.Uuid16(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("facts", columns.LongText(), nullable=False),
        sa.Column("planned_by", sa.String(length=64), nullable=False),
        sa.Column("planned_at", columns.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("thing_id"),
    )
    with op.batch_alter_table("gym_planned_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gym_planned_change_from_on"), ["from_on"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("gym_planned_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_gym_planned_change_from_on"))

    op.drop_table("gym_planned_change")
