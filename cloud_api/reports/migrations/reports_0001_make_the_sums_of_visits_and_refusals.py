"""Make the sums of visits and refusals."""

import sqlalchemy as sa
from alembic import op

from cloud_api.common import columns

revision = "reports_0001"
down_revision = None
branch_labels = ("reports",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reports_refusal_fact",
        sa.Column("event_id", columns.Uuid16(), nullable=False),
        sa.Column("site_id", columns.Uuid16(), nullable=False),
        sa.Column("local_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("event_id"),
    )
    op.create_table(
        "reports_refusals_by_day",
        sa.Column("site_id", columns.Uuid16(), nullable=False),
        sa.Column("local_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("refusals", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "local_on", "reason"),
    )
    with op.batch_alter_table("reports_refusals_by_day", schema=None) as batch_op:
        batch_op.create_index("ix_reports_refusals_day", ["local_on"], unique=False)

    op.create_table(
        "reports_visit_fact",
        sa.Column("visit_id", columns.Uuid16(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("site_id", columns.Uuid16(), nullable=False),
        sa.Column("local_on", sa.Date(), nullable=False),
        sa.Column("local_hour", sa.Integer(), nullable=False),
        sa.Column("is_void", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("visit_id"),
    )
    op.create_table(
        "reports_visits_by_hour",
        sa.Column("site_id", columns.Uuid16(), nullable=False),
        sa.Column("local_on", sa.Date(), nullable=False),
        sa.Column("local_hour", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "local_on", "local_hour"),
    )


def downgrade() -> None:
    op.drop_table("reports_visits_by_hour")
    op.drop_table("reports_visit_fact")
    with op.batch_alter_table("reports_refusals_by_day", schema=None) as batch_op:
        batch_op.drop_index("ix_reports_refusals_day")

    op.drop_table("reports_refusals_by_day")
    op.drop_table("reports_refusal_fact")
