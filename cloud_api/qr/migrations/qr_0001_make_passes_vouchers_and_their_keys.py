"""Make passes, vouchers and their keys."""

import sqlalchemy as sa
from alembic import op

from cloud_api.common import columns

revision = "qr_0001"
down_revision = None
branch_labels = ("qr",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "qr_issuer_key",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_private", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", columns.UtcDateTime(), nullable=False),
        sa.Column("retired_at", columns.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "qr_pass",
        sa.Column("id", columns.Uuid16(), nullable=False),
        sa.Column("member_id", columns.Uuid16(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("lookup", columns.Bytes16(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("algorithm", sa.String(length=16), nullable=True),
        sa.Column("public_key", sa.LargeBinary(), nullable=True),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column("issued_at", columns.UtcDateTime(), nullable=False),
        sa.Column("revoked_at", columns.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("lookup"),
    )
    with op.batch_alter_table("qr_pass", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_qr_pass_member_id"), ["member_id"], unique=False)

    op.create_table(
        "qr_voucher",
        sa.Column("id", columns.Bytes8(), nullable=False),
        sa.Column("member_id", columns.Uuid16(), nullable=False),
        sa.Column("membership_id", columns.Uuid16(), nullable=True),
        sa.Column("site_id", columns.Uuid16(), nullable=True),
        sa.Column("last_valid_on", sa.Date(), nullable=False),
        sa.Column("key_number", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("issued_at", columns.UtcDateTime(), nullable=False),
        sa.Column("revoked_at", columns.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("qr_voucher", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_qr_voucher_member_id"), ["member_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("qr_voucher", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_qr_voucher_member_id"))

    op.drop_table("qr_voucher")
    with op.batch_alter_table("qr_pass", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_qr_pass_member_id"))

    op.drop_table("qr_pass")
    op.drop_table("qr_issuer_key")
