"""Make sites, members, memberships and visits."""

import sqlalchemy as sa
from alembic import op

from cloud_api.common import columns

revision = "gym_0001"
down_revision = None
branch_labels = ("gym",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gym_attendance",
        sa.Column("id", columns.Uuid16(), nullable=False),
        sa.Column("site_id", columns.Uuid16(), nullable=False),
        sa.Column("device_id", columns.Uuid16(), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", columns.UtcDateTime(), nullable=False),
        sa.Column("door_at", columns.UtcDateTime(), nullable=False),
        sa.Column("local_on", sa.Date(), nullable=False),
        sa.Column("local_hour", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("direction", sa.String(length=8), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("notices", columns.LongText(), nullable=False),
        sa.Column("reopened", sa.Boolean(), nullable=False),
        sa.Column("pass_kind", sa.String(length=16), nullable=True),
        sa.Column("lookup", columns.Bytes16(), nullable=True),
        sa.Column("code_at", columns.UtcDateTime(), nullable=True),
        sa.Column("voucher_id", columns.Bytes8(), nullable=True),
        sa.Column("member_id", columns.Uuid16(), nullable=True),
        sa.Column("membership_id", columns.Uuid16(), nullable=True),
        sa.Column("refers_to", columns.Uuid16(), nullable=True),
        sa.Column("flags", columns.LongText(), nullable=False),
        sa.Column("is_held", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("received_at", columns.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("gym_attendance", schema=None) as batch_op:
        batch_op.create_index("ix_gym_attendance_device", ["device_id", "lookup", "door_at"], unique=False)
        batch_op.create_index("ix_gym_attendance_member", ["member_id", "site_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_gym_attendance_refers_to"), ["refers_to"], unique=False)
        batch_op.create_index("ix_gym_attendance_site_day", ["site_id", "local_on", "at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_gym_attendance_voucher_id"), ["voucher_id"], unique=False)

    op.create_table(
        "gym_counter",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "gym_member",
        sa.Column("id", columns.Uuid16(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("given_name", sa.String(length=120), nullable=False),
        sa.Column("family_name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("search", sa.String(length=2000), nullable=False),
        sa.Column("home_site_id", columns.Uuid16(), nullable=False),
        sa.Column("host_id", columns.Uuid16(), nullable=True),
        sa.Column("document_missing", sa.Boolean(), nullable=False),
        sa.Column("blocked_at", columns.UtcDateTime(), nullable=True),
        sa.Column("blocked_until", columns.UtcDateTime(), nullable=True),
        sa.Column("block_note", sa.String(length=200), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("joined_at", columns.UtcDateTime(), nullable=False),
        sa.Column("erased_at", columns.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    with op.batch_alter_table("gym_member", schema=None) as batch_op:
        batch_op.create_index("ix_gym_member_name", ["family_name", "given_name", "id"], unique=False)

    op.create_table(
        "gym_membership",
        sa.Column("id", columns.Uuid16(), nullable=False),
        sa.Column("member_id", columns.Uuid16(), nullable=False),
        sa.Column("plan_id", columns.Uuid16(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("paid_through_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("renews", sa.Boolean(), nullable=False),
        sa.Column("freezes", columns.LongText(), nullable=False),
        sa.Column("anchor_day", sa.Integer(), nullable=True),
        sa.Column("bought", sa.Integer(), nullable=True),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("counted_check_ins", columns.LongText(), nullable=False),
        sa.Column("last_visit_at", columns.UtcDateTime(), nullable=True),
        sa.Column("sold_at", columns.UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("gym_membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gym_membership_member_id"), ["member_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_gym_membership_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "gym_note",
        sa.Column("id", columns.Uuid16(), nullable=False),
        sa.Column("member_id", columns.Uuid16(), nullable=False),
        sa.Column("at", columns.UtcDateTime(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("detail", columns.LongText(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("gym_note", schema=None) as batch_op:
        batch_op.create_index("ix_gym_note_member", ["member_id", "at"], unique=False)

    op.create_table(
        "gym_plan",
        sa.Column("id", columns.Uuid16(), nullable=False),
        sa.Column("body", columns.LongText(), nullable=False),
        sa.Column("on_sale", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "gym_site",
        sa.Column("id", columns.Uuid16(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", columns.LongText(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    op.create_table(
        "gym_visit",
        sa.Column("id", columns.Uuid16(), nullable=False),
        sa.Column("site_id", columns.Uuid16(), nullable=False),
        sa.Column("member_id", columns.Uuid16(), nullable=False),
        sa.Column("membership_id", columns.Uuid16(), nullable=True),
        sa.Column("opened_at", columns.UtcDateTime(), nullable=False),
        sa.Column("closed_at", columns.UtcDateTime(), nullable=True),
        sa.Column("local_on", sa.Date(), nullable=False),
        sa.Column("local_hour", sa.Integer(), nullable=False),
        sa.Column("check_ins", columns.LongText(), nullable=False),
        sa.Column("is_void", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("gym_visit", schema=None) as batch_op:
        batch_op.create_index("ix_gym_visit_member", ["member_id", "site_id", "opened_at"], unique=False)
        batch_op.create_index("ix_gym_visit_membership", ["membership_id", "opened_at"], unique=False)
        batch_op.create_index("ix_gym_visit_site_day", ["site_id", "local_on", "opened_at", "id"], unique=False)

    op.create_table(
        "gym_voucher",
        sa.Column("id", columns.Bytes8(), nullable=False),
        sa.Column("member_id", columns.Uuid16(), nullable=False),
        sa.Column("membership_id", columns.Uuid16(), nullable=True),
        sa.Column("site_number", sa.Integer(), nullable=False),
        sa.Column("last_valid_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    op.drop_table("gym_voucher")
    with op.batch_alter_table("gym_visit", schema=None) as batch_op:
        batch_op.drop_index("ix_gym_visit_site_day")
        batch_op.drop_index("ix_gym_visit_membership")
        batch_op.drop_index("ix_gym_visit_member")

    op.drop_table("gym_visit")
    op.drop_table("gym_site")
    op.drop_table("gym_plan")
    with op.batch_alter_table("gym_note", schema=None) as batch_op:
        batch_op.drop_index("ix_gym_note_member")

    op.drop_table("gym_note")
    with op.batch_alter_table("gym_membership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_gym_membership_plan_id"))
        batch_op.drop_index(batch_op.f("ix_gym_membership_member_id"))

    op.drop_table("gym_membership")
    with op.batch_alter_table("gym_member", schema=None) as batch_op:
        batch_op.drop_index("ix_gym_member_name")

    op.drop_table("gym_member")
    op.drop_table("gym_counter")
    with op.batch_alter_table("gym_attendance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_gym_attendance_voucher_id"))
        batch_op.drop_index("ix_gym_attendance_site_day")
        batch_op.drop_index(batch_op.f("ix_gym_attendance_refers_to"))
        batch_op.drop_index("ix_gym_attendance_member")
        batch_op.drop_index("ix_gym_attendance_device")

    op.drop_table("gym_attendance")
