"""Keep cards for shared desks."""

import sqlalchemy as sa
from alembic import op

from cloud_api.common import columns

revision = "identity_0004"
down_revision = "identity_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "identity_desk_card",
        sa.Column("person_id", columns.Uuid16(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("set_at", columns.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("person_id"),
        sa.UniqueConstraint("hash"),
    )


def downgrade() -> None:
    op.drop_table("identity_desk_card")
