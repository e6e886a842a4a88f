"""Keep what staff write about members."""

import sqlalchemy as sa
from alembic import op

from cloud_api.common import columns

revision = "gym_0006"
down_revision = "gym_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gym_remark",
        sa.Column("id", columns.Uuid16(), nullable=False),
        sa.Column("member_id", columns.Uuid16(), nullable=False),
        sa.Column("at", columns.UtcDateTime(), nullable=False),
        sa.Column("written_by", columns.Uuid16(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("gym_remark", schema=None) as batch_op:
        batch_op.create_index("ix_gym_remark_member", ["member_id", "at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("gym_remark", schema=None) as batch_op:
        batch_op.drop_index("ix_gym_remark_member")

    op.drop_table("gym_remark")
