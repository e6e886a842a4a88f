"""Keep what a desk called itself."""

import sqlalchemy as sa
from alembic import op

revision = "identity_0003"
down_revision = "identity_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("identity_session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("desk", sa.String(length=80), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("identity_session", schema=None) as batch_op:
        batch_op.drop_column("desk")
