"""Keep orders to open a door."""

import sqlalchemy as sa
from alembic import op

from cloud_api.common import columns

revision = "devices_0003"
down_revision = "devices_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "devices_opening",
        sa.Column("id", columns.Uuid16(), nullable=False),
        sa.Column("device_id", columns.Uuid16(), nullable=False),
        sa.Column("ordered_at", columns.UtcDateTime(), nullable=False),
        sa.Column("fetched_at", columns.UtcDateTime(), nullable=True),
        sa.Column("opened", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("devices_opening", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_devices_opening_ordered_at"), ["ordered_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("devices_opening", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_devices_opening_ordered_at"))

    op.drop_table("devices_opening")
