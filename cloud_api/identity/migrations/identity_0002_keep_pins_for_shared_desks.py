"""Keep PINs for shared desks."""

import sqlalchemy as sa
from alembic import op

from cloud_api.common import columns

revision = "identity_0002"
down_revision = "identity_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "identity_pin",
        sa.Column("person_id", columns.Uuid16(), nullable=False),
        sa.Column("hash", sa.String(length=200), nullable=False),
        sa.Column("set_at", columns.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("person_id"),
    )


def downgrade() -> None:
    op.drop_table("identity_pin")
