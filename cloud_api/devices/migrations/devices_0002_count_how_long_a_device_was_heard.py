"""Count how long a device was heard."""

import sqlalchemy as sa
from alembic import op

from cloud_api.common import columns

revision = "devices_0002"
down_revision = "devices_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("devices_device", schema=None) as batch_op:
        batch_op.add_column(sa.Column("heard_hour_at", columns.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("heard_ms", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("lost", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("devices_device", schema=None) as batch_op:
        batch_op.drop_column("lost")
        batch_op.drop_column("heard_ms")
        batch_op.drop_column("heard_hour_at")
