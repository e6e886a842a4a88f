"""Make the house ledger, orders and tills."""

import sqlalchemy as sa
from alembic import op

from cloud_api.common import columns

revision = "payments_0001"
down_revision = None
branch_labels = ("payments",)
depends_on = None


def upgrade() -> None:
    counter = op.create_table(
        "payments_counter",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.bulk_insert(counter, [{"name": "receipt", "value": 0}])
    op.create_table(
        "payments_entry",
        sa.Column("transaction_id", columns.Uuid16(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=32), nullable=False),
        sa.Column("till_id", columns.Uuid16(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.PrimaryKeyConstraint("transaction_id", "place"),
    )
    with op.batch_alter_table("payments_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payments_entry_account"), ["account"], unique=False)
        batch_op.create_index(batch_op.f("ix_payments_entry_till_id"), ["till_id"], unique=False)

    op.create_table(
        "payments_line",
        sa.Column("order_id", columns.Uuid16(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("plan_id", columns.Uuid16(), nullable=False),
        sa.Column("plan_name", sa.String(length=120), nullable=False),
        sa.Column("membership_id", columns.Uuid16(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("paid_through_on", sa.Date(), nullable=True),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("order_id", "number"),
    )
    op.create_table(
        "payments_membership",
        sa.Column("id", columns.Uuid16(), nullable=False),
        sa.Column("member_id", columns.Uuid16(), nullable=False),
        sa.Column("plan_id", columns.Uuid16(), nullable=False),
        sa.Column("paid_through_on", sa.Date(), nullable=True),
        sa.Column("renewed_from_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "payments_order",
        sa.Column("id", columns.Uuid16(), nullable=False),
        sa.Column("site_id", columns.Uuid16(), nullable=False),
        sa.Column("member_id", columns.Uuid16(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("refunded_minor", sa.BigInteger(), nullable=False),
        sa.Column("payment_id", columns.Uuid16(), nullable=True),
        sa.Column("created_at", columns.UtcDateTime(), nullable=False),
        sa.Column("paid_at", columns.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("payments_order", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payments_order_member_id"), ["member_id"], unique=False)

    op.create_table(
        "payments_plan",
        sa.Column("id", columns.Uuid16(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("on_sale", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "payments_receipt",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", columns.Uuid16(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("order_id", columns.Uuid16(), nullable=False),
        sa.Column("member_id", columns.Uuid16(), nullable=False),
        sa.Column("site_id", columns.Uuid16(), nullable=False),
        sa.Column("till_id", columns.Uuid16(), nullable=True),
        sa.Column("at", columns.UtcDateTime(), nullable=False),
        sa.Column("gym_name", columns.LongText(), nullable=False),
        sa.Column("site_name", sa.String(length=120), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("refers_to", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("ends_membership", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("id"),
    )
    with op.batch_alter_table("payments_receipt", schema=None) as batch_op:
        batch_op.create_index("ix_payments_receipt_member", ["member_id", "number"], unique=False)
        batch_op.create_index(batch_op.f("ix_payments_receipt_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_payments_receipt_till_id"), ["till_id"], unique=False)

    op.create_table(
        "payments_till",
        sa.Column("id", columns.Uuid16(), nullable=False),
        sa.Column("site_id", columns.Uuid16(), nullable=False),
        sa.Column("open_site_id", columns.Uuid16(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("float_minor", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", columns.UtcDateTime(), nullable=False),
        sa.Column("closed_at", columns.UtcDateTime(), nullable=True),
        sa.Column("expected_minor", sa.BigInteger(), nullable=True),
        sa.Column("counted_minor", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("open_site_id"),
    )
    with op.batch_alter_table("payments_till", schema=None) as batch_op:
        batch_op.create_index("ix_payments_till_site", ["site_id", "opened_at", "id"], unique=False)

    op.create_table(
        "payments_transaction",
        sa.Column("id", columns.Uuid16(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", columns.UtcDateTime(), nullable=False),
        sa.Column("site_id", columns.Uuid16(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("receipt_number", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("payments_transaction", schema=None) as batch_op:
        batch_op.create_index("ix_payments_transaction_at", ["at", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("payments_transaction", schema=None) as batch_op:
        batch_op.drop_index("ix_payments_transaction_at")

    op.drop_table("payments_transaction")
    with op.batch_alter_table("payments_till", schema=None) as batch_op:
        batch_op.drop_index("ix_payments_till_site")

    op.drop_table("payments_till")
    with op.batch_alter_table("payments_receipt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payments_receipt_till_id"))
        batch_op.drop_index(batch_op.f("ix_payments_receipt_order_id"))
        batch_op.drop_index("ix_payments_receipt_member")

    op.drop_table("payments_receipt")
    op.drop_table("payments_plan")
    with op.batch_alter_table("payments_order", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payments_order_member_id"))

    op.drop_table("payments_order")
    op.drop_table("payments_membership")
    op.drop_table("payments_line")
    with op.batch_alter_table("payments_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payments_entry_till_id"))
        batch_op.drop_index(batch_op.f("ix_payments_entry_account"))

    op.drop_table("payments_entry")
    op.drop_table("payments_counter")
