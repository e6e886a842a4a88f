"""Know families and who was merged."""

import sqlalchemy as sa
from alembic import op

from cloud_api.common import columns

revision = "gym_0008"
down_revision = "gym_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("gym_member", schema=None) as batch_op:
        batch_op.add_column(sa.Column("guardian_id", columns.Uuid16(), nullable=True))
        batch_op.add_column(sa.Column("born_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("merged_into", columns.Uuid16(), nullable=True))
        batch_op.create_index(batch_op.f("ix_gym_member_guardian_id"), ["guardian_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_gym_member_merged_into"), ["merged_into"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("gym_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_gym_member_merged_into"))
        batch_op.drop_index(batch_op.f("ix_gym_member_guardian_id"))
        batch_op.drop_column("merged_into")
        batch_op.drop_column("born_on")
        batch_op.drop_column("guardian_id")
