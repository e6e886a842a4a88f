"""Make mails and how members are reached."""

import sqlalchemy as sa
from alembic import op

from cloud_api.common import columns

revision = "notifications_0001"
down_revision = None
branch_labels = ("notifications",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notifications_contact",
        sa.Column("member_id", columns.Uuid16(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("member_id"),
    )
    op.create_table(
        "notifications_mail",
        sa.Column("id", columns.Uuid16(), nullable=False),
        sa.Column("member_id", columns.Uuid16(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("about", sa.String(length=36), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=64), nullable=True),
        sa.Column("queued_at", columns.UtcDateTime(), nullable=False),
        sa.Column("next_try_at", columns.UtcDateTime(), nullable=False),
        sa.Column("claimed_until", columns.UtcDateTime(), nullable=True),
        sa.Column("sent_at", columns.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("notifications_mail", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notifications_mail_about"), ["about"], unique=False)
        batch_op.create_index("ix_notifications_mail_due", ["state", "next_try_at"], unique=False)
        batch_op.create_index("ix_notifications_mail_member", ["member_id", "queued_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("notifications_mail", schema=None) as batch_op:
        batch_op.drop_index("ix_notifications_mail_member")
        batch_op.drop_index("ix_notifications_mail_due")
        batch_op.drop_index(batch_op.f("ix_notifications_mail_about"))

    op.drop_table("notifications_mail")
    op.drop_table("notifications_contact")
