"""Have plans for staff."""

import sqlalchemy as sa
from alembic import op

revision = "gym_0009"
down_revision = "gym_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("gym_plan", schema=None) as batch_op:
        batch_op.add_column(sa.Column("for_staff", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("gym_plan", schema=None) as batch_op:
        batch_op.drop_column("for_staff")
