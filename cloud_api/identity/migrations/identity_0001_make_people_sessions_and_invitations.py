"""Make people, sessions and invitations."""

import sqlalchemy as sa
from alembic import op

from cloud_api.common import columns

revision = "identity_0001"
down_revision = None
branch_labels = ("identity",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "identity_invitation",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", columns.Uuid16(), nullable=True),
        sa.Column("created_at", columns.UtcDateTime(), nullable=False),
        sa.Column("expires_at", columns.UtcDateTime(), nullable=False),
        sa.Column("used_at", columns.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_table(
        "identity_person",
        sa.Column("id", columns.Uuid16(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("member_id", columns.Uuid16(), nullable=True),
        sa.Column("created_at", columns.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email"),
    )
    op.create_table(
        "identity_person_group",
        sa.Column("person_id", columns.Uuid16(), nullable=False),
        sa.Column("group", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "group"),
    )
    op.create_table(
        "identity_session",
        sa.Column("id", columns.Uuid16(), nullable=False),
        sa.Column("person_id", columns.Uuid16(), nullable=False),
        sa.Column("refresh_hash", sa.String(length=64), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=True),
        sa.Column("created_at", columns.UtcDateTime(), nullable=False),
        sa.Column("rotated_at", columns.UtcDateTime(), nullable=False),
        sa.Column("expires_at", columns.UtcDateTime(), nullable=False),
        sa.Column("ended_at", columns.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("refresh_hash"),
    )
    with op.batch_alter_table("identity_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_identity_session_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_identity_session_previous_hash"), ["previous_hash"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("identity_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_identity_session_previous_hash"))
        batch_op.drop_index(batch_op.f("ix_identity_session_person_id"))

    op.drop_table("identity_session")
    op.drop_table("identity_person_group")
    op.drop_table("identity_person")
    op.drop_table("identity_invitation")
