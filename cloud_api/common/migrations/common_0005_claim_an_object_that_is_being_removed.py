"""Claim an object that is being removed."""

import sqlalchemy as sa
from alembic import op

from cloud_api.common import columns

revision = "common_0005"
down_revision = "common_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("common_object_hold", schema=None) as batch_op:
        batch_op.add_column(sa.Column("removing_until", columns.UtcDateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("common_object_hold", schema=None) as batch_op:
        batch_op.drop_column("removing_until")
