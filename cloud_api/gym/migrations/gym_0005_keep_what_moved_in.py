"""Keep what moved in."""

import sqlalchemy as sa
from alembic import op

from cloud_api.common import columns

revision = "gym_0005"
down_revision = "gym_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gym_import",
        sa.Column("id", columns.Uuid16(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("started_at", columns.UtcDateTime(), nullable=False),
        sa.Column("started_by", sa.String(length=64), nullable=False),
        sa.Column("undone_at", columns.UtcDateTime(), nullable=True),
        sa.Column("undone_by", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("gym_import", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gym_import_started_at"), ["started_at"], unique=False)

    op.create_table(
        "gym_import_line",
        sa.Column("import_id", columns.Uuid16(), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("member_id", columns.Uuid16(), nullable=True),
        sa.Column("membership_id", columns.Uuid16(), nullable=True),
        sa.PrimaryKeyConstraint("import_id", "line"),
    )
    with op.batch_alter_table("gym_import_line", schema=None) as batch_op:
        batch_op.create_index("ix_gym_import_line_outcome", ["import_id", "outcome", "line"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("gym_import_line", schema=None) as batch_op:
        batch_op.drop_index("ix_gym_import_line_outcome")

    op.drop_table("gym_import_line")
    with op.batch_alter_table("gym_import", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_gym_import_started_at"))

    op.drop_table("gym_import")
